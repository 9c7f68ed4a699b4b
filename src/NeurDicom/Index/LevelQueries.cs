using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NeurDicom.Index;

/// <summary>
/// One level of the archive (patients, studies, series or instances) as the REST API shows it: its rows go from SQLite
/// straight into the JSON of the answer.
/// </summary>
internal abstract class LevelQueries(Level level)
{
    private static readonly string[] Tables = ["patients", "studies", "series", "instances"];

    // How a table hangs on the one above it.
    private static readonly string[] Upward =
    [
        "",
        " JOIN patients ON patients.id = studies.patient",
        " JOIN studies ON studies.id = series.study",
        " JOIN series ON series.id = instances.series",
    ];

    private static readonly string[] ChildCounts = ["studies_count", "series_count", "images_count"];

    private readonly string _table = Tables[(int)level];

    public Level Level { get; } = level;

    /// <inheritdoc cref="ListPlan.Few"/>
    public IReadOnlyList<int> Few { get; init; } = ListPlan.Few;

    /// <summary>The count of a filtered list is exact up to here.</summary>
    public int MostCounted { get; init; } = 10_000;

    /// <summary>
    /// The column by which a parent's children are ordered where the caller asks for nothing; null for the id.
    /// </summary>
    public virtual Field? ChildOrder => null;

    /// <summary>The columns that <see cref="Write"/> reads, the id first.</summary>
    protected abstract string ListColumns { get; }

    /// <summary>The same for a single row, where that has more members.</summary>
    protected virtual string DetailColumns => ListColumns;

    /// <summary>
    /// Tables that the columns need beside the level's own: the levels above up to this one, and others.
    /// </summary>
    protected virtual Level ListReach => Level;

    protected virtual Level DetailReach => ListReach;

    protected virtual string OtherTables => "";

    /// <summary>Writes one row as an object.</summary>
    protected abstract void Write(JsonOutput json, in Rows row, SqliteConnection connection, bool isDetail);

    /// <summary>Writes one row; false where there is none under that id.</summary>
    public bool WriteDetail(SqliteConnection connection, long id, JsonOutput json)
    {
        using var row = Rows.Of(
            connection, $"SELECT {DetailColumns} FROM {From(DetailReach)}{OtherTables} WHERE {_table}.id = ?1").Bind(1,
            id);
        if (!row.Read())
            return false;
        Write(json, row, connection, isDetail: true);
        return true;
    }

    /// <summary>
    /// Writes a page of rows as an array; null where the parent does not exist. Pages begin behind the last row of the
    /// one before, found through an index, so the thousandth costs what the first does.
    /// </summary>
    /// <param name="asDetails">With the members of a single row.</param>
    public ListPage? WriteList(SqliteConnection connection, ListRequest request, JsonOutput json, bool asDetails)
    {
        if (request.Parent is { } parent && CountAll(connection, parent) is null)
            return null;

        json.WriteStartArray();
        var written = 0;
        Cursor? last = null;
        var isMore = false;
        var plan = new ListPlan(connection, Level, request, Few);
        foreach (var (sql, values) in Pages(plan, request, asDetails))
        {
            using var rows = Rows.Of(connection, sql);
            for (var i = 0; i < values.Count; i++)
                rows.Bind(i + 1, values[i]);
            while (rows.Read())
            {
                if (written == request.Limit)
                {
                    isMore = true;
                    break;
                }

                Write(json, rows, connection, asDetails);
                // Only the last row's place is needed, but which one is last shows when there is no other.
                if (++written == request.Limit)
                    last = CursorOf(request, rows);
            }

            if (isMore)
                break;
        }

        json.WriteEndArray();
        return Count(connection, plan, request, written, isMore ? last : null);
    }

    private ListPage Count(SqliteConnection connection, ListPlan plan, ListRequest request, int written, Cursor? next)
    {
        if (request.Conditions.Count == 0)
            return new ListPage(next, CountAll(connection, request.Parent) ?? 0, false);
        if (request.After is null && next is null)
            return new ListPage(null, written, false);

        var values = new List<object>();
        var where = plan.Where(values);
        var from = plan.From(Reach(request, Level));
        using var count = Rows.Of(
            connection, $"SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {where} LIMIT {MostCounted + 1})");
        for (var i = 0; i < values.Count; i++)
            count.Bind(i + 1, values[i]);
        try
        {
            count.Read();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            // The time is up, but the page is there, and as many rows as are on it.
            return new ListPage(next, written, IsMore: true);
        }

        var total = count.Int64(0);
        return new ListPage(next, Math.Min(total, MostCounted), total > MostCounted);
    }

