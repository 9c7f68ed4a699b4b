using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/changes?since=CURSOR</c>: what happened to the archive, oldest first. Each change carries its cursor;
/// <c>Link</c> leads to what comes behind the page, also when nothing has come yet.
/// </summary>
[Operation("GET", "Lists what happened, oldest first", Schema = "Change[]")]
[Query("since", "string", "The cursor behind which the list begins.")]
[Query("limit", "integer", "Changes at once.")]
[RequiredAuth(Role.Reader)]
internal sealed class ChangesHandler(ApiContext context) : JsonHandler(context)
{
    public async Task GetAsync()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var limit = ReadLimit("since", errors);
        var since = GetQueryArgument("since", null) is { Length: > 0 } cursor ? ChangeQueries.ParseCursor(cursor) : 0;
        if (since is null)
            errors["since"] = ["This is not a cursor of this feed; take it from a change or from the Link header."];
        if (errors.Count > 0)
            throw ProblemException.For(errors);

        // Not null: there would be an error.
        var last = await QueryAsync((connection, json) => ChangeQueries.Write(connection, since!.Value, limit, json));
        SetHeader("Link", $"<{Request.Path}?since={last}&limit={limit}>; rel=\"next\"");
    }
}
