using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Dicom.Json;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Archive;

public sealed class ArchiveWriterTests
{
    [Fact]
    public async Task What_is_stored_comes_back_byte_for_byte()
    {
        await using var archive = new ArchiveFixture();
        var arrival = Arrive("1.2.1.1");

        var result = await archive.StoreAsync(arrival);

        result.Outcome.ShouldBe(StoreOutcome.Stored);
        result.SopInstanceUid.ShouldBe(Uid.Parse("1.2.1.1"));
        (await archive.ReadAsync(result.Id!.Value)).ShouldBe(arrival.Bytes.ToArray());
        using var stored = await archive.Archive.OpenAsync(result.Id!.Value, 1, CancellationToken.None);
        stored!.Sha256.ToArray().ShouldBe(arrival.Sha256.ToArray());
        stored.TransferSyntax.ShouldBe("1.2.840.10008.1.2.1");
        stored.ReadMetadata().ToJson().ShouldBe("""{"sop":"1.2.1.1"}"""u8.ToArray());
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        await using var archive = new ArchiveFixture();
        var ids = new List<long>();
        for (var i = 1; i <= 20; i++)
            ids.Add((await archive.StoreAsync(Arrive($"1.2.1.{i}"))).Id!.Value);

        await archive.ReopenAsync();

        for (var i = 1; i <= 20; i++)
            (await archive.ReadAsync(ids[i - 1])).ShouldBe(Arrive($"1.2.1.{i}").Bytes.ToArray());
    }

