using NeurDicom.Archive;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Archive;

public sealed class VerificationTests
{
    [Fact]
    public async Task Whole_files_are_told_to_be_whole()
    {
        await using var archive = await FilledAsync();

        var checks = await VerifyAsync(archive);

        checks.Count.ShouldBe(4);
        checks.ShouldAllBe(check => check.Problem == null);
    }

    [Theory]
    [InlineData(SegmentRecord.FileHeaderLength + SegmentRecord.HeaderLength + 10, "the bytes are not the ones that were stored")]
    [InlineData(SegmentRecord.FileHeaderLength + 20, "the header of its record is damaged")]
    [InlineData(SegmentRecord.FileHeaderLength + SegmentRecord.HeaderLength + 300 + SegmentRecord.HeaderLength + 5, "the metadata are not the ones that were stored")]
    public async Task A_flipped_bit_is_found(int position, string problem)
    {
        await using var archive = await FilledAsync();
        Flip(Path.Combine(archive.Path, "segments", "000001"), position);

        var checks = await VerifyAsync(archive);

        checks.Where(check => check.Problem is not null).ShouldHaveSingleItem().Problem.ShouldBe(problem);
    }

    [Fact]
    public async Task A_missing_large_file_and_one_too_many_are_found()
    {
        await using var archive = await FilledAsync();
        var large = Directory.GetFiles(Path.Combine(archive.Path, "large")).Single();
        File.Move(large, Path.Combine(archive.Path, "large", "4711"));

        var problems = (await VerifyAsync(archive)).Where(check => check.Problem is not null).ToList();

        problems.Select(check => check.Problem).ShouldBe(["the file is missing", "belongs to no instance"]);
    }

    [Fact]
    public async Task A_segment_that_is_cut_off_is_found()
    {
        await using var archive = await FilledAsync();
        using (var file = File.Open(Path.Combine(archive.Path, "segments", "000001"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(500);

        (await VerifyAsync(archive)).Count(check => check.Problem is not null).ShouldBe(4);
    }

    [Fact]
    public async Task Steps_tell_how_far_it_is_and_cancelled_end_without_the_last()
    {
        await using var archive = await FilledAsync();
        using var cancel = new CancellationTokenSource();

        (await StepsAsync(archive, cancel.Token))[^1].ShouldBe(new VerificationStep(4, (3 * 300) + LargeSize(archive), 0, 4, IsLast: true));
        await cancel.CancelAsync();
        (await StepsAsync(archive, cancel.Token)).ShouldNotContain(step => step.IsLast);
    }

    private static long LargeSize(ArchiveFixture archive) =>
        new FileInfo(Directory.GetFiles(Path.Combine(archive.Path, "large")).Single()).Length;

    private static async Task<List<VerificationStep>> StepsAsync(ArchiveFixture archive, CancellationToken cancel)
    {
        var steps = new List<VerificationStep>();
        await foreach (var step in new Verification(archive.Archive).StepsAsync(TimeProvider.System, cancel))
            steps.Add(step);
        return steps;
    }

    private static async Task<ArchiveFixture> FilledAsync()
    {
        var archive = new ArchiveFixture();
        for (var i = 1; i <= 3; i++)
            await archive.StoreAsync(Arrive($"1.2.1.{i}"));
        await using var large = await archive.ArriveLargeAsync("1.2.1.4");
        await archive.StoreAsync(large);
        return archive;
    }

    private static async Task<List<VersionCheck>> VerifyAsync(ArchiveFixture archive)
    {
        var checks = new List<VersionCheck>();
        await foreach (var check in archive.Archive.VerifyAsync(CancellationToken.None))
            checks.Add(check);
        return checks;
    }

    private static void Flip(string path, int position)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = position;
        var value = file.ReadByte();
        file.Position = position;
        file.WriteByte((byte)(value ^ 1));
    }
}
