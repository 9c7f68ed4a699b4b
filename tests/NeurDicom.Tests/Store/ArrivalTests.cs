using System.IO.Compression;
using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Store;
using NeurDicom.Tests.Archive;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Store;

public sealed class ArrivalTests
{
    private const int Mebibyte = 1 << 20;

    [Theory]
    [InlineData(Mebibyte - 2)]
    [InlineData(Mebibyte)]
    [InlineData(Mebibyte + 2)]
    [InlineData(2 * Mebibyte)]
    [InlineData(5 * Mebibyte + 4)]
    public async Task Every_size_comes_back_as_it_was_sent(int size)
    {
        await using var archive = new ArchiveFixture();
        var file = FileOf(size);

        var result = await StoreAsync(archive, new SlowStream(file));

        result.Outcome.ShouldBe(StoreOutcome.Stored);
        (await archive.ReadAsync(result.Id!.Value)).ShouldBe(file);
        Directory.GetFiles(Path.Combine(archive.Path, "large")).Length.ShouldBe(size > Mebibyte ? 1 : 0);
        await foreach (var check in archive.Archive.VerifyAsync(CancellationToken.None))
            check.Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("charset_underscore_variant.dcm", "misspelt")]
    [InlineData("charset_unknown_term.dcm", "not defined")]
    [InlineData("decimal_string_garbage.dcm", "DS")]
    [InlineData("bot_length_not_multiple_of_4.dcm", "Basic Offset Table")]
    public async Task What_breaks_the_rules_is_stored_with_a_warning(string name, string part)
    {
        var file = await File.ReadAllBytesAsync(SharedSamples.Path("malformed/" + name), CancellationToken.None);
        await using var archive = new ArchiveFixture();

        var result = await StoreAsync(archive, new MemoryStream(file));

        result.Outcome.ShouldBe(StoreOutcome.Stored);
        result.Warnings.ShouldContain(warning => warning.Contains(part, StringComparison.Ordinal));
        result.Warnings.Count.ShouldBeLessThanOrEqualTo(20);
    }

