using System.Text;
using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>What is asked of the audit trail; null asks for nothing.</summary>
internal sealed record AuditRequest
{
    public int Limit { get; init; }
    public long? Before { get; init; }
    public string? Who { get; init; }
    public string? Event { get; init; }
    public string? Address { get; init; }
    public long? Patient { get; init; }
    public long? Study { get; init; }
    public string? StudyUid { get; init; }
    public long? Since { get; init; }
    public long? Until { get; init; }
    public string? Outcome { get; init; }
}

/// <summary>The audit trail as the API shows it, newest first.</summary>
internal static class AuditQueries
{
    public static readonly Cursor End = new("audit", null, long.MaxValue);

    public static readonly string[] Outcomes = ["success", "refused", "failed"];

    // Rows are written up to some seconds after what they tell of, so time and number agree that closely.
    private const long Slack = 60_000;

    private const string Columns = """
        seq, at, until, count, event, who, user, how, address, method, path, status, level, resource, uid, patient,
        study, study_instance_uid
        """;

    /// <summary>Writes a page; the answer is where the next begins, or null at the end.</summary>
    public static Cursor? Write(SqliteConnection connection, AuditRequest request, JsonOutput json)
    {
        var values = new List<object>();
        using var rows = Rows.Of(connection, Select(request, values));
        for (var i = 0; i < values.Count; i++)
            rows.Bind(i + 1, values[i]);

        var written = 0;
        var last = 0L;
        var isMore = false;
        json.WriteStartArray();
        while (rows.Read())
        {
            if (written++ == request.Limit)
            {
                isMore = true;
                break;
            }

            last = rows.Int64(0);
            Write(json, rows);
        }

        json.WriteEndArray();
        return isMore ? End with { Id = last } : null;
    }

    private static string Select(AuditRequest request, List<object> values)
    {
        var sql = new StringBuilder("SELECT ").Append(Columns).Append(" FROM audit WHERE seq < ?");
        values.Add(request.Before ?? long.MaxValue);
        foreach (var (column, value) in ((string, object?)[])
            [
                ("who", request.Who), ("event", request.Event), ("address", request.Address),
                ("patient", request.Patient),
                ("study", request.Study), ("study_instance_uid", request.StudyUid),
            ])
        {
            if (value is null)
                continue;
            sql.Append(" AND ").Append(column).Append(" = ?");
            values.Add(value);
        }

        if (request.Since is { } since)
        {
            sql.Append(" AND at >= ? AND seq >= (SELECT seq FROM audit WHERE at >= ? ORDER BY at LIMIT 1)");
            values.AddRange([since, since - Slack]);
        }

        if (request.Until is { } until)
        {
            sql.Append(" AND at < ? AND seq <= (SELECT seq FROM audit WHERE at < ? ORDER BY at DESC LIMIT 1)");
            values.AddRange([until, until + Slack]);
        }

        // PS3.15 A.5.1.1, EventOutcomeIndicator: what the caller did wrong, and what we did.
        sql.Append(request.Outcome switch
        {
            "success" => " AND status < 400",
            "refused" => " AND status BETWEEN 400 AND 499",
            "failed" => " AND status >= 500",
            _ => "",
        });
        return sql.Append(" ORDER BY seq DESC LIMIT ").Append(request.Limit + 1).ToString();
    }

    private static void Write(JsonOutput json, in Rows row)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row, 0);
        json.WriteInstant("at"u8, row, 1);
        json.WriteInstant("until"u8, row, 2);
        json.WriteNumber("count"u8, row, 3);
        json.WriteText("event"u8, row, 4);
        json.WriteString("outcome"u8, Outcomes[row.Int64(11) switch { < 400 => 0, < 500 => 1, _ => 2 }]);
        json.WriteText("who"u8, row, 5);
        json.WriteNumber("user"u8, row, 6);
        json.WriteText("how"u8, row, 7);
        if (row.Bytes(8).IsEmpty)
            json.WriteNull("address"u8);
        else
            json.WriteText("address"u8, row, 8);
        json.WriteText("method"u8, row, 9);
        json.WriteText("path"u8, row, 10);
        json.WriteNumber("status"u8, row, 11);
        json.WriteText("level"u8, row, 12);
        json.WriteNumber("resource"u8, row, 13);
        json.WriteText("uid"u8, row, 14);
        json.WriteNumber("patient"u8, row, 15);
        json.WriteNumber("study"u8, row, 16);
        json.WriteText("study_instance_uid"u8, row, 17);
        json.WriteEndObject();
    }
}
