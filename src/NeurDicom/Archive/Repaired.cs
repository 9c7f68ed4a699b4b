using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NeurDicom.Index;

namespace NeurDicom.Archive;

/// <summary>
/// What the writer starts from, after what a crash left was cleared away. The time that takes depends on what was in
/// flight, never on the size of the archive.
/// </summary>
/// <param name="Open">The segment to append to.</param>
/// <param name="DeadSegments">Sealed segments to which little or nothing refers.</param>
internal sealed partial record Repaired(OpenSegment Open, long NextVersion, HashSet<long> DeadSegments)
{
    /// <exception cref="DataFolderException">Index and segments are not of one time: nothing is cut off
    /// then.</exception>
    public static Repaired Run(SqliteConnection connection, SegmentFiles files, ILogger logger)
    {
        RemoveOpenFiles(connection, files, logger);
        var nextVersion = Read(connection, "SELECT next_version FROM totals", row => row.GetInt64(0))[0];
        var dead = Read(
            connection, "SELECT id FROM segments WHERE sealed = 1 AND live * 2 < length", row => row.GetInt64(0));
        return new Repaired(OpenLast(connection, files, nextVersion, logger), nextVersion, [.. dead]);
    }

    private static OpenSegment OpenLast(
        SqliteConnection connection, SegmentFiles files, long nextVersion, ILogger logger)
    {
        var last = Read(
            connection, "SELECT id, length, sealed FROM segments ORDER BY id DESC LIMIT 1",
            row => (Id: row.GetInt64(0), Length: row.GetInt64(1), IsSealed: row.GetInt64(2) != 0));
        var next = last.Count == 0 ? 1 : last[0].Id + 1;
        RefuseOlderIndex(files, last.Count == 0 ? 0 : last[0].Id, last.Count == 0 ? 0 : last[0].Length, nextVersion);
        if (last.Count == 0 || last[0].IsSealed)
        {
            var fresh = OpenSegment.Create(files, next);
            using var insert = new Statement(connection, "INSERT INTO segments (id, length) VALUES (?, ?)");
            insert.Bind(1, next).Bind(2, fresh.Length).Run();
            return fresh;
        }

        // A segment that was made for a batch whose commit never came.
        File.Delete(files.PathOf(next));
        var open = OpenSegment.Reopen(files, last[0].Id, last[0].Length, out var missing);
        if (missing > 0)
            Log.SegmentShort(logger, last[0].Id, missing);
        return open;
    }

    /// <summary>
    /// An index that is missing, or was put back from a copy, does not know the newest records. To cut those off would
    /// destroy what was acknowledged.
    /// </summary>
    private static void RefuseOlderIndex(SegmentFiles files, long last, long length, long nextVersion)
    {
        // What a crash can leave behind the last commit is one batch, whose records are of one time. More is no crash's
        // work.
        const long LargestTail = ArchiveWriter.LargestAppend;
        if (Length(last) - length <= LargestTail
            && Length(last + 1) <= SegmentRecord.FileHeaderLength + LargestTail
            && Length(last + 2) == 0
            && (last > 0 || Length(1) <= SegmentRecord.FileHeaderLength)
            && Times(last, length).Concat(Times(last + 1, SegmentRecord.FileHeaderLength)).Distinct().Count() <= 1)
        {
            return;
        }

        throw new DataFolderException(
            $"The segments in {Path.GetDirectoryName(files.PathOf(1))} hold more than the index knows: the index is "
            + "missing or older than "
            + "they are. Put the newest index.db back, or move the segments away to start anew.");

        long Length(long segment) => segment > 0 && File.Exists(files.PathOf(segment))
            ? new FileInfo(files.PathOf(segment)).Length
            : 0;

        // Compaction moves older versions, each with its own time.
        List<long> Times(long segment, long from)
        {
            var end = Length(segment);
            if (end <= from)
                return [];
            using var file = File.OpenHandle(files.PathOf(segment), share: FileShare.ReadWrite | FileShare.Delete);
            return
            [
                .. new SegmentWalk(file, end).Records(from)
                    .Where(r => r.Record.Version >= nextVersion)
                    .Select(r => r.Record.StoredAt),
            ];
        }
    }

    private static void RemoveOpenFiles(SqliteConnection connection, SegmentFiles files, ILogger logger)
    {
        var versions = Read(connection, "SELECT version FROM open_files", row => row.GetInt64(0));
        if (versions.Count == 0)
            return;
        foreach (var version in versions)
            File.Delete(files.PathOfLarge(version));
        Disk.FlushFolder(Path.GetDirectoryName(files.PathOfLarge(0))!);
        using var forget = new Statement(connection, "DELETE FROM open_files");
        forget.Run();
        Log.OpenFilesRemoved(logger, versions.Count);
    }

    private static List<T> Read<T>(SqliteConnection connection, string sql, Func<Statement, T> read)
    {
        using var statement = new Statement(connection, sql);
        var rows = new List<T>();
        while (statement.Step())
            rows.Add(read(statement));
        return rows;
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information, "{Count} large files were being written when the server stopped; they are removed.")]
        public static partial void OpenFilesRemoved(ILogger logger, int count);

        [LoggerMessage(LogLevel.Error,
            "Segment {Segment} lacks its last {Missing} bytes: the disk lost what it had confirmed. "
                + "Run verify to see what is gone.")]
        public static partial void SegmentShort(ILogger logger, long segment, long missing);
    }
}
