using NeurDicom.Archive;
using NeurDicom.Index;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Archive;

public sealed class RepairTests
{
    [Fact]
    public async Task What_lies_behind_the_last_commit_is_cut_off()
    {
        await using var archive = new ArchiveFixture();
        var id = (await archive.StoreAsync(Arrive("1.2.1.1"))).Id!.Value;
        var segment = Path.Combine(archive.Path, "segments", "000001");
        await archive.CloseAsync();
        var length = new FileInfo(segment).Length;
        await File.AppendAllTextAsync(segment, "half a record", TestContext.Current.CancellationToken);

        await archive.ReopenAfterCloseAsync();

        new FileInfo(segment).Length.ShouldBe(length);
        (await archive.ReadAsync(id)).ShouldBe(Arrive("1.2.1.1").Bytes.ToArray());
        (await archive.StoreAsync(Arrive("1.2.1.2"))).Outcome.ShouldBe(StoreOutcome.Stored);
        (await archive.ReadAsync(2)).ShouldBe(Arrive("1.2.1.2").Bytes.ToArray());
    }

    [Fact]
    public async Task A_file_that_is_no_segment_is_not_appended_to()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1"));
        await archive.CloseAsync();
        var segment = Path.Combine(archive.Path, "segments", "000001");
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[18] = (byte)'2';
        await File.WriteAllBytesAsync(segment, [.. bytes, 1, 2, 3], TestContext.Current.CancellationToken);

        var refusal = await Should.ThrowAsync<DataFolderException>(archive.ReopenAfterCloseAsync);

        refusal.Message.ShouldContain("does not begin as a segment");
        (await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken)).ShouldBe([.. bytes, 1, 2, 3]);
        bytes[18] = (byte)'1';
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        await archive.ReopenAfterCloseAsync();
        (await archive.ReadAsync(1)).ShouldBe(Arrive("1.2.1.1").Bytes.ToArray());
    }

    [Fact]
    public async Task A_segment_that_was_never_committed_is_removed()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1"));
        await archive.CloseAsync();
        await File.WriteAllTextAsync(Path.Combine(archive.Path, "segments", "000002"), "x", TestContext.Current.CancellationToken);

        await archive.ReopenAfterCloseAsync();

        Directory.GetFiles(Path.Combine(archive.Path, "segments")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_large_file_that_was_being_written_is_removed()
    {
        await using var archive = new ArchiveFixture();
        var version = await archive.Writer.AnnounceLargeAsync(CancellationToken.None);
        await archive.CloseAsync();
        var file = Path.Combine(archive.Path, "large", $"{version}");
        await File.WriteAllTextAsync(file, "half a file", TestContext.Current.CancellationToken);

        await archive.ReopenAfterCloseAsync();

        File.Exists(file).ShouldBeFalse();
        (await archive.CountAsync("SELECT count(*) FROM open_files")).ShouldBe(0);
        (await archive.Writer.AnnounceLargeAsync(CancellationToken.None)).ShouldBeGreaterThan(version);
    }

    [Fact]
    public async Task Bytes_whose_rows_went_before_a_crash_are_freed_at_the_start()
    {
        await using var archive = new ArchiveFixture();
        var id = (await archive.StoreAsync(Arrive("1.2.1.1", size: 50_000))).Id!.Value;
        using (await archive.Archive.OpenAsync(id, null, CancellationToken.None))
        {
            await archive.Writer.DeleteAsync(Level.Instance, id, Tester, CancellationToken.None);
            await archive.CloseAsync();
        }

        await archive.ReopenAfterCloseAsync();
        await archive.FreedAsync();

        (await archive.CountAsync("SELECT count(*) FROM frees")).ShouldBe(0);
        var bytes = await File.ReadAllBytesAsync(Path.Combine(archive.Path, "segments", "000001"), TestContext.Current.CancellationToken);
        bytes.AsSpan(SegmentRecord.FileHeaderLength, 50_000).IndexOfAnyExcept((byte)0).ShouldBe(-1);
    }

    [Fact]
    public async Task Segments_without_their_index_are_not_written_over()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1"));
        await archive.CloseAsync();
        var index = Path.Combine(archive.Path, "index.db");
        File.Move(index, index + ".away");
        var segment = Path.Combine(archive.Path, "segments", "000001");
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<DataFolderException>(archive.ReopenAfterCloseAsync)).Message.ShouldContain("index");

        (await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken)).ShouldBe(bytes);
        foreach (var file in Directory.GetFiles(archive.Path, "index.db*").Where(file => !file.EndsWith(".away", StringComparison.Ordinal)))
            File.Delete(file);
        File.Move(index + ".away", index);
        await archive.ReopenAfterCloseAsync();
        (await archive.ReadAsync(1)).ShouldBe(Arrive("1.2.1.1").Bytes.ToArray());
    }

    [Fact]
    public async Task An_index_far_older_than_its_segments_is_refused()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1"));
        await archive.CloseAsync();
        var newer = Path.Combine(archive.Path, "segments", "000003");
        await File.WriteAllBytesAsync(newer, SegmentRecord.FileHeader(), TestContext.Current.CancellationToken);

        await Should.ThrowAsync<DataFolderException>(archive.ReopenAfterCloseAsync);

        File.Delete(newer);
        await archive.ReopenAfterCloseAsync();
    }

    [Fact]
    public async Task An_index_that_lacks_two_batches_is_refused()
    {
        await using var archive = new ArchiveFixture();
        await archive.StoreAsync(Arrive("1.2.1.1"));
        await archive.CloseAsync();
        var index = Path.Combine(archive.Path, "index.db");
        File.Copy(index, index + ".older");
        await archive.ReopenAfterCloseAsync();
        await archive.StoreAsync(Arrive("1.2.1.2"));
        await Task.Delay(5, TestContext.Current.CancellationToken); // A time of its own for the second batch.
        await archive.StoreAsync(Arrive("1.2.1.3"));
        await archive.CloseAsync();
        File.Copy(index, index + ".newer");
        File.Copy(index + ".older", index, overwrite: true);
        var segment = Path.Combine(archive.Path, "segments", "000001");
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<DataFolderException>(archive.ReopenAfterCloseAsync)).Message.ShouldContain("older");

        (await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken)).ShouldBe(bytes);
        File.Copy(index + ".newer", index, overwrite: true);
        await archive.ReopenAfterCloseAsync();
        (await archive.ReadAsync(3)).ShouldBe(Arrive("1.2.1.3").Bytes.ToArray());
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_says_so()
    {
        await using var archive = new ArchiveFixture();
        var current = await archive.CountAsync("PRAGMA user_version");
        await archive.Writer.WriteAsync(
            (connection, transaction) =>
            {
                using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = "PRAGMA user_version = 9999";
                return command.ExecuteNonQuery();
            },
            CancellationToken.None);
        await archive.CloseAsync();

        (await Should.ThrowAsync<DataFolderException>(archive.ReopenAfterCloseAsync)).Message.ShouldContain("9999");
        archive.SetSchemaVersion((int)current);
        await archive.ReopenAfterCloseAsync();
    }

    [Fact]
    public async Task An_index_that_is_none_is_refused_by_name()
    {
        await using var archive = new ArchiveFixture();
        await archive.CloseAsync();
        var index = Path.Combine(archive.Path, "index.db");
        var bytes = await File.ReadAllBytesAsync(index, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(index, new string('x', 5000), TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<DataFolderException>(archive.ReopenAfterCloseAsync)).Message.ShouldContain(index);
        await File.WriteAllBytesAsync(index, bytes, TestContext.Current.CancellationToken);
        await archive.ReopenAfterCloseAsync();
    }
}
