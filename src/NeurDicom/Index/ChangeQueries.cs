using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>The feed of changes and the totals.</summary>
internal static class ChangeQueries
{
    private const string Order = "changes";

    private const string ChangesSince = """
        SELECT seq, at, kind, level, uid, resource, parent, who, how, note
        FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2
        """;

    private const string Totals = "SELECT patients, studies, series, instances, versions, size FROM totals";

    /// <summary>The place in the feed that a cursor names, or null where it is none.</summary>
    public static long? ParseCursor(string text)
    {
        return Cursor.Parse(text) is { Order: Order } cursor ? cursor.Id : null;
    }

    /// <summary>Writes the changes behind a place as an array; the answer is where the next page begins.</summary>
    public static Cursor Write(SqliteConnection connection, long since, int limit, JsonOutput json)
    {
        using var rows = Rows.Of(connection, ChangesSince).Bind(1, since).Bind(2, limit);
        json.WriteStartArray();
        while (rows.Read())
        {
            since = rows.Int64(0);
            json.WriteStartObject();
            json.WriteString("cursor"u8, new Cursor(Order, null, since).ToString());
            json.WriteInstant("at"u8, rows, 1);
            json.WriteText("kind"u8, rows, 2);
            json.WriteText("level"u8, rows, 3);
            json.WriteNumber("id"u8, rows, 5);
            json.WriteText("uid"u8, rows, 4);
            json.WriteNumber("parent"u8, rows, 6);
            json.WriteText("who"u8, rows, 7);
            json.WriteText("how"u8, rows, 8);
            json.WriteText("note"u8, rows, 9);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        return new Cursor(Order, null, since);
    }

    public static void WriteStatistics(SqliteConnection connection, JsonOutput json)
    {
        using var row = Rows.Of(connection, Totals);
        row.Read();
        json.WriteStartObject();
        json.WriteNumber("patients"u8, row, 0);
        json.WriteNumber("studies"u8, row, 1);
        json.WriteNumber("series"u8, row, 2);
        json.WriteNumber("instances"u8, row, 3);
        json.WriteNumber("versions"u8, row, 4);
        json.WriteNumber("size"u8, row, 5);
        json.WriteEndObject();
    }
}
