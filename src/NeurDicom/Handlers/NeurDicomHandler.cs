using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Handlers;

/// <summary>
/// What all handlers share (the seeds' <c>BaseNeurDicomHandler</c>): default headers, CORS, sign-in before anything
/// else, and problem documents for every error.
/// </summary>
internal abstract partial class NeurDicomHandler(ApiContext context) : RequestHandler
{
    private const int Piece = 64 << 10;

    private const string AllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private const string AllHeaders =
        "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range, X-Requested-With";
    private const string ReadableHeaders =
        "Content-Disposition, Content-Range, ETag, Link, X-Total-Count, X-Image-Width, "
        + "X-Image-Height, X-Image-Frames, X-Image-Samples, X-Image-Bits, X-Image-Format, X-Image-Photometric, "
        + "X-Image-Minimum, X-Image-Maximum, X-Volume-Affine, X-Volume-Shape, X-Volume-Type, X-Volume-Assumed";

    private int _refusal;

    protected ApiContext Context { get; } = context;

    /// <summary>Who asks; there where a role is required.</summary>
    protected Identity Identity => (Identity)CurrentUser!; // Not null: PrepareAsync refuses before.

    /// <summary>On whose behalf this request changes the archive.</summary>
    protected Sender Sender => Identity.Scheme == AuthScheme.Local
        ? Sender.Local with { Via = Identity.How }
        : new Sender(Identity.Name, "rest", Identity.UserId, Identity.How, Http.Connection.RemoteIpAddress);

    /// <summary>The sign-in name that was tried where nobody is signed in, for the audit trail.</summary>
    protected string? Claimed { get; set; }

    /// <summary>What the audit trail says that was asked for, where the path does not; null for the path.</summary>
    protected IReadOnlyList<string>? AuditedPaths { get; set; }

    protected override void SetDefaultHeaders()
    {
        var headers = Http.Response.Headers;
        // What is shown belongs to one person and may change: caches may keep it and must ask (RFC 9111 5.2.2.4).
        headers.CacheControl = "private, no-cache";
        headers.XContentTypeOptions = "nosniff";

        if (!Context.Guard.HasOrigins)
            return;
        headers.Vary = "Origin";
        if (Context.Guard.AllowedOrigin(Http.Request) is not { } origin)
            return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = ReadableHeaders;
        if (origin != "*")
            headers.AccessControlAllowCredentials = "true";
        if (Request.Method != "OPTIONS")
            return;
        headers.AccessControlAllowMethods = AllMethods;
        headers.AccessControlAllowHeaders = AllHeaders;
        headers.AccessControlMaxAge = "600";
    }

    protected override async Task PrepareAsync()
    {
        var admission = await Context.Authentication.AdmitAsync(Http, GetType(), Aborted);
        if (!admission.IsRefused)
        {
            CurrentUser = admission.Identity;
            return;
        }

        // A page may make a redirection of it.
        _refusal = admission.Status;
        Claimed = admission.Claimed;
        CurrentUser = admission.Identity;
        var refusal = new ProblemException(admission.Status, admission.Detail ?? "");
        if (admission.RetryAfter is { } wait)
            refusal.Headers["Retry-After"] = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (admission.Status == StatusCodes.Status401Unauthorized
            && RequestGuard.Challenge(Http.Request) is { } challenge)
            refusal.Headers["WWW-Authenticate"] = challenge;
        throw refusal;
    }

    /// <summary>Leaves a row in the audit trail: who asked for what, from where, and how it ended.</summary>
    protected sealed override void OnFinish()
    {
        // 499: the client went away before the end.
        var status = IsFinished ? StatusCode : 499;
        var identity = CurrentUser as Identity;
        var names = AuditRule.For(GetType());
        if (identity is null)
        {
            // Neither what was asked for nor how often tells them apart, so that nobody fills the trail from outside.
            var refused = _refusal != 0 ? _refusal : status;
            if (refused is 401 or 403 or 429)
            {
                Context.Archive.Audit.Add(new AuditEvent(
                    names.NameOfRefusal, Claimed, null, "none", Http.Connection.RemoteIpAddress, null, null, refused,
                    IsClaim: true));
            }

            return;
        }

        if (names.NameOf(Request.Method, status, AuditRows.FindResource(Request.Path) is not null) is { } name)
        {
            var happened = new AuditEvent(
                name, identity.Name, identity.UserId, identity.How, Http.Connection.RemoteIpAddress, Request.Method,
                Request.Path, status);
            if (AuditedPaths is null)
                Context.Archive.Audit.Add(happened);
            foreach (var path in AuditedPaths ?? [])
                Context.Archive.Audit.Add(happened with { Path = path });
        }
    }

    /// <summary>
    /// Sends a body that lies ready. What is more than a piece goes out piece by piece as the client takes it,
    /// and has to be taken at a fair speed: the memory behind it comes out of what all requests share.
    /// </summary>
    protected async Task WriteWholeAsync(ReadOnlyMemory<byte> body)
    {
        if (body.Length <= Piece)
        {
            WriteBytes(body.Span);
            return;
        }

        SetHeader("Content-Length", body.Length);
        if (Request.Method == "HEAD")
            return;
        RequireSpeed(body.Length);
        for (var at = 0; at < body.Length; at += Piece)
        {
            WriteBytes(body.Span.Slice(at, Math.Min(Piece, body.Length - at)));
            await FlushAsync();
        }
    }

