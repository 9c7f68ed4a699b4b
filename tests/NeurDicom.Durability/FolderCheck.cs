using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Archive;
using NeurDicom.Index;
using NeurDicom.Tests.Archive;

namespace NeurDicom.Durability;

/// <summary>Looks at the data folder of a server that has stopped: rows, files and segments have to agree.</summary>
internal static class FolderCheck
{
    public static List<string> Problems(string data)
    {
        SqliteEngine.Load(NullLogger.Instance);
        var problems = new List<string>();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "index.db")};Pooling=False");
        connection.Open();

        foreach (var (what, sql) in CounterChecks.All)
        {
            if (Numbers(connection, sql)[0] is var wrong and not 0)
                problems.Add($"Counters of {what} are wrong in {wrong} rows.");
        }

        if (Numbers(connection, "SELECT count(*) FROM open_files")[0] is var open and not 0)
            problems.Add($"{open} large files are said to be written, and nobody writes.");

        var large = Directory.GetFiles(Path.Combine(data, "large")).Select(Path.GetFileName).ToHashSet();
        var rows = Numbers(connection, "SELECT id FROM versions WHERE segment IS NULL").Select(id => $"{id}").ToHashSet();
        rows.UnionWith(Numbers(connection, "SELECT version FROM frees WHERE segment IS NULL").Select(id => $"{id}"));
        problems.AddRange(large.Where(file => !rows.Contains(file!)).Select(file => $"large/{file} belongs to no row."));

        var segments = Numbers(connection, "SELECT id FROM segments").ToHashSet();
        segments.UnionWith(Numbers(connection, "SELECT segment FROM frees WHERE segment IS NOT NULL"));
        foreach (var file in Directory.GetFiles(Path.Combine(data, "segments")))
        {
            if (!segments.Contains(long.Parse(Path.GetFileName(file))))
                problems.Add($"segments/{Path.GetFileName(file)} belongs to no row.");
        }

        problems.AddRange(Walk(connection, data));
        return problems;
    }

    /// <summary>
    /// An index made anew from the segments alone would hold exactly the versions that this one holds.
    /// </summary>
    private static IEnumerable<string> Walk(SqliteConnection connection, string data)
    {
        var found = new HashSet<long>();
        var dead = new HashSet<long>();
        foreach (var path in Directory.GetFiles(Path.Combine(data, "segments")))
        {
            using var file = File.OpenHandle(path);
            var walk = new SegmentWalk(file, RandomAccess.GetLength(file));
            foreach (var (offset, record) in walk.Records())
            {
                if (record.Kind is RecordKind.Instance or RecordKind.Large)
                    found.Add(record.Version);
                else if (record.Kind is RecordKind.Tombstone)
                    dead.UnionWith(walk.Tombstones(offset, record));
            }

            if (walk.Damaged > 0)
                yield return $"{Path.GetFileName(path)} holds {walk.Damaged} headers that cannot be read.";
        }

        found.ExceptWith(dead);
        if (!found.SetEquals(Numbers(connection, "SELECT id FROM versions")))
            yield return "The segments tell of other versions than the index.";
    }

    private static List<long> Numbers(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var numbers = new List<long>();
        while (reader.Read())
            numbers.Add(reader.GetInt64(0));
        return numbers;
    }
}
