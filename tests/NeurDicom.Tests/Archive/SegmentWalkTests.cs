using NeurDicom.Archive;
using NeurDicom.Index;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Archive;

public sealed class SegmentWalkTests
{
    [Fact]
    public async Task Segments_alone_tell_which_versions_live()
    {
        await using var archive = new ArchiveFixture(sizes: new ArchiveSizes(Segment: 5000));
        for (var i = 1; i <= 30; i++)
            await archive.StoreAsync(Arrive($"1.2.1.{i}"));
        await using (var large = await archive.ArriveLargeAsync("1.2.1.99"))
            await archive.StoreAsync(large);
        foreach (var id in (long[])[3, 4, 5, 29])
            await archive.Writer.DeleteAsync(Level.Instance, id, Tester, CancellationToken.None);
        await archive.FreedAsync();

        var (live, damaged) = Walk(archive.Path);

        live.Order().ShouldBe((await archive.TextsAsync("SELECT cast(id AS TEXT) FROM versions ORDER BY id")).Select(long.Parse));
        damaged.ShouldBe(0);
    }

    [Fact]
    public async Task Behind_a_damaged_header_the_walk_goes_on()
    {
        await using var archive = new ArchiveFixture();
        for (var i = 1; i <= 10; i++)
            await archive.StoreAsync(Arrive($"1.2.1.{i}"));
        using (var file = File.Open(Path.Combine(archive.Path, "segments", "000001"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = SegmentRecord.FileHeaderLength + 30;
            file.WriteByte(0x55);
            file.WriteByte(0x55);
        }

        var (live, damaged) = Walk(archive.Path);

        live.Order().ShouldBe([2, 3, 4, 5, 6, 7, 8, 9, 10]);
        damaged.ShouldBe(1);
    }

    private static (HashSet<long> Live, int Damaged) Walk(string path)
    {
        var live = new HashSet<long>();
        var dead = new HashSet<long>();
        var damaged = 0;
        foreach (var name in Directory.GetFiles(Path.Combine(path, "segments")))
        {
            using var file = File.OpenHandle(name, share: FileShare.ReadWrite);
            var walk = new SegmentWalk(file, RandomAccess.GetLength(file));
            foreach (var (offset, record) in walk.Records())
            {
                if (record.Kind is RecordKind.Instance or RecordKind.Large)
                    live.Add(record.Version);
                else if (record.Kind == RecordKind.Tombstone)
                    dead.UnionWith(walk.Tombstones(offset, record));
            }

            damaged += walk.Damaged;
        }

        live.ExceptWith(dead);
        return (live, damaged);
    }
}
