using System.Globalization;
using Tornado.Internal;

namespace Tornado;

/// <summary>
/// Ends a request with a status code: throw it from any hook or verb. The client gets the page of
/// <see cref="RequestHandler.WriteError"/>; the message goes to the log only. Tornado: <c>HTTPError</c>.
/// </summary>
public class HttpException : Exception
{
    private readonly string? _logMessage;
    private readonly object?[] _arguments;
    private Dictionary<string, string>? _headers;

    /// <summary>A status 500 without a message.</summary>
    public HttpException()
        : this(500)
    {
    }

    /// <summary>A status with an optional message for the log.</summary>
    /// <param name="statusCode">The status of the answer.</param>
    /// <param name="logMessage">
    /// What the log says, never the client; without it nothing is logged. With <paramref name="arguments"/> it is a
    /// composite format, without it is taken as it stands.
    /// </param>
    /// <param name="arguments">Values for the format, in the invariant culture.</param>
    public HttpException(int statusCode, string? logMessage = null, params object?[] arguments)
    {
        StatusCode = statusCode;
        _logMessage = logMessage;
        _arguments = arguments;
    }

    /// <summary>A status 500 with a message for the log.</summary>
    public HttpException(string message)
        : this(500, message)
    {
    }

    /// <summary>A status 500 with a message for the log and its cause.</summary>
    public HttpException(string message, Exception? innerException)
        : base(message, innerException)
    {
        StatusCode = 500;
        _logMessage = message;
        _arguments = [];
    }

    /// <summary>The status of the answer. Tornado: <c>status_code</c>.</summary>
    public int StatusCode { get; }

    /// <summary>The reason phrase of the answer, or null for the usual one. Tornado: <c>reason</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The message for the log with its arguments put in, or null. Tornado: <c>log_message</c>.</summary>
    public string? LogMessage => _logMessage is null || _arguments.Length == 0
        ? _logMessage
        : string.Format(CultureInfo.InvariantCulture, _logMessage, _arguments);

    /// <summary>Headers that the answer carries, for instance WWW-Authenticate. Tornado has no such member.</summary>
    public IDictionary<string, string> Headers => _headers ??= new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyDictionary<string, string>? HeadersOrNull => _headers;

    /// <summary><c>HTTP 404: Not Found (message)</c>, as Tornado prints it.</summary>
    public override string Message
    {
        get
        {
            var text = $"HTTP {StatusCode}: {Reason ?? StatusPhrases.Find(StatusCode) ?? StatusPhrases.Unknown}";
            return LogMessage is { } message ? $"{text} ({message})" : text;
        }
    }
}
