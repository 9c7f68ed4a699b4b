using System.Security.Cryptography;
using NeurDicom.Archive;
using NeurDicom.Store;
using NeurDicom.Tests.Archive;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Store;

public sealed class InstanceIngestTests
{
    private static readonly string? Samples = FindSamples();

    [Fact]
    public async Task Every_good_sample_is_taken_in_and_comes_back()
    {
        Assert.SkipWhen(Samples is null, "The shared samples are not here: nothing was tested.");
        await using var archive = new ArchiveFixture(new Settings { Duplicates = DuplicatePolicy.Keep });
        var ingest = new InstanceIngest(archive.Writer);
        var refused = new List<string>();

        foreach (var file in Directory.EnumerateFiles(Samples, "*.dcm", SearchOption.AllDirectories).Order())
        {
            // no_meta.dcm has a stray byte before its first element.
            if (file.Contains("/malformed/", StringComparison.Ordinal) || file.EndsWith("/no_meta.dcm", StringComparison.Ordinal))
                continue;
            await using var bytes = File.OpenRead(file);
            var result = await ingest.StoreAsync(bytes, bytes.Length, Tester, TestContext.Current.CancellationToken);
            if (result.Outcome.IsRefused())
                refused.Add($"{Path.GetRelativePath(Samples, file)}: {result.Outcome} {result.Reason}");
            else if (result.Outcome == StoreOutcome.Stored)
                SHA256.HashData((await archive.ReadAsync(result.Id!.Value))!).ShouldBe(SHA256.HashData(File.ReadAllBytes(file)));
        }

        (await archive.WrongCountersAsync()).ShouldBeEmpty();
        refused.RemoveAll(line => line.Contains("is missing", StringComparison.Ordinal) || line.Contains("is an index", StringComparison.Ordinal));
        refused.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_malformed_sample_ends_in_an_outcome_and_leaves_nothing()
    {
        Assert.SkipWhen(Samples is null, "The shared samples are not here: nothing was tested.");
        await using var archive = new ArchiveFixture(new Settings { Duplicates = DuplicatePolicy.Keep });
        var ingest = new InstanceIngest(archive.Writer);
        var wrong = new List<string>();

        foreach (var line in File.ReadLines(Path.Combine(Samples, "malformed", "index.tsv")).Skip(1))
        {
            var columns = line.Split('\t');
            await using var bytes = File.OpenRead(Path.Combine(Samples, "malformed", columns[0]));
            var result = await ingest.StoreAsync(bytes, bytes.Length, Tester, TestContext.Current.CancellationToken);
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{columns[0]}: {result.Outcome} {result.Reason} {string.Join(" | ", result.Warnings)}   [{columns[3]}]");
            var isRefused = result.Outcome.IsRefused();
            if (isRefused ? MustBeTaken(columns[3]) : MustBeRefused(columns[3]))
                wrong.Add($"{columns[0]}: {result.Outcome} {result.Reason}, not: {columns[3]}");
        }

        Directory.GetFiles(Path.Combine(archive.Path, "large")).ShouldBeEmpty();
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
        wrong.ShouldBeEmpty();

        static bool MustBeRefused(string handling) =>
            (handling.StartsWith("reject", StringComparison.Ordinal) || handling.StartsWith("refuse", StringComparison.Ordinal))
            && !handling.Contains(" or ", StringComparison.Ordinal) && !handling.Contains("decode", StringComparison.Ordinal);

        static bool MustBeTaken(string handling) =>
            (handling.StartsWith("accept", StringComparison.Ordinal) || handling.StartsWith("store;", StringComparison.Ordinal))
            && !handling.Contains("or reject", StringComparison.Ordinal) && !handling.Contains("only within", StringComparison.Ordinal);
    }

    private static string? FindSamples()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "NeurDicom.slnx")))
                continue;
            var samples = Path.Combine(folder.FullName, "..", "shared", "dicom", "samples");
            return Directory.Exists(samples) ? Path.GetFullPath(samples) : null;
        }

        return null;
    }
}
