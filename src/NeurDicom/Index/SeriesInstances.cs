using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>A stored instance, held fast by the number of its version.</summary>
/// <param name="Version">1, 2, … within the instance.</param>
internal readonly record struct InstanceVersion(long Instance, int Version, ReadOnlyMemory<byte> Sha256);

/// <summary>The instances of a series for who wants them all.</summary>
internal static class SeriesInstances
{
    private const string Current = """
        SELECT i.id, v.number, v.sha256 FROM instances i JOIN versions v ON v.id = i.version
        WHERE i.series = ?1 ORDER BY i.instance_number, i.id LIMIT ?2
        """;

    /// <summary>In the order of their numbers; empty also where there is no such series.</summary>
    public static List<InstanceVersion> Read(SqliteConnection connection, long series, int limit)
    {
        var instances = new List<InstanceVersion>();
        using var rows = Rows.Of(connection, Current).Bind(1, series).Bind(2, limit);
        while (rows.Read())
            instances.Add(new(rows.Int64(0), (int)rows.Int64(1), rows.Bytes(2).ToArray()));
        return instances;
    }
}
