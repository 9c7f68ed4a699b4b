using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using NeurDicom.Dicom.Json;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Json;

public sealed class MetadataBlockTests
{
    [Fact]
    public void A_block_gives_its_json_back()
    {
        var json = Object(1);

        MetadataBlock.Create(json).ToJson().ShouldBe(json);
    }

    [Fact]
    public void A_block_of_a_data_set_holds_its_dicom_json()
    {
        byte[] modality = [0x08, 0x00, 0x60, 0x00, (byte)'C', (byte)'S', 2, 0, (byte)'M', (byte)'R'];

        var block = MetadataBlock.Create(DicomDataSet.Read(modality, TransferSyntax.ExplicitVrLittleEndian));

        Encoding.UTF8.GetString(block.ToJson()).ShouldBe("""{"00080060":{"vr":"CS","Value":["MR"]}}""");
    }

    [Fact]
    public void A_block_ends_at_a_byte_with_an_empty_stored_block()
    {
        var compressed = MetadataBlock.Create(Object(1)).Compressed.ToArray();

        compressed[^4..].ShouldBe([0x00, 0x00, 0xFF, 0xFF]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(300)]
    public void Blocks_make_one_gzip_member(int count)
    {
        var blocks = Enumerable.Range(0, count).Select(i => MetadataBlock.Create(Object(i))).ToList();
        var output = new ArrayBufferWriter<byte>();

        GzipArray.Write(output, blocks);

        output.WrittenCount.ShouldBe((int)GzipArray.LengthOf(count, blocks.Sum(block => (long)block.Compressed.Length)));
        using var gzip = new GZipStream(new MemoryStream(output.WrittenSpan.ToArray()), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        using var parsed = JsonDocument.Parse(plain.ToArray());
        parsed.RootElement.GetArrayLength().ShouldBe(count);
        parsed.RootElement.EnumerateArray().Select(element => element.GetProperty("n").GetInt32())
            .ShouldBe(Enumerable.Range(0, count));
    }

    // The runtime's gzip reader is lenient about the trailer; Python's checks it.
    [Fact]
    public async Task Another_reader_of_gzip_agrees_on_the_trailer()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not here: the gzip trailer was not checked by another reader.");
        var output = new ArrayBufferWriter<byte>();
        GzipArray.Write(output, Enumerable.Range(0, 20).Select(i => MetadataBlock.Create(Object(i))));

        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import sys,gzip,json;print(len(json.loads(gzip.decompress(sys.stdin.buffer.read()))))"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await process.StandardInput.BaseStream.WriteAsync(output.WrittenMemory, TestContext.Current.CancellationToken);
        process.StandardInput.Close();

        (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim().ShouldBe("20");
    }

    [Fact]
    public void A_damaged_block_is_told()
    {
        var block = MetadataBlock.Create(Object(1));

        Should.Throw<InvalidDataException>(() => (block with { Crc32 = block.Crc32 ^ 1 }).ToJson());
        Should.Throw<InvalidDataException>(() => (block with { Size = block.Size - 1 }).ToJson());
        Should.Throw<InvalidDataException>(() => (block with { Size = block.Size + 1 }).ToJson());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public async Task A_block_is_inflated_in_pieces(int length)
    {
        var json = new byte[length];
        new Random(length).NextBytes(json);
        var block = MetadataBlock.Create(json);
        var copy = new MemoryStream();

        await block.InflateAsync(Take);

        copy.ToArray().ShouldBe(json);
        if (length == 0)
            return;
        await Should.ThrowAsync<InvalidDataException>(() => (block with { Crc32 = block.Crc32 ^ 1 }).InflateAsync(Take));
        await Should.ThrowAsync<InvalidDataException>(() => (block with { Size = length - 1 }).InflateAsync(Take));
        await Should.ThrowAsync<InvalidDataException>(() => (block with { Size = length + 1 }).InflateAsync(Take));

        Task Take(ReadOnlyMemory<byte> piece)
        {
            piece.Length.ShouldBeLessThanOrEqualTo(65_536);
            copy.Write(piece.Span);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void The_checksum_is_that_of_gzip()
    {
        Crc32.Append(0, "123456789"u8).ShouldBe(0xCBF43926);
        Crc32.Append(0, []).ShouldBe(0u);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 65537)]
    [InlineData(3, 1_000_003)]
    public void Checksums_combine_to_that_of_the_whole(int first, int second)
    {
        var bytes = new byte[first + second];
        new Random(first + second).NextBytes(bytes);

        var combined = Crc32.Combine(
            Crc32.Append(0, bytes.AsSpan(0, first)), Crc32.Append(0, bytes.AsSpan(first)), second);

        combined.ShouldBe(Crc32.Append(0, bytes));
    }

    private static byte[] Object(int number) => Encoding.UTF8.GetBytes(
        $$$"""{"n":{{{number}}},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Müster^{{{number}}}"}]},"00100020":{"vr":"LO"}}""");
}
