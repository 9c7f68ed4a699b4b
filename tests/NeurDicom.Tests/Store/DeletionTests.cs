using System.Diagnostics;
using NeurDicom.Archive;
using NeurDicom.Index;
using NeurDicom.Tests.Archive;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Store;

public sealed class DeletionTests
{
    [Theory]
    [InlineData("instance", 7)]
    [InlineData("series", 6)]
    [InlineData("study", 4)]
    [InlineData("patient", 0)]
    public async Task Each_level_takes_what_is_below_and_keeps_the_counters(string level, long left)
    {
        await using var archive = new ArchiveFixture();
        foreach (var study in (int[])[1, 2])
        {
            foreach (var series in (int[])[1, 2])
            {
                foreach (var instance in (int[])[1, 2])
                    await archive.StoreAsync(Arrive($"1.{study}.{series}.{instance}", $"1.{study}.{series}", $"1.{study}"));
            }
        }

        var result = await archive.Writer.DeleteAsync(Enum.Parse<Level>(level, ignoreCase: true), 1, Tester, CancellationToken.None);

        result.Instances.ShouldBe((int)(8 - left));
        (await archive.CountAsync("SELECT count(*) FROM instances")).ShouldBe(left);
        (await archive.CountAsync("SELECT count(*) FROM versions")).ShouldBe(left);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
        (await archive.TextsAsync("SELECT kind || ' ' || level FROM changes WHERE kind = 'deleted'"))
            .ShouldBe([$"deleted {level}"]);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_nothing_is_written()
    {
        await using var archive = new ArchiveFixture();

        foreach (var level in Enum.GetValues<Level>())
            (await archive.Writer.DeleteAsync(level, 17, Tester, CancellationToken.None)).Found.ShouldBeFalse();

        (await archive.CountAsync("SELECT count(*) FROM changes")).ShouldBe(0);
    }

    [Fact]
    public async Task The_last_instance_takes_its_empty_parents_with_it()
    {
        await using var archive = new ArchiveFixture();
        var id = (await archive.StoreAsync(Arrive("1.2.1.1"))).Id!.Value;

        var result = await archive.Writer.DeleteAsync(Level.Instance, id, Tester, CancellationToken.None);

        result.ShouldBe(new DeleteResult(1, 1, 1, 1, 1, 300));
        (await archive.CountAsync("SELECT patients + studies + series + instances + versions + size FROM totals")).ShouldBe(0);
        (await archive.TextsAsync("SELECT level || coalesce(' ' || note, '') FROM changes WHERE kind = 'deleted'"))
            .ShouldBe(["instance", "series empty", "study empty", "patient empty"]);
        (await archive.ReadAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_study_forgets_the_modality_of_a_deleted_series()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1", "1.2.1"));
        var other = Arrive("1.2.2.1", "1.2.2");
        await archive.StoreAsync(new Arrival
        {
            Attributes = other.Attributes with { Modality = "SR" },
            Sha256 = other.Sha256,
            Size = other.Size,
            Bytes = other.Bytes,
        });
        (await archive.TextsAsync("SELECT modalities FROM studies")).ShouldBe([@"CT\SR"]);

        await archive.Writer.DeleteAsync(Level.Series, 1, Tester, CancellationToken.None);

        (await archive.TextsAsync("SELECT modalities FROM studies")).ShouldBe(["SR"]);
    }

    [Fact]
    public async Task Deleted_bytes_go_back_to_the_disk()
    {
        await using var archive = new ArchiveFixture();
        for (var i = 1; i <= 64; i++)
            await archive.StoreAsync(Arrive($"1.2.1.{i}", size: 100_000));
        await using (var large = await archive.ArriveLargeAsync("1.2.1.100"))
            await archive.StoreAsync(large);
        var before = DiskUse(archive.Path);

        await archive.Writer.DeleteAsync(Level.Patient, 1, Tester, CancellationToken.None);
        await archive.FreedAsync();

        (before - DiskUse(archive.Path)).ShouldBeGreaterThan(9_000_000);
        Directory.GetFiles(Path.Combine(archive.Path, "large")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bytes_are_not_freed_under_a_reader()
    {
        await using var archive = new ArchiveFixture();
        var id = (await archive.StoreAsync(Arrive("1.2.1.1", size: 50_000))).Id!.Value;
        using var reader = await archive.Archive.OpenAsync(id, null, CancellationToken.None);

        await archive.Writer.DeleteAsync(Level.Instance, id, Tester, CancellationToken.None);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        var bytes = new byte[50_000];
        reader!.Read(bytes, 0).ShouldBe(50_000);
        bytes.ShouldBe(Arrive("1.2.1.1", size: 50_000).Bytes.ToArray());
        (await archive.CountAsync("SELECT count(*) FROM frees")).ShouldBe(1);

        reader.Dispose();
        await archive.FreedAsync();
        (await archive.CountAsync("SELECT count(*) FROM frees")).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_deleted_and_is_sent_again_is_stored_anew()
    {
        await using var archive = new ArchiveFixture();
        var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            var random = new Random(sender);
            for (var i = 0; i < 200; i++)
            {
                var result = await archive.StoreAsync(Arrive($"1.2.1.{random.Next(1, 6)}", size: 5000));
                if (random.Next(2) == 0)
                    await archive.Writer.DeleteAsync(Level.Instance, result.Id!.Value, Tester, CancellationToken.None);
            }
        }));
        await Task.WhenAll(senders);
        await archive.FreedAsync();

        (await archive.WrongCountersAsync()).ShouldBeEmpty();
        foreach (var row in await archive.TextsAsync("SELECT id || ' ' || sop_instance_uid FROM instances"))
        {
            var parts = row.Split(' ');
            (await archive.ReadAsync(long.Parse(parts[0]))).ShouldBe(Arrive(parts[1], size: 5000).Bytes.ToArray());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_segment_without_live_records_is_removed(bool punch)
    {
        await using var archive = new ArchiveFixture(sizes: new ArchiveSizes(Segment: 20_000, Punch: punch));
        for (var i = 1; i <= 100; i++)
            await archive.StoreAsync(Arrive($"1.2.{i % 2 + 1}.{i}", $"1.2.{i % 2 + 1}", size: 1000));
        var files = Directory.GetFiles(Path.Combine(archive.Path, "segments")).Length;

        // Every second instance: holes suffice where they can be punched, else the rest has to move.
        await archive.Writer.DeleteAsync(Level.Series, 1, Tester, CancellationToken.None);
        await archive.Writer.DeleteAsync(
            Level.Instance, await archive.CountAsync("SELECT min(id) FROM instances"), Tester, CancellationToken.None);
        await SettledAsync(archive);
        for (var i = 1; i <= 100; i++)
        {
            var id = await archive.CountAsync($"SELECT id FROM instances WHERE sop_instance_uid = '1.2.1.{i}'");
            if (id > 0)
                (await archive.ReadAsync(id)).ShouldBe(Arrive($"1.2.1.{i}", size: 1000).Bytes.ToArray());
        }

        (await archive.WrongCountersAsync()).ShouldBeEmpty();
        await archive.Writer.DeleteAsync(Level.Patient, 1, Tester, CancellationToken.None);
        await SettledAsync(archive);

        files.ShouldBeGreaterThan(5);
        Directory.GetFiles(Path.Combine(archive.Path, "segments")).Length.ShouldBeLessThanOrEqualTo(punch ? 1 : 2);
        (await archive.WrongCountersAsync()).ShouldBeEmpty();
    }

    private static async Task SettledAsync(ArchiveFixture archive)
    {
        for (var quiet = 0; quiet < 5;)
        {
            var before = Directory.GetFiles(Path.Combine(archive.Path, "segments")).Length;
            await archive.FreedAsync();
            await Task.Delay(20);
            quiet = before == Directory.GetFiles(Path.Combine(archive.Path, "segments")).Length ? quiet + 1 : 0;
        }
    }

    private static long DiskUse(string path)
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-sB1", path]) { RedirectStandardOutput = true })!;
        var text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(text.Split('\t')[0]);
    }
}
