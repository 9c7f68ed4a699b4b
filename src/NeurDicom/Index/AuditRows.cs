using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>How much of the audit trail is kept.</summary>
internal sealed record AuditRetention(int Days, long Rows);

/// <summary>A row of <c>audit</c>, apart from when and how often.</summary>
internal sealed record AuditRow(
    string Event, string? Who, long? User, string How, string Address, string? Method, string? Path, int Status,
    string? Level, long? Resource, string? Uid, long? Patient, long? Study, string? StudyUid);

/// <summary>Makes rows of what was noted in memory, writes them, and takes away what is too old or too many.</summary>
internal static class AuditRows
{
    // So many rows are written one by one; where there are more,
    // those of one study become one (as PS3.15 A.5.3.6 has it),
    // so that nobody fills the disk or pushes older rows out by asking quickly.
    internal const int MostSingle = 500;
    private const int MostRefused = 1000;
    private const int LongestPrune = 2000;

    private static readonly string[] Levels = ["patients", "studies", "series", "instances"];

    // uid, patient, study, study's uid
    private static readonly string[] Places =
    [
        "SELECT NULL, id, NULL, NULL FROM patients WHERE id = ?1",
        "SELECT study_instance_uid, patient, id, study_instance_uid FROM studies WHERE id = ?1",
        """
        SELECT s.series_instance_uid, t.patient, t.id, t.study_instance_uid
        FROM series s JOIN studies t ON t.id = s.study WHERE s.id = ?1
        """,
        """
        SELECT i.sop_instance_uid, t.patient, t.id, t.study_instance_uid
        FROM instances i JOIN series s ON s.id = i.series JOIN studies t ON t.id = s.study WHERE i.id = ?1
        """,
    ];

