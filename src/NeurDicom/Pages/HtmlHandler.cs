using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Pages;

/// <summary>
/// Answers browsers with pages. Who has not signed in is led to the sign-in page and back; errors are pages too. A
/// client that does not ask for HTML gets what it gets from the API: problem documents.
/// </summary>
internal abstract class HtmlHandler(ApiContext context) : NeurDicomHandler(context)
{
    /// <summary>The largest form without files.</summary>
    public const int LargestForm = 64 << 10;

    // Nothing but what this server sends itself, no script or style in a page, nobody's frame around it (CSP Level 3).
    private const string Policy =
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly JsonSerializerOptions RowOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private Language? _language;

    public Language Language => _language ??= Language.Of(Http.Request);

    /// <summary>Who looks at the page; null where nobody has signed in.</summary>
    public Identity? Visitor => CurrentUser as Identity;

    /// <summary>Whether the client wants a page: it names HTML, as every browser does and no script.</summary>
    protected virtual bool WantsHtml =>
        Http.Request.Headers.Accept is { Count: > 0 } accept
        && AcceptHeader.Choose(accept, "application/json", "text/html") == "text/html";

    /// <summary>Whether the visitor may do what this role may.</summary>
    public bool May(Role role) => Visitor?.Role >= role;

    public string Say(string english, string chinese) => Language.Say(english, chinese);

    protected override void SetDefaultHeaders()
    {
        base.SetDefaultHeaders();
        var headers = Http.Response.Headers;
        // Other origins have the API; a page is for whom it was drawn.
        headers.AccessControlAllowOrigin = StringValues.Empty;
        headers.AccessControlAllowCredentials = StringValues.Empty;
        headers.AccessControlExposeHeaders = StringValues.Empty;

        headers.ContentType = "text/html; charset=utf-8";
        // The next person at this computer must not find patients with the Back button (RFC 9111 5.2.2.5).
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = Policy;
        headers.XFrameOptions = "DENY";
        // Over plain HTTP browsers complain of it (HTML 7.1.3.1).
        if (Http.Request.IsHttps)
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Not no-referrer: forms would then be sent with Origin: null, which RequestGuard refuses.
        headers["Referrer-Policy"] = "same-origin";
        headers.Append(HeaderNames.Vary, "Accept, Accept-Language, Cookie");
    }

    protected override string? ComputeEtag() => null;

    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        if (Request.Method is "GET" or "HEAD" && !WantsHtml)
            throw new ProblemException(404, "There is only a page for browsers here; the REST API begins with /api/.");
    }

    /// <summary>Sends a page.</summary>
    /// <param name="title">Without patients' names: it stays in the browser's history.</param>
    protected void WritePage(string title, Html main, PageOptions? options = null) =>
        Write(PageFrame.Draw(this, title, main, options ?? PageOptions.Standard).ToString());

    /// <summary>Leads to another page, which is asked for with GET (RFC 9110 15.4.4).</summary>
    protected void LeadTo(string path) => Redirect(path, status: StatusCodes.Status303SeeOther);

    /// <summary>
    /// The fields of a form without files; the handler has <c>[StreamRequestBody(MaxBodySize = LargestForm)]</c>.
    /// </summary>
    protected async Task<FormCollection> ReadFormAsync()
    {
        if (!MediaTypeHeaderValue.TryParse(Http.Request.ContentType, out var type)
            || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(
                StatusCodes.Status415UnsupportedMediaType, "Expected application/x-www-form-urlencoded.");
        }

        // The body's limit is the limit of all that is in it.
        using var reader = new FormReader(Request.BodyStream)
        {
            ValueCountLimit = int.MaxValue,
            KeyLengthLimit = LargestForm,
            ValueLengthLimit = LargestForm,
        };
        // What a form lacks is empty; a dictionary would throw.
        return new FormCollection(await reader.ReadFormAsync(Aborted));
    }

    /// <summary>A page of rows, as the API lists them; no page where the parent does not exist.</summary>
    protected Task<(ListPage? Page, T[] Rows)> ReadRowsAsync<T>(LevelQueries queries, ListRequest request) =>
        Context.Index.ReadAsync(
            connection =>
            {
                using var json = new JsonOutput();
                var page = queries.WriteList(connection, request, json, asDetails: false);
                return (page, page is null ? [] : JsonSerializer.Deserialize<T[]>(json.Written, RowOptions)!);
            },
            Aborted);

    /// <summary>One row, as the API shows it; 404 where there is none.</summary>
    protected async Task<T> ReadRowAsync<T>(LevelQueries queries, long id)
        where T : class
    {
        var row = await Context.Index.ReadAsync(
            connection =>
            {
                using var json = new JsonOutput();
                return queries.WriteDetail(connection, id, json)
                    ? JsonSerializer.Deserialize<T>(json.Written, RowOptions)
                    : null;
            },
            Aborted);
        return row ?? throw NotFound(queries.Level, id);
    }

    protected override void WriteError(int statusCode, ErrorArguments error)
    {
        // It decides what the status is, and says why in a problem document.
        base.WriteError(statusCode, error);
        if (!WantsHtml)
            return;

        statusCode = StatusCode;
        var headers = Http.Response.Headers;
        var (retryAfter, allow) = (headers.RetryAfter, headers.Allow);
        Clear();
        SetStatus(statusCode);
        (headers.RetryAfter, headers.Allow) = (retryAfter, allow);
        if (statusCode == StatusCodes.Status401Unauthorized)
        {
            // Every form has a page of the same path, so that is where to come back to.
            LeadTo(Request.Path == "/" && Request.Query.Length == 0
                ? "/sign-in"
                : "/sign-in?next=" + Uri.EscapeDataString(Request.Method is "GET" ? Request.Uri : Request.Path));
            return;
        }

        ErrorPage.Write(this, statusCode, (error.Exception as ProblemException)?.Detail, WritePage);
    }
}
