using System.Globalization;
using NeurDicom.Dicom;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Accounts;

/// <summary>
/// <c>GET /api/audit</c>: who did what with patient data, when and from where, the newest first. Filters: <c>who</c>,
/// <c>event</c>, <c>outcome</c>, <c>address</c>, <c>since</c>, <c>until</c>, <c>patient</c>, <c>study</c>.
/// </summary>
[Operation("GET", "Lists who did what with patient data", Detail = "The newest first.", Schema = "AuditEvent[]")]
[Query("who", "string", "A sign-in name.")]
[Query("event", "string", "query, read, store, delete, sign_in and so on.")]
[Query("outcome", "success|refused|failed", "How it ended.")]
[Query("address", "string", "Where it came from.")]
[Query("since", "string", "A date or an instant.")]
[Query("until", "string", "A date or an instant, not included.")]
[Query("patient", "integer", "The id of a patient.")]
[Query("study", "string", "The id of a study, or its UID.")]
[Query("limit", "integer", "Rows of a page.")]
[Query("after", "string", "Where the page begins; taken from the Link header.")]
[RequiredAuth(Role.Admin)]
[Audited(Reads = "audit")]
internal sealed class AuditHandler(ApiContext context) : JsonHandler(context)
{
    private static readonly string[] Filters =
        ["who", "event", "outcome", "address", "since", "until", "patient", "study"];

    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    public async Task GetAsync()
    {
        var limit = ReadLimit("after", _errors, Filters);
        var before = Text("after") is { } cursor ? Cursor.Parse(cursor) : AuditQueries.End;
        if (before?.Order != AuditQueries.End.Order)
            _errors["after"] = ["This is not a cursor of this list; take it from the Link header."];
        var study = Text("study");
        var isUid = study?.Contains('.', StringComparison.Ordinal) is true;
        if (isUid && !Uid.TryParse(study, out _))
            _errors["study"] = ["Expected the id of a study or its UID."];
        var outcome = Text("outcome");
        if (outcome is not null && !AuditQueries.Outcomes.Contains(outcome))
            _errors["outcome"] = [$"Expected one of {string.Join(", ", AuditQueries.Outcomes)}."];

        var request = new AuditRequest
        {
            Limit = limit,
            Before = before?.Id,
            Who = Text("who"),
            Event = Text("event"),
            Address = Text("address"),
            Outcome = outcome,
            Since = Instant("since"),
            Until = Instant("until"),
            Patient = Number("patient"),
            Study = isUid ? null : Number("study"),
            StudyUid = isUid ? study : null,
        };
        if (_errors.Count > 0)
            throw ProblemException.For(_errors);

        // What was answered before this question belongs into the answer.
        await Context.Archive.Audit.WriteAsync();
        if (await QueryAsync((connection, json) => AuditQueries.Write(connection, request, json)) is not { } next)
            return;
        var filters = Filters
            .Where(name => Text(name) is not null)
            .Select(name => $"{name}={Uri.EscapeDataString(Text(name)!)}&"); // Not null: asked for.
        SetHeader("Link", string.Create(
            CultureInfo.InvariantCulture,
            $"<{Request.Path}?{string.Concat(filters)}limit={limit}&after={next}>; rel=\"next\""));
    }

    protected override string QueryAdvice =>
        "The query took too long and was stopped. Add since and until, or ask for who, patient or study.";

    private string? Text(string name) => GetQueryArgument(name, null) is { Length: > 0 } text ? text : null;

    private long? Number(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        _errors[name] = ["Expected an id."];
        return null;
    }

    private long? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (AccountBody.ParseInstant(text) is { } instant)
            return instant.ToUnixTimeMilliseconds();
        _errors[name] = ["Expected a date or an instant, 2027-01-31 or 2027-01-31T12:00:00Z."];
        return null;
    }
}
