using System.Globalization;
using System.Text;
using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>
/// A page of rows as a bare array: filters, <c>order</c>, <c>limit</c> and
/// <c>after</c> come from the query; <c>Link</c> (RFC 8288) leads to the next page, <c>X-Total-Count</c> says how many
/// there are.
/// </summary>
internal abstract class PageHandler(ApiContext context, LevelQueries queries) : JsonHandler(context)
{
    // Those that have an index and mostly name few rows.
    private static readonly string[] Advised = ["study_date", "accession_number", "patient_id", "patient_name"];

    /// <summary>Names conditions that are not there yet, and the order only where one was asked for.</summary>
    protected override string QueryAdvice
    {
        get
        {
            var missing = Advised.Where(name => !Request.QueryArguments.ContainsKey(name)).ToList();
            var advice = missing.Count > 0
                ? $"Add a condition that names few rows: {string.Join(" or ", missing)}"
                : "Give the conditions whole values or their beginnings";
            var order = Request.QueryArguments.ContainsKey("order") ? ", or leave out the order" : "";
            return $"The query took too long and was stopped. {advice}{order}.";
        }
    }

    protected async Task WritePageAsync(long? parent)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var parameters = Request.QueryArguments.Select(argument =>
            KeyValuePair.Create<string, IReadOnlyList<string>>(argument.Key, GetQueryArguments(argument.Key)));
        var order = parent is null ? null : queries.ChildOrder;
        var request = ListRequest.Parse(queries.Level, order, parameters, errors) with { Parent = parent };
        if (errors.Count > 0)
            throw ProblemException.For(errors);

        // A series' instances have always come with the members of a single one (NEURDICOM.md 4.2).
        var asDetails = parent is not null;
        var page = await QueryAsync((connection, json) => queries.WriteList(connection, request, json, asDetails))
            ?? throw NotFound(queries.Level - 1, parent ?? 0);

        SetHeader("X-Total-Count", page.Total.ToString(CultureInfo.InvariantCulture) + (page.IsMore ? "+" : ""));
        if (page.Next is { } next)
            SetHeader("Link", $"<{NextPage(next)}>; rel=\"next\"");
    }

    private string NextPage(Cursor next)
    {
        var url = new StringBuilder(Request.Path).Append('?');
        foreach (var name in Request.QueryArguments.Keys.Where(name => name != "after"))
        {
            foreach (var value in GetQueryArguments(name))
                url.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
        }

        return url.Append("after=").Append(next).ToString();
    }
}