    [Fact]
    public async Task Many_senders_share_batches_and_nothing_is_lost()
    {
        await using var archive = new ArchiveFixture();

        var stores = Enumerable.Range(1, 1000).Select(i => archive.StoreAsync(Arrive($"1.2.{i % 7 + 1}.{i}", $"1.2.{i % 7 + 1}")));
        var results = await Task.WhenAll(stores.Select(store => Task.Run(() => store)));

        results.ShouldAllBe(result => result.Outcome == StoreOutcome.Stored);
        (await archive.CountAsync("SELECT instances FROM totals")).ShouldBe(1000);
        (await archive.CountAsync("SELECT count(*) FROM changes")).ShouldBe(1000);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_large_file_lies_on_its_own_and_its_row_is_closed()
    {
        await using var archive = new ArchiveFixture();
        await using var arrival = await archive.ArriveLargeAsync("1.2.1.1");

        var result = await archive.StoreAsync(arrival);

        Directory.GetFiles(Path.Combine(archive.Path, "large")).Length.ShouldBe(1);
        (await archive.ReadAsync(result.Id!.Value)).ShouldBe(Arrive("1.2.1.1", size: 3 << 20).Bytes.ToArray());
        (await archive.CountAsync("SELECT count(*) FROM open_files")).ShouldBe(0);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_large_file_that_is_not_stored_is_removed()
    {
        await using var archive = new ArchiveFixture();

        await (await archive.ArriveLargeAsync("1.2.1.1")).DisposeAsync();

        Directory.GetFiles(Path.Combine(archive.Path, "large")).ShouldBeEmpty();
        await archive.Writer.WriteAsync((_, _) => 0, CancellationToken.None);
        (await archive.CountAsync("SELECT count(*) FROM open_files")).ShouldBe(0);
    }

    [Fact]
    public async Task A_full_segment_is_sealed_and_the_next_one_opened()
    {
        await using var archive = new ArchiveFixture(sizes: new ArchiveSizes(Segment: 4096));

        for (var i = 1; i <= 40; i++)
            await archive.StoreAsync(Arrive($"1.2.1.{i}"));

        (await archive.CountAsync("SELECT count(*) FROM segments WHERE sealed = 0")).ShouldBe(1);
        (await archive.CountAsync("SELECT count(*) FROM segments WHERE length > 4096")).ShouldBe(0);
        (await archive.CountAsync("SELECT count(*) FROM segments")).ShouldBeGreaterThan(4);
        for (var i = 1; i <= 40; i++)
            (await archive.ReadAsync(i)).ShouldBe(Arrive($"1.2.1.{i}").Bytes.ToArray());
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_of_others_fail_alone_within_a_batch()
    {
        await using var archive = new ArchiveFixture();

        var bad = archive.Writer.WriteAsync<int>((_, _) => throw new FormatException("no"), CancellationToken.None);
        var store = archive.StoreAsync(Arrive("1.2.1.1"));
        var good = archive.Writer.WriteAsync((_, _) => 7, CancellationToken.None);

        await bad.ShouldThrowAsync<FormatException>();
        (await good).ShouldBe(7);
        (await store).Outcome.ShouldBe(StoreOutcome.Stored);
    }

    [Fact]
    public async Task What_is_too_much_for_one_batch_fails_alone_and_leaves_nothing()
    {
        await using var archive = new ArchiveFixture();
        var first = (await archive.StoreAsync(Arrive("1.2.1.1"))).Id!.Value;
        var segment = new FileInfo(Path.Combine(archive.Path, "segments", "000001"));
        var (before, small) = (segment.Length, Arrive("1.2.1.2"));
        await using var huge = new Arrival
        {
            Attributes = small.Attributes,
            Sha256 = small.Sha256,
            Size = small.Size,
            Bytes = small.Bytes,
            Metadata = new MetadataBlock(new byte[ArchiveWriter.LargestAppend], 1, 0),
        };

        await Should.ThrowAsync<IOException>(() => archive.StoreAsync(huge));

        segment.Refresh();
        segment.Length.ShouldBe(before);
        (await archive.StoreAsync(small)).Outcome.ShouldBe(StoreOutcome.Stored);
        (await archive.ReadAsync(first)).ShouldNotBeNull();
        await archive.ReopenAsync();
        (await archive.CountAsync("SELECT count(*) FROM versions")).ShouldBe(2);
    }

    [Fact]
    public async Task A_batch_that_cannot_be_taken_back_stops_the_writing()
    {
        await using var archive = new ArchiveFixture(sizes: new ArchiveSizes(Segment: 5000));
        var id = (await archive.StoreAsync(Arrive("1.2.1.1", size: 4000))).Id!.Value;
        var next = Path.Combine(archive.Path, "segments", "000002");
        var sound = Arrive("1.2.1.3");
        var bad = new Arrival { Attributes = sound.Attributes with { SopClassUid = null! }, Sha256 = sound.Sha256, Size = sound.Size, Bytes = sound.Bytes };

        // One batch: its bytes go into a new segment, which is then no file any more that could be removed.
        var block = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hold = archive.Writer.WriteAsync((_, _) => begun.TrySetResult() && block.Wait(10_000), CancellationToken.None);
        await begun.Task;
        var store = archive.StoreAsync(Arrive("1.2.1.2", size: 4000));
        var spoil = archive.Writer.WriteAsync(
            (_, _) =>
            {
                File.Delete(next);
                return Directory.CreateDirectory(next);
            },
            CancellationToken.None);
        var failing = archive.StoreAsync(bad);
        block.Set();

        await hold;
        await store.ShouldThrowAsync<Exception>();
        await spoil.ShouldThrowAsync<Exception>();
        await failing.ShouldThrowAsync<Exception>();
        archive.Writer.IsBroken.ShouldBeTrue();
        (await Should.ThrowAsync<IOException>(() => archive.StoreAsync(sound))).Message.ShouldContain("restart");
        (await archive.ReadAsync(id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_instance_that_cannot_be_written_fails_alone()
    {
        await using var archive = new ArchiveFixture();
        var broken = Arrive("1.2.1.2");
        var bad = new Arrival
        {
            Attributes = broken.Attributes with { SopClassUid = null! },
            Sha256 = broken.Sha256,
            Size = broken.Size,
            Bytes = broken.Bytes,
        };

        var block = new ManualResetEventSlim();
        var hold = archive.Writer.WriteAsync((_, _) => block.Wait(1000), CancellationToken.None);
        var stores = new[] { archive.StoreAsync(Arrive("1.2.1.1")), archive.StoreAsync(bad), archive.StoreAsync(Arrive("1.2.1.3")) };
        block.Set();

        await hold;
        (await stores[0]).Outcome.ShouldBe(StoreOutcome.Stored);
        await stores[1].ShouldThrowAsync<Exception>();
        (await stores[2]).Outcome.ShouldBe(StoreOutcome.Stored);
        (await archive.ReadAsync((await stores[2]).Id!.Value)).ShouldBe(Arrive("1.2.1.3").Bytes.ToArray());
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }
}