    private const string Insert = """
        INSERT INTO audit (at, until, count, event, who, user, how, address, method, path, status, level, resource, uid,
            patient, study, study_instance_uid)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    /// <summary>Looks up what the paths name, and puts together what is alike then.</summary>
    /// <param name="lost">How many events had no room.</param>
    public static List<(AuditRow Row, AuditSpan Span)> Make(
        SqliteConnection connection, IReadOnlyDictionary<AuditEvent, AuditSpan> pending, long lost)
    {
        var rows = new Dictionary<AuditRow, AuditSpan>(pending.Count);
        foreach (var (happened, span) in pending)
            Add(rows, Resolve(connection, happened), span);
        if (rows.Count > MostSingle)
            rows = Squeeze(rows, OfStudy);
        if (rows.Count > MostRefused)
            rows = Squeeze(rows, row => row.Event == "refused" ? row with { Address = "" } : row);
        if (lost > 0)
        {
            var last = pending.Values.Max(span => span.Last);
            Add(rows, Of(AuditEvent.OfCommand("lost") with { Who = null, How = "none", Status = 500 }),
                new AuditSpan { First = last, Last = last, Count = lost });
        }

        return [.. rows.Select(row => (row.Key, row.Value)).OrderBy(row => row.Value.First)];
    }

    /// <summary>Writes rows in the caller's transaction, and prunes a little more than that.</summary>
    public static void Write(
        SqliteConnection connection, IReadOnlyList<(AuditRow Row, AuditSpan Span)> rows, AuditRetention retention,
        DateTimeOffset now)
    {
        using (var insert = new Statement(connection, Insert))
        {
            foreach (var (row, span) in rows)
                Run(insert, row, span);
        }

        var most = Math.Max(LongestPrune, 2 * rows.Count);
        using var old = new Statement(connection, """
            DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE at < ? ORDER BY at LIMIT ?)
            """);
        old.Bind(1, (now - TimeSpan.FromDays(retention.Days)).ToUnixTimeMilliseconds()).Bind(2, most).Run();
        // Rows go from the oldest on, so the numbers between first and last are as good as a count.
        using var surplus = new Statement(connection, """
            DELETE FROM audit WHERE seq IN
                (SELECT seq FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - ? ORDER BY seq LIMIT ?)
            """);
        surplus.Bind(1, retention.Rows).Bind(2, most).Run();
    }

    /// <summary>Writes one row with a statement of <see cref="Prepare"/>.</summary>
    public static void Run(Statement insert, AuditRow row, in AuditSpan span) => insert
        .Bind(1, span.First).Bind(2, span.Last).Bind(3, span.Count)
        .Bind(4, row.Event).Bind(5, row.Who).Bind(6, row.User).Bind(7, row.How).Bind(8, row.Address)
        .Bind(9, row.Method).Bind(10, row.Path).Bind(11, row.Status)
        .Bind(12, row.Level).Bind(13, row.Resource).Bind(14, row.Uid)
        .Bind(15, row.Patient).Bind(16, row.Study).Bind(17, row.StudyUid).Run();

    public static Statement Prepare(SqliteConnection connection) => new(connection, Insert);

    private static AuditRow Resolve(SqliteConnection connection, AuditEvent happened)
    {
        var row = Of(happened);
        if (happened is { IsClaim: true, Who: { } claimed })
        {
            using var user = Rows.Of(connection, "SELECT id FROM users WHERE email = ?1").Bind(1, claimed);
            // What is nobody's name may be somebody's password, typed into the wrong field.
            row = user.Read() ? row with { User = user.Int64(0) } : row with { Who = null };
        }

        if (FindResource(happened.Path) is not var (level, id))
            return row;
        row = row with { Level = level.ToWord(), Resource = id };
        using var place = Rows.Of(connection, Places[(int)level]).Bind(1, id);
        return place.Read()
            ? row with
            {
                Uid = place.Text(0),
                Patient = place.Int64(1),
                Study = place.IsNull(2) ? null : place.Int64(2),
                StudyUid = place.Text(3),
            }
            : row;
    }

    private static AuditRow Of(in AuditEvent happened) => new(
        happened.Event, happened.Who, happened.User, happened.How, happened.Address?.ToString() ?? "", happened.Method,
        happened.Path, happened.Status, null, null, null, null, null, null);

    // Which instances they were is lost, how many and of which study is not.
    // What names nothing that is there differs by numbers alone that a caller makes up.
    private static AuditRow OfStudy(AuditRow row) => row switch
    {
        { Level: null } => row,
        { Patient: null } => row with { Level = null, Resource = null, Method = null, Path = null },
        { Study: null } => row with { Method = null, Path = null },
        _ => row with { Level = "study", Resource = row.Study, Uid = row.StudyUid, Method = null, Path = null },
    };

    /// <summary>What <c>/api/series/17/instances</c> names, or <c>/series/17</c>: series 17.</summary>
    internal static (Level Level, long Id)? FindResource(string? path)
    {
        var rest = path.AsSpan();
        if (rest.StartsWith("/api"))
            rest = rest[4..];
        if (rest.IsEmpty || rest[0] != '/')
            return null;

        rest = rest[1..];
        var slash = rest.IndexOf('/');
        if (slash < 0)
            return null;
        var level = Array.IndexOf(Levels, rest[..slash].ToString());
        rest = rest[(slash + 1)..];
        var end = rest.IndexOf('/');
        return level >= 0
            && long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? ((Level)level, id)
            : null;
    }

    private static Dictionary<AuditRow,
    AuditSpan> Squeeze(Dictionary<AuditRow, AuditSpan> rows, Func<AuditRow, AuditRow> reduce)
    {
        var fewer = new Dictionary<AuditRow, AuditSpan>();
        foreach (var (row, span) in rows)
            Add(fewer, reduce(row), span);
        return fewer;
    }

    private static void Add(Dictionary<AuditRow, AuditSpan> rows, AuditRow row, AuditSpan more)
    {
        ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, row, out var isKnown);
        span.First = isKnown ? Math.Min(span.First, more.First) : more.First;
        span.Last = Math.Max(span.Last, more.Last);
        span.Count += more.Count;
    }
}
