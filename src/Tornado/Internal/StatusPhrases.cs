using Microsoft.AspNetCore.WebUtilities;

namespace Tornado.Internal;

/// <summary>Reason phrases as Tornado on CPython 3.11 sends them; RFC 9110 15 allows any.</summary>
internal static class StatusPhrases
{
    public const string Unknown = "Unknown";

    // Where Kestrel's own phrase is the same, none is set on the response: it then sends a prepared status line.
    private static readonly string?[] Differing = BuildDiffering();

    public static string? Find(int status) => status switch
    {
        100 => "Continue",
        101 => "Switching Protocols",
        102 => "Processing",
        103 => "Early Hints",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        208 => "Already Reported",
        226 => "IM Used",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        305 => "Use Proxy",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Requested Range Not Satisfiable",
        417 => "Expectation Failed",
        418 => "I'm a Teapot",
        421 => "Misdirected Request",
        422 => "Unprocessable Entity",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        506 => "Variant Also Negotiates",
        507 => "Insufficient Storage",
        508 => "Loop Detected",
        510 => "Not Extended",
        511 => "Network Authentication Required",
        _ => null,
    };

    /// <summary>The phrase to set on the response, or null where the server's own is right.</summary>
    public static string? ForResponse(int status, string? reason)
    {
        if (reason is null)
            return (uint)status < (uint)Differing.Length ? Differing[status] : Unknown;
        return IsSafe(reason) ? reason : Unknown;
    }

    public static string PhraseOf(int status, string? reason)
        => reason is not null ? (IsSafe(reason) ? reason : Unknown) : Find(status) ?? Unknown;

    /// <summary>
    /// Tab, printable ASCII and Latin-1, no angle bracket, not empty: Tornado's rule against response splitting.
    /// </summary>
    private static bool IsSafe(string reason)
    {
        foreach (var c in reason)
        {
            if (c is '<' or not ('\t' or (>= ' ' and <= '~') or (>= '\x80' and <= '\xff')))
                return false;
        }
        return reason.Length > 0;
    }

    private static string?[] BuildDiffering()
    {
        var phrases = new string?[600];
        for (var status = 0; status < phrases.Length; status++)
        {
            var ours = Find(status) ?? Unknown;
            phrases[status] = ReasonPhrases.GetReasonPhrase(status) == ours ? null : ours;
        }
        return phrases;
    }
}
