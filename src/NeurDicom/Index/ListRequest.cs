using System.Globalization;

namespace NeurDicom.Index;

/// <summary>What a caller wants of a list: filters, order, and which page.</summary>
internal sealed record ListRequest
{
    /// <summary>Rows of a page where none is asked for, and at most.</summary>
    public const int MaximumLimit = 1000;

    /// <summary>What a caller is told whose <c>limit</c> is none.</summary>
    public const string WrongLimit = "Expected a whole number of at least 1.";

    public int Limit { get; init; } = MaximumLimit;
    public Field? Order { get; init; }
    public bool IsDescending { get; init; }
    public Cursor? After { get; init; }
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>The row one level up whose children are listed, or null for all.</summary>
    public long? Parent { get; init; }

    /// <summary>Names the order, so that a cursor is not taken for one of another order.</summary>
    public string OrderName => (IsDescending ? "-" : "") + (Order?.Name ?? "id");

    /// <summary>Reads query parameters; what is wrong with each is added to <paramref name="errors"/>.</summary>
    /// <param name="defaultOrder">The order where none is asked for; null for the id.</param>
    public static ListRequest Parse(
        Level level,
        Field? defaultOrder,
        IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> parameters,
        IDictionary<string, string[]> errors)
    {
        var request = new ListRequest { Order = defaultOrder };
        var conditions = new List<Condition>();
        string? after = null;
        foreach (var (name, values) in parameters)
        {
            var problem = "";
            if (values.Count != 1)
            {
                problem = "The parameter may stand once.";
            }
            else if (name == "limit")
            {
                if (ParseLimit(values[0]) is { } limit)
                    request = request with { Limit = limit };
                else
                    problem = WrongLimit;
            }
            else if (name == "after")
            {
                after = values[0];
            }
            else if (name == "order")
            {
                if (ParseOrder(level, values[0], ref request) is { } wrong)
                    problem = wrong;
            }
            else if (!Field.ByName.TryGetValue(name, out var field) || !MayFilter(level, field))
            {
                problem = Unknown(["limit", "after", "order", .. Filters(level)]);
            }
            else if (Condition.Parse(field, values[0], out problem) is { } condition)
            {
                conditions.Add(condition);
                problem = "";
            }

            if (problem.Length > 0)
                errors[name] = [problem];
        }

        // Only now is the order known that the cursor must belong to.
        if (after is not null)
        {
            request = request with { After = Cursor.Parse(after) };
            if (request.After?.Order != request.OrderName)
                errors["after"] = ["This is not a cursor of a list in this order; take it from the Link header."];
        }

        return request with { Conditions = conditions };
    }

    /// <summary>
    /// What stands in <c>limit</c>, at most <see cref="MaximumLimit"/>; null where it is no number of at least 1.
    /// </summary>
    public static int? ParseLimit(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            return limit > 0 ? Math.Min(limit, MaximumLimit) : null;
        return text.Length > 9 && text.All(char.IsAsciiDigit) ? MaximumLimit : null;
    }

    /// <summary>What a caller is told about a parameter that is none of <paramref name="known"/>.</summary>
    public static string Unknown(IEnumerable<string> known)
    {
        return $"There is no such parameter here; there are {string.Join(", ", known)}.";
    }

    /// <summary>The fields that lists of a level can be filtered by.</summary>
    public static IEnumerable<string> Filters(Level level)
    {
        return Field.ByName.Where(field => MayFilter(level, field.Value)).Select(field => field.Key)
            .Order(StringComparer.Ordinal);
    }

    private static string? ParseOrder(Level level, string value, ref ListRequest request)
    {
        var isDescending = value.StartsWith('-');
        var name = isDescending ? value[1..] : value;
        if (name == "id")
        {
            request = request with { Order = null, IsDescending = isDescending };
            return null;
        }

        if (!Field.ByName.TryGetValue(name, out var field) || field.Level > level)
            return "Expected a field of this list or of what it belongs to, with - in front for descending order.";
        request = request with { Order = field, IsDescending = isDescending };
        return null;
    }

    // Below an instance there is nothing; above, patients by what their instances hold would mean reading all of them.
    private static bool MayFilter(Level level, Field field)
    {
        return field.Level <= level
            || field.Level < Level.Instance
            || field.Name is "sop_instance_uid" or "sop_class_uid";
    }
}

/// <summary>What is known about a list beyond its rows.</summary>
/// <param name="Next">Where the next page begins, or null at the end.</param>
/// <param name="Total">How many rows there are in all, up to <paramref name="IsMore"/>.</param>
/// <param name="IsMore">There are more than were counted.</param>
internal sealed record ListPage(Cursor? Next, long Total, bool IsMore);