    // The writer keeps these counts; null: no such parent.
    private long? CountAll(SqliteConnection connection, long? parent)
    {
        var above = (int)Level - 1;
        using var count = parent is { } id
            ? Rows.Of(connection, $"SELECT {ChildCounts[above]} FROM {Tables[above]} WHERE id = ?1").Bind(1, id)
            : Rows.Of(connection, $"SELECT {_table} FROM totals");
        return count.Read() ? count.Int64(0) : null;
    }

    /// <summary>
    /// The statements that make a page, run one after the other until it is full. NULL sorts before everything in
    /// SQLite, and a comparison with it is never true, so rows with and without a value are two statements where the
    /// cursor lies in the first group: one with OR would read the index from its beginning.
    /// </summary>
    private IEnumerable<(string Sql, List<object> Values)> Pages(ListPlan plan, ListRequest request, bool asDetails)
    {
        if (request.After is not { } after)
        {
            yield return Page(plan, request, asDetails, "", []);
            yield break;
        }

        var id = _table + ".id";
        var direction = request.IsDescending ? "<" : ">";
        if (request.Order is not { } order)
        {
            yield return Page(plan, request, asDetails, $" AND {id} {direction} ?", [after.Id]);
            yield break;
        }

        var column = order.SortColumn;
        if (after.Value is { } value)
        {
            yield return Page(plan, request, asDetails, $" AND ({column}, {id}) {direction} (?, ?)", [value, after.Id]);
            if (request.IsDescending)
                yield return Page(plan, request, asDetails, $" AND {column} IS NULL", []);
        }
        else
        {
            yield return Page(plan, request, asDetails, $" AND {column} IS NULL AND {id} {direction} ?", [after.Id]);
            if (!request.IsDescending)
                yield return Page(plan, request, asDetails, $" AND {column} IS NOT NULL", []);
        }
    }

    private (string Sql, List<object> Values) Page(
        ListPlan plan, ListRequest request, bool asDetails, string from, object[] place)
    {
        var values = new List<object>();
        var where = plan.Where(values);
        values.AddRange(place);
        var descending = request.IsDescending ? " DESC" : "";
        var sort = request.Order?.SortColumn;
        var order = (sort is null ? "" : $"{sort}{descending}, ") + $"{_table}.id{descending}";
        var columns = asDetails ? DetailColumns : ListColumns;
        // The value that the list is ordered by comes last, for the cursor.
        var sql = new StringBuilder("SELECT ").Append(columns).Append(", ").Append(sort ?? "NULL")
            .Append(" FROM ").Append(plan.From(Reach(request, asDetails ? DetailReach : ListReach))).Append(OtherTables)
            .Append(" WHERE ").Append(where).Append(from)
            .Append(" ORDER BY ").Append(order)
            .Append(" LIMIT ").Append(request.Limit + 1);
        return (sql.ToString(), values);
    }

    private static Cursor CursorOf(ListRequest request, in Rows row)
    {
        var column = row.ColumnCount - 1;
        object? value = request.Order is null || row.IsNull(column) ? null
            : row.IsNumber(column) ? row.Int64(column)
            : row.Text(column);
        return new Cursor(request.OrderName, value, row.Int64(0));
    }

    /// <summary>The highest level that the answer, the filters or the order look at.</summary>
    private static Level Reach(ListRequest request, Level columns)
    {
        var reach = columns;
        foreach (var condition in request.Conditions)
            reach = condition.Field.Level < reach ? condition.Field.Level : reach;
        return request.Order is { } order && order.Level < reach ? order.Level : reach;
    }

    private string From(Level reach)
    {
        var from = _table;
        for (var step = Level; step > reach; step--)
            from += Upward[(int)step];
        return from;
    }
}