    /// <summary>Ends the answer to a client that takes it more slowly than the server can afford to hold it.</summary>
    /// <param name="length">The bytes of the answer, or how many they may be.</param>
    protected void RequireSpeed(long length = 8L << 30)
    {
        const int bytesPerSecond = 64 << 10;
        var grace = TimeSpan.FromSeconds(10);
        if (Http.Features.Get<IHttpMinResponseDataRateFeature>() is { } speed)
        {
            speed.MinDataRate = new MinDataRate(bytesPerSecond, grace);
            return;
        }

        // Over HTTP/2 Kestrel watches the connection, and not each answer on it.
        Http.Response.RegisterForDispose(new Timer(
            static http => ((HttpContext)http!).Abort(),
            Http,
            grace + TimeSpan.FromSeconds((double)length / bytesPerSecond),
            Timeout.InfiniteTimeSpan));
    }

    protected static ProblemException NotFound(Level level, long id)
    {
        return new ProblemException(
            StatusCodes.Status404NotFound,
            string.Create(CultureInfo.InvariantCulture, $"There is no {level.ToWord()} {id}."));
    }

    /// <summary>
    /// Writes an error as <c>application/problem+json</c>, with <c>message</c> for the original's clients.
    /// </summary>
    protected override void WriteError(int statusCode, ErrorArguments error)
    {
        if (error.Exception is QueryLimitException)
        {
            statusCode = StatusCodes.Status503ServiceUnavailable;
            SetStatus(statusCode);
            SetHeader("Retry-After", 1);
        }
        else if (error.Exception is MissingBytesException)
        {
            statusCode = StatusCodes.Status410Gone;
            SetStatus(statusCode);
        }
        else if (error.Exception is { } failure && ArchiveWriter.IsOutOfSpace(failure))
        {
            statusCode = StatusCodes.Status507InsufficientStorage;
            SetStatus(statusCode);
        }

        SetHeader("Content-Type", "application/problem+json");
        using var json = new Utf8JsonWriter((IBufferWriter<byte>)OutputWriter, RowJson.Options);
        var title = ReasonPhrases.GetReasonPhrase(statusCode);
        var detail = Detail(error.Exception, statusCode) ?? title;
        json.WriteStartObject();
        json.WriteString("type"u8, "about:blank"u8);
        json.WriteString("title"u8, title);
        json.WriteNumber("status"u8, statusCode);
        json.WriteString("detail"u8, detail);
        json.WriteString("message"u8, detail);
        if ((error.Exception as ProblemException)?.Errors is { } errors)
        {
            json.WriteStartObject("errors"u8);
            foreach (var (field, problems) in errors)
            {
                json.WriteStartArray(field);
                foreach (var problem in problems)
                    json.WriteStringValue(problem);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>What the client did wrong is its own affair and no warning; what we did wrong is an error.</summary>
    protected override void LogException(Exception exception)
    {
        if (exception is QueryLimitException)
            Log.QueryStopped(Context.Logger, Request.Path);
        else if (exception is MissingBytesException missing)
            Log.BytesMissing(Context.Logger, Request.Path, missing.Message);
        else if (exception is HttpException { StatusCode: < 500 } refused)
            Log.Refused(Context.Logger, refused.StatusCode, Request.Method, Request.Path, refused.LogMessage);
        else
            base.LogException(exception);
    }

    private string? Detail(Exception? exception, int statusCode) => exception switch
    {
        ProblemException problem => problem.Detail,
        QueryLimitException => QueryAdvice,
        MissingBytesException => "The bytes of this instance are missing from the archive; run neurdicom verify.",
        // Tornado's own messages, such as a missing argument; nothing of a 500 is the client's business.
        HttpException { StatusCode: < 500, LogMessage: { } message } => message,
        _ when statusCode == StatusCodes.Status404NotFound => "There is nothing under this address.",
        _ when statusCode == StatusCodes.Status405MethodNotAllowed =>
            $"{Request.Method} is not offered here; see the Allow header.",
        _ when statusCode == StatusCodes.Status507InsufficientStorage => "The disk is full.",
        _ when statusCode >= 500 => "Something went wrong on the server; its log has more.",
        _ => null,
    };

    /// <summary>What a caller can do about a query that took too long.</summary>
    protected virtual string QueryAdvice => "The query took too long and was stopped; ask again later.";

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A query took too long and was stopped: {Path}")]
        public static partial void QueryStopped(ILogger logger, string path);

        [LoggerMessage(LogLevel.Error, "Stored bytes are missing, run neurdicom verify: {Path} {Reason}")]
        public static partial void BytesMissing(ILogger logger, string path, string reason);

        [LoggerMessage(LogLevel.Debug, "Refused with {Status}: {Method} {Path} {Reason}")]
        public static partial void Refused(ILogger logger, int status, string method, string path, string? reason);
    }
}
