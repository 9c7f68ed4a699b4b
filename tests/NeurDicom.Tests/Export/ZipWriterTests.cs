using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using NeurDicom.Export;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Export;

public sealed class ZipWriterTests
{
    private static readonly DateTimeOffset Moment = new(2024, 2, 29, 13, 14, 16, TimeSpan.Zero);

    [Fact]
    public async Task What_is_stored_has_its_size_and_checksum_in_front()
    {
        var zip = await WriteAsync(async writer =>
            await writer.AddStoredAsync("A/B", Moment, new MemoryStream("hello"u8.ToArray()), CancellationToken.None));

        // APPNOTE 4.3.7: a reader that cannot seek needs them there.
        BinaryPrimitives.ReadUInt32LittleEndian(zip).ShouldBe(0x04034B50u);
        BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(6)).ShouldBe((ushort)0);
        BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(14)).ShouldBe(0x3610A686u);
        BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(18)).ShouldBe(5u);
        Encoding.ASCII.GetString(zip, 30, 8).ShouldBe("A/Bhello");
        var entry = new ZipArchive(new MemoryStream(zip)).Entries.ShouldHaveSingleItem();
        entry.LastWriteTime.DateTime.ShouldBe(Moment.DateTime);
        entry.Crc32.ShouldBe(0x3610A686u);
    }

    [Fact]
    public async Task Seventy_thousand_files_need_the_larger_end()
    {
        var zip = await WriteAsync(async writer =>
        {
            for (var i = 0; i < 70_000; i++)
                await writer.AddStoredAsync($"{i}", Moment, Stream.Null, CancellationToken.None);
        });

        var entries = new ZipArchive(new MemoryStream(zip)).Entries;
        entries.Count.ShouldBe(70_000);
        entries[69_999].FullName.ShouldBe("69999");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_and_places_beyond_four_gigabytes_are_written(bool deflates)
    {
        // As if four gigabytes were six thousand bytes: what is written then is what a real one has.
        var content = new byte[10_000];
        new Random(1).NextBytes(content);
        var zip = await WriteAsync(
            async writer =>
            {
                if (deflates)
                    await writer.AddDeflatedAsync("LARGE", Moment, new MemoryStream(content), CancellationToken.None);
                else
                    await writer.AddStoredAsync("LARGE", Moment, new MemoryStream(content), CancellationToken.None);
                await writer.AddStoredAsync("FAR", Moment, new MemoryStream([1, 2, 3]), CancellationToken.None);
            },
            large: 6000);

        BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(4)).ShouldBe((ushort)45);
        BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(18)).ShouldBe(uint.MaxValue);
        BinaryPrimitives.ReadInt64LittleEndian(zip.AsSpan(30 + 5 + 4)).ShouldBe(deflates ? 0 : 10_000);
        var archive = new ZipArchive(new MemoryStream(zip));
        archive.Entries.Select(entry => (entry.FullName, entry.Length)).ShouldBe([("LARGE", 10_000), ("FAR", 3)]);
        Read(archive.Entries[0]).ShouldBe(content);
        Read(archive.Entries[1]).ShouldBe([1, 2, 3]);

        const string Unzip = "/usr/bin/unzip";
        Assert.SkipUnless(File.Exists(Unzip), "unzip is absent.");
        using var folder = new TemporaryFolder();
        var file = Path.Join(folder.Path, "a.zip");
        await File.WriteAllBytesAsync(file, zip, TestContext.Current.CancellationToken);
        using var process = Process.Start(new ProcessStartInfo(Unzip, ["-tqq", file]) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, errors);
    }

    [Fact]
    public void What_is_spooled_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using var spool = new SpoolStream(folder.Path);
        var bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);

        foreach (var piece in bytes.Chunk(10_000))
        {
            spool.Write(piece);
            Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
        }

        spool.Position = 5;
        spool.Write([9, 9]);
        spool.Position = 0;
        var read = new byte[bytes.Length];
        spool.ReadExactly(read);
        (bytes[5], bytes[6]) = (9, 9);
        read.ShouldBe(bytes);
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static async Task<byte[]> WriteAsync(Func<ZipWriter, Task> write, long large = uint.MaxValue)
    {
        using var central = new MemoryStream();
        using var output = new MemoryStream();
        await using var writer = new ZipWriter(output, central) { Large = large };
        await write(writer);
        await writer.FinishAsync(CancellationToken.None);
        return output.ToArray();
    }
}
