using NeurDicom.Archive;
using NeurDicom.Tests.Archive;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Store;

public sealed class DuplicateInstanceTests
{
    private static readonly Settings Keep = new() { Duplicates = DuplicatePolicy.Keep };

    [Fact]
    public async Task The_same_bytes_again_are_a_success_that_changes_nothing()
    {
        await using var archive = new ArchiveFixture();
        var first = await archive.StoreAsync(Arrive("1.2.1.1"));
        var segment = new FileInfo(Path.Combine(archive.Path, "segments", "000001")).Length;

        var second = await archive.StoreAsync(Arrive("1.2.1.1"));

        second.Outcome.ShouldBe(StoreOutcome.AlreadyStored);
        second.Id.ShouldBe(first.Id);
        new FileInfo(Path.Combine(archive.Path, "segments", "000001")).Length.ShouldBe(segment);
        (await archive.CountAsync("SELECT count(*) FROM changes")).ShouldBe(1);
        (await archive.CountAsync("SELECT count(*) FROM versions")).ShouldBe(1);
    }

    [Fact]
    public async Task Other_bytes_are_refused_and_the_feed_tells()
    {
        await using var archive = new ArchiveFixture();
        var first = await archive.StoreAsync(Arrive("1.2.1.1"));

        var second = await archive.StoreAsync(Arrive("1.2.1.1", content: "other"));

        second.Outcome.ShouldBe(StoreOutcome.Conflict);
        second.Id.ShouldBe(first.Id);
        second.Reason.ShouldNotBeNullOrEmpty();
        (await archive.ReadAsync(first.Id!.Value)).ShouldBe(Arrive("1.2.1.1").Bytes.ToArray());
        (await archive.TextsAsync("SELECT kind || ' ' || uid FROM changes ORDER BY seq"))
            .ShouldBe(["stored 1.2.1.1", "conflict 1.2.1.1"]);
    }

    [Fact]
    public async Task Other_bytes_become_the_new_version_where_the_policy_keeps()
    {
        await using var archive = new ArchiveFixture(Keep);
        var first = await archive.StoreAsync(Arrive("1.2.1.1"));

        var second = await archive.StoreAsync(Arrive("1.2.1.1", content: "other"));

        second.Outcome.ShouldBe(StoreOutcome.Stored);
        second.Id.ShouldBe(first.Id);
        (await archive.ReadAsync(first.Id!.Value)).ShouldBe(Arrive("1.2.1.1", content: "other").Bytes.ToArray());
        (await archive.ReadAsync(first.Id!.Value, 1)).ShouldBe(Arrive("1.2.1.1").Bytes.ToArray());
        (await archive.ReadAsync(first.Id!.Value, 3)).ShouldBeNull();
        (await archive.CountAsync("SELECT instances FROM totals")).ShouldBe(1);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bytes_of_an_older_version_are_already_stored()
    {
        await using var archive = new ArchiveFixture(Keep);
        await archive.StoreAsync(Arrive("1.2.1.1"));
        await archive.StoreAsync(Arrive("1.2.1.1", content: "other"));

        var again = await archive.StoreAsync(Arrive("1.2.1.1"));

        again.Outcome.ShouldBe(StoreOutcome.AlreadyStored);
        (await archive.CountAsync("SELECT count(*) FROM versions")).ShouldBe(2);
    }

    [Theory]
    [InlineData("refuse", 1)]
    [InlineData("keep", 3)]
    public async Task Senders_of_one_uid_at_once_agree(string policy, int versions)
    {
        await using var archive = new ArchiveFixture(policy == "keep" ? Keep : new Settings());
        var block = new ManualResetEventSlim();
        var hold = archive.Writer.WriteAsync((_, _) => block.Wait(1000), CancellationToken.None);

        var stores = Enumerable.Range(0, 30)
            .Select(i => archive.StoreAsync(Arrive("1.2.1.1", content: $"content {i % 3}")))
            .ToList();
        block.Set();
        await hold;
        var results = await Task.WhenAll(stores);

        results.Count(result => result.Outcome == StoreOutcome.Stored).ShouldBe(versions);
        results.Select(result => result.Id).Distinct().Count().ShouldBe(1);
        (await archive.CountAsync("SELECT count(*) FROM versions")).ShouldBe(versions);
        (await archive.CountAsync("SELECT count(*) FROM instances")).ShouldBe(1);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_large_copy_leaves_no_file_behind()
    {
        await using var archive = new ArchiveFixture();
        await using (var first = await archive.ArriveLargeAsync("1.2.1.1"))
            await archive.StoreAsync(first);

        await using (var second = await archive.ArriveLargeAsync("1.2.1.1"))
            (await archive.StoreAsync(second)).Outcome.ShouldBe(StoreOutcome.AlreadyStored);
        await using (var third = await archive.ArriveLargeAsync("1.2.1.1", content: "other"))
            (await archive.StoreAsync(third)).Outcome.ShouldBe(StoreOutcome.Conflict);

        Directory.GetFiles(Path.Combine(archive.Path, "large")).Length.ShouldBe(1);
    }
}