    [Fact]
    public async Task A_decimal_string_that_is_none_is_told_without_its_value()
    {
        await using var archive = new ArchiveFixture();
        var file = new PictureFile().Text(Tag.PixelSpacing, "DS", "0.5\\Geheimrat").Pixels(new int[64]).Write();

        var result = await StoreAsync(archive, new MemoryStream(file));

        result.Outcome.ShouldBe(StoreOutcome.Stored);
        result.Warnings.ShouldHaveSingleItem().ShouldNotContain("Geheimrat");
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3 * Mebibyte)]
    public async Task More_than_the_limit_is_refused_and_leaves_nothing(int size)
    {
        await using var archive = new ArchiveFixture(new Settings { MaxUpload = size - 2 });

        var result = await StoreAsync(archive, new SlowStream(FileOf(size)));

        result.Outcome.ShouldBe(StoreOutcome.TooLarge);
        Directory.GetFiles(Path.Combine(archive.Path, "large")).ShouldBeEmpty();
        await archive.Writer.WriteAsync((_, _) => 0, CancellationToken.None);
        (await archive.CountAsync("SELECT (SELECT count(*) FROM open_files) + (SELECT count(*) FROM versions)")).ShouldBe(0);
    }

    [Fact]
    public async Task Something_large_that_is_not_dicom_is_refused_at_its_start()
    {
        await using var archive = new ArchiveFixture();
        var body = new SlowStream(new byte[40 * Mebibyte]);

        (await StoreAsync(archive, body)).Outcome.ShouldBe(StoreOutcome.NotDicom);

        body.Position.ShouldBeLessThan(3 * Mebibyte);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(3 * Mebibyte)]
    public async Task A_file_cut_off_in_its_pixels_is_refused(int size)
    {
        await using var archive = new ArchiveFixture();

        var result = await StoreAsync(archive, new SlowStream(FileOf(size)[..(size - 1000)]));

        result.Outcome.ShouldBe(StoreOutcome.NotDicom);
        Directory.GetFiles(Path.Combine(archive.Path, "large")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(20, false)]
    [InlineData(2000, false)]
    public async Task Fragments_are_walked_over_up_to_the_limit_of_elements(int fragments, bool isStored)
    {
        await using var archive = new ArchiveFixture(new Settings { MaxElements = 30 });
        var body = new SlowStream(Fragments(fragments, "rubbish behind them"u8));

        var result = await StoreAsync(archive, body);

        result.Outcome.ShouldBe(isStored ? StoreOutcome.Stored : StoreOutcome.NotDicom, result.Reason);
        if (isStored)
            result.Warnings.ShouldNotBeEmpty();
        else
            result.Reason!.ShouldContain("limit");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Whole_fragments_are_stored_whatever_follows_and_others_are_not(int missing)
    {
        await using var archive = new ArchiveFixture();
        var file = Fragments(3, []);

        var result = await StoreAsync(archive, new MemoryStream(missing == 0 ? [.. file, .. "rubbish"u8] : file[..^missing]));

        result.Outcome.ShouldBe(missing == 0 ? StoreOutcome.Stored : StoreOutcome.NotDicom);
    }

    [Fact]
    public async Task A_sender_that_goes_away_leaves_nothing()
    {
        await using var archive = new ArchiveFixture();
        var body = new SlowStream(FileOf(8 * Mebibyte)) { BreaksAt = 5 * Mebibyte };

        await Should.ThrowAsync<EndOfStreamException>(() => StoreAsync(archive, body));

        Directory.GetFiles(Path.Combine(archive.Path, "large")).ShouldBeEmpty();
        await archive.Writer.WriteAsync((_, _) => 0, CancellationToken.None);
        (await archive.CountAsync("SELECT count(*) FROM open_files")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_truncation_of_a_file_ends_in_an_outcome()
    {
        await using var archive = new ArchiveFixture();
        var file = FileOf(1500);

        var outcomes = new List<StoreOutcome>();
        for (var length = 0; length < file.Length; length++)
            outcomes.Add((await StoreAsync(archive, new MemoryStream(file, 0, length))).Outcome);

        // Cut off between two elements it is a whole data set without pixels; the first such one is stored.
        outcomes.Count(outcome => outcome is StoreOutcome.Stored or StoreOutcome.Conflict).ShouldBeLessThan(15);
        outcomes[^1000..].ShouldAllBe(outcome => outcome == StoreOutcome.NotDicom);
    }

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        await using var archive = new ArchiveFixture();
        var random = new Random(4711);

        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(2000)];
            random.NextBytes(bytes);
            if (i % 2 == 0 && bytes.Length > 132)
                "DICM"u8.CopyTo(bytes.AsSpan(128));
            (await StoreAsync(archive, new MemoryStream(bytes))).Outcome.IsRefused().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_deflate_bomb_is_refused()
    {
        await using var archive = new ArchiveFixture();
        var inflated = new PictureFile { TransferSyntax = "1.2.840.10008.1.2.1.99" };
        foreach (var tag in new[]
        {
            Tag.SopClassUid, Tag.SopInstanceUid, Tag.Modality, Tag.PatientID, Tag.StudyInstanceUid, Tag.SeriesInstanceUid,
            Tag.PhotometricInterpretation, Tag.SamplesPerPixel, Tag.Rows, Tag.Columns, Tag.BitsAllocated, Tag.BitsStored,
            Tag.HighBit, Tag.PixelRepresentation,
        })
        {
            inflated.Bytes(tag, "UN", null);
        }

        var meta = inflated.Write();
        var bomb = new MemoryStream();
        bomb.Write(meta);
        using (var deflate = new DeflateStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            // A value that claims the length of what follows: only the limits end it.
            deflate.Write([0x08, 0, 0x08, 0, (byte)'U', (byte)'N', 0, 0, 0, 0, 0x80, 0x12]);
            var zeros = new byte[Mebibyte];
            for (var i = 0; i < 300; i++)
                deflate.Write(zeros);
        }

        bomb.Position = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        (await StoreAsync(archive, bomb)).Outcome.IsRefused().ShouldBeTrue();
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(50_000_000);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("1.2/3")]
    [InlineData("1.2.840.10008.1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21")]
    [InlineData("")]
    public async Task A_uid_that_is_none_is_refused_and_never_a_path(string uid)
    {
        await using var archive = new ArchiveFixture();
        var file = Base(uid).Write();

        var result = await StoreAsync(archive, new MemoryStream(file));

        result.Outcome.ShouldBe(StoreOutcome.Invalid);
        result.Reason!.ShouldNotContain("passwd");
    }

    [Fact]
    public async Task Long_patient_ids_stay_two_patients()
    {
        await using var archive = new ArchiveFixture();

        foreach (var (uid, end) in new[] { ("1.2.1", "a"), ("1.3.1", "b") })
        {
            var file = Base(uid + ".1", uid[..3], uid).Text(Tag.PatientID, "LO", new string('9', 5000) + end);
            (await StoreAsync(archive, new MemoryStream(file.Write()))).Warnings.ShouldNotBeEmpty();
        }

        (await archive.CountAsync("SELECT count(*) FROM patients")).ShouldBe(2);
        (await archive.CountAsync("SELECT max(length(patient_id)) FROM patients")).ShouldBeLessThan(1100);
    }

    private static PictureFile Base(string sop, string study = "1.2", string series = "1.2.1") => new PictureFile()
        .Text(Tag.SopClassUid, "UI", "1.2.840.10008.5.1.4.1.1.7")
        .Text(Tag.SopInstanceUid, "UI", sop)
        .Text(Tag.StudyInstanceUid, "UI", study)
        .Text(Tag.SeriesInstanceUid, "UI", series);

    /// <summary>A file with an empty offset table, fragments of eight bytes, and no delimiter behind them.</summary>
    private static byte[] Fragments(int count, ReadOnlySpan<byte> end)
    {
        byte[] fragment = [0xFE, 0xFF, 0x00, 0xE0, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        var file = new PictureFile { TransferSyntax = "1.2.840.10008.1.2.5" }.Bytes(Tag.PixelData, "OB", []).Write();
        file.AsSpan(^4..).Fill(0xFF);
        return [.. file, 0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0, .. Enumerable.Repeat(fragment, count).SelectMany(each => each), .. end];
    }

    /// <summary>A file of exactly this even length.</summary>
    private static byte[] FileOf(int size)
    {
        var rest = size - Base("1.2.1.1").Bytes(Tag.PixelData, "OW", []).Write().Length;
        var pixels = new byte[rest];
        new Random(size).NextBytes(pixels);
        var file = Base("1.2.1.1").Bytes(Tag.PixelData, "OW", pixels).Write();
        file.Length.ShouldBe(size);
        return file;
    }

    private static Task<StoreResult> StoreAsync(ArchiveFixture archive, Stream body) =>
        new InstanceIngest(archive.Writer).StoreAsync(body, announced: null, Tester, CancellationToken.None);

    /// <summary>A body as a socket gives it: in pieces, without a length.</summary>
    private sealed class SlowStream(byte[] bytes) : MemoryStream(bytes)
    {
        public int BreaksAt { get; init; } = int.MaxValue;

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
        {
            if (Position >= BreaksAt)
                throw new EndOfStreamException("The client went away.");
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 17_001)], cancel);
        }
    }
}
