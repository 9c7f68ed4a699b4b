using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using Tornado.Internal;

namespace Tornado;

// Status and headers of the answer. They live in ASP.NET Core's response, so that middleware sees the same.
public abstract partial class RequestHandler
{
    // Tab, printable ASCII and Latin-1: what may stand in a header value (RFC 9110 5.5). Everything else, CR and LF
    // first,
    // would let a value write headers of its own.
    private static readonly SearchValues<char> SafeValue = SearchValues.Create(
        [.. "\t", .. Enumerable.Range(0x20, 0x5f).Concat(Enumerable.Range(0x80, 0x80)).Select(c => (char)c)]);

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private string? _reason;
    private int? _lateStatus;
    private KeyValuePair<string, StringValues>[]? _inherited;

    /// <summary>
    /// Whether status line and headers are sent: later changes to them are lost. Tornado: <c>_headers_written</c>.
    /// </summary>
    public bool HeadSent { get; private set; }

    /// <summary>The status of the answer. Tornado: <c>get_status()</c>.</summary>
    public int StatusCode => _lateStatus ?? Http.Response.StatusCode;

    /// <summary>
    /// Sets the status. A code without a known phrase gets <c>Unknown</c>, and so does a reason with characters that a
    /// status
    /// line may not have. After the head was sent only the log shows it. Tornado: <c>set_status</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The code is unknown, there is no reason, and <see cref="ApplicationSettings.StrictStatus"/> is on.
    /// </exception>
    public void SetStatus(int statusCode, string? reason = null)
    {
        if (Settings.StrictStatus && reason is null && StatusPhrases.Find(statusCode) is null)
            throw new ArgumentOutOfRangeException(
                nameof(statusCode), statusCode, "Unknown status code without a reason.");

        _reason = reason;
        if (HeadSent)
            _lateStatus = statusCode;
        else
            Http.Response.StatusCode = statusCode;
    }

    /// <summary>Sets a header, replacing all its values. Tornado: <c>set_header</c>.</summary>
    /// <exception cref="ArgumentException">
    /// The name is no token, or the value holds a character that a header may not.
    /// </exception>
    public void SetHeader(string name, string value)
    {
        CheckName(name);
        CheckValue(value);
        if (!HeadSent)
            Http.Response.Headers[name] = value;
    }

    /// <summary>Sets a header to a number.</summary>
    /// <inheritdoc cref="SetHeader(string, string)"/>
    public void SetHeader(string name, long value) => SetHeader(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets a header to a date in the form of RFC 9110 5.6.7.</summary>
    /// <inheritdoc cref="SetHeader(string, string)"/>
    public void SetHeader(string name, DateTimeOffset value)
        => SetHeader(name, value.ToString("r", CultureInfo.InvariantCulture));

    /// <summary>Adds a value to those that a header has. Tornado: <c>add_header</c>.</summary>
    /// <exception cref="ArgumentException">
    /// The name is no token, or the value holds a character that a header may not, or begins or ends with a blank.
    /// </exception>
    public void AddHeader(string name, string value)
    {
        CheckName(name);
        CheckValue(value);
        if (value.Length > 0 && (value[0] is ' ' or '\t' || value[^1] is ' ' or '\t'))
            throw new ArgumentException("A header value must not begin or end with a blank.", nameof(value));
        if (!HeadSent)
            Http.Response.Headers[name] = StringValues.Concat(Http.Response.Headers[name], value);
    }

    /// <summary>
    /// Removes a header with all its values; nothing happens when it is absent. Tornado: <c>clear_header</c>.
    /// </summary>
    public void ClearHeader(string name)
    {
        if (!HeadSent)
            Http.Response.Headers.Remove(name);
    }

    /// <summary>
    /// Starts the answer anew: status 200, nothing written, only default headers. Cookies stay, and so do the headers
    /// that
    /// middleware set before. Tornado: <c>clear</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The head is already sent.</exception>
    public void Clear()
    {
        if (HeadSent)
            throw new InvalidOperationException("Cannot clear() after headers have been written");

        _buffer?.Clear();
        Http.Response.Headers.Clear();
        foreach (var (name, values) in _inherited ?? [])
            Http.Response.Headers[name] = values;
        SetStatus(200);
        WriteDefaultHeaders();
    }

    private void SetAllDefaultHeaders()
    {
        if (Http.Response.Headers.Count > 0)
            _inherited = [.. Http.Response.Headers];
        WriteDefaultHeaders();
    }

    private void WriteDefaultHeaders()
    {
        var headers = Http.Response.Headers;
        if (Settings.ServerHeader is { } server)
            headers.Server = server;
        headers.ContentType = "text/html; charset=UTF-8";
        SetDefaultHeaders();
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            throw new ArgumentException("Unsafe header name.", nameof(name));
    }

    private static void CheckValue(string value)
    {
        if (value.AsSpan().ContainsAnyExcept(SafeValue))
            throw new ArgumentException("Unsafe header value.", nameof(value));
    }
}
