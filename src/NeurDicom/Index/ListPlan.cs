using System.Text;
using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>
/// Where a list's statement begins to look. SQLite knows no counts here, and both guesses can be wrong by a factor of a
/// million: the images of one patient, found by reading all images in order; all CT images sorted for the first fifty.
/// So the conditions that have an index are counted first, up to a limit, which costs a fraction of a millisecond,
/// and those on a part of a patient's name, which costs reading the patients. Where one names few rows, the statement
/// begins there; else it reads the list in its order and stops when the page is full.
/// </summary>
internal sealed class ListPlan
{
    private static readonly string[] Tables = ["patients", "studies", "series", "instances"];
    private static readonly string[] Parents = ["", "studies.patient", "series.study", "instances.series"];

    /// <summary>
    /// Rows that a statement may begin with, by how many levels lie between them and the list: each has many below it.
    /// </summary>
    public static readonly IReadOnlyList<int> Few = [10_000, 2_000, 500, 200];

    private readonly Level _level;
    private readonly ListRequest _request;
    private readonly Condition? _start;
    private readonly bool _beginsBelow;

    public ListPlan(SqliteConnection connection, Level level, ListRequest request, IReadOnlyList<int> few)
    {
        _level = level;
        _request = request;

        var fewest = long.MaxValue;
        foreach (var condition in request.Conditions.Where(condition => condition.MayBegin(level)))
        {
            var field = condition.Field;
            // What lies below gives ids only, which are looked up.
            var limit = field.Level > level ? few[0] : few[level - field.Level];
            var count = Count(connection, condition, limit);
            if (count <= limit && count < fewest)
                (fewest, _start) = (count, condition);
        }

        if (_start is not null && _start.Field.Level > level)
            (_start, _beginsBelow) = (null, true);
    }

    /// <summary>
    /// The tables from the level up to <paramref name="reach"/>, in the order in which they are to be read.
    /// </summary>
    public string From(Level reach)
    {
        var start = _start?.Field.Level ?? _level;
        if (start < reach)
            reach = start;

        // CROSS JOIN is how SQLite is told not to change the order (sqlite.org/lang_select.html).
        var from = new StringBuilder(Tables[(int)start]);
        for (var step = (int)start + 1; step <= (int)_level; step++)
            from.Append($" CROSS JOIN {Tables[step]} ON {Parents[step]} = {Tables[step - 1]}.id");
        for (var step = (int)start; step > (int)reach; step--)
            from.Append($" CROSS JOIN {Tables[step - 1]} ON {Tables[step - 1]}.id = {Parents[step]}");
        return from.ToString();
    }

    /// <summary>The conditions; their values are added in the order of the question marks.</summary>
    public string Where(List<object> values)
    {
        var where = new StringBuilder("1");
        if (_request.Parent is { } parent)
        {
            where.Append($" AND {Parents[(int)_level]} = ?");
            values.Add(parent);
        }

        foreach (var condition in _request.Conditions.Where(condition => condition.Field.Level <= _level))
        {
            where.Append(" AND ").Append(MayUseIndex(condition) ? condition.Sql : WithoutIndex(condition));
            values.AddRange(condition.Values);
        }

        var below = _request.Conditions.Where(condition => condition.Field.Level > _level).ToList();
        if (below.Count > 0)
            AppendBelow(where, below, values);
        return where.ToString();
    }

    // An index that the list is ordered by gives both.
    private bool MayUseIndex(Condition condition)
    {
        return condition == _start || (_start is null && !_beginsBelow && condition.Field == _request.Order);
    }

    // A plus sign in front of a column keeps SQLite from looking it up (sqlite.org/optoverview.html 2).
    private static string WithoutIndex(Condition condition)
    {
        return condition.Sql.Replace(condition.Field.Column, "+" + condition.Field.Column, StringComparison.Ordinal);
    }

    /// <summary>Conditions on what lies below: all of them must hold for one and the same child.</summary>
    private void AppendBelow(StringBuilder where, List<Condition> below, List<object> values)
    {
        var deepest = (int)below.Max(condition => condition.Field.Level);
        var child = (int)_level + 1;
        foreach (var condition in below)
            values.AddRange(condition.Values);

        if (_beginsBelow)
        {
            // The few rows that were found, and from them up.
            var conditions = string.Join(" AND ", below.Select(condition => condition.Sql));
            var from = Tables[deepest];
            for (var step = deepest; step > child; step--)
                from += $" JOIN {Tables[step - 1]} ON {Tables[step - 1]}.id = {Parents[step]}";
            where.Append($" AND {Tables[(int)_level]}.id IN (SELECT {Parents[child]} FROM {from} WHERE {conditions})");
        }
        else
        {
            // For each row of the list, from it down until one is found.
            var conditions = string.Join(" AND ", below.Select(WithoutIndex));
            var from = Tables[child];
            for (var step = child + 1; step <= deepest; step++)
                from += $" CROSS JOIN {Tables[step]} ON {Parents[step]} = {Tables[step - 1]}.id";
            var join = $"{Parents[child]} = {Tables[(int)_level]}.id";
            where.Append($" AND EXISTS (SELECT 1 FROM {from} WHERE {join} AND {conditions})");
        }
    }

    private static long Count(SqliteConnection connection, Condition condition, int limit)
    {
        var table = Tables[(int)condition.Field.Level];
        using var count = Rows.Of(
            connection, $"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {condition.Sql} LIMIT {limit + 1})");
        for (var i = 0; i < condition.Values.Count; i++)
            count.Bind(i + 1, condition.Values[i]);
        count.Read();
        return count.Int64(0);
    }
}
