using System.Net;
using System.Text.Json;

namespace Tornado;

/// <summary>
/// The settings of an application. Those with a meaning here are properties; any other name may be stored with the
/// indexer, as in Tornado's <c>settings</c> map. Read when the application is built: later changes have no effect on
/// routing and binding.
/// </summary>
public sealed class ApplicationSettings
{
    private readonly Dictionary<string, object?> _others = new(StringComparer.Ordinal);

    /// <summary>A value of the application's own; null when it was never set.</summary>
    public object? this[string name]
    {
        get => _others.GetValueOrDefault(name);
        set => _others[name] = value;
    }

    /// <summary>
    /// Whether HEAD is answered by the GET verb, without its body, where the handler has no HEAD. Default false, as in
    /// Tornado.
    /// </summary>
    public bool AutoHead { get; set; }

    /// <summary>
    /// Whether OPTIONS is answered with 204 and Allow where the handler has no OPTIONS. Default false, as in Tornado.
    /// </summary>
    public bool AutoOptions { get; set; }

    /// <summary>
    /// Whether a 405 lists the handler's methods in Allow, as RFC 9110 15.5.6 demands. Default true; Tornado sends
    /// none.
    /// </summary>
    public bool AllowHeader { get; set; } = true;

    /// <summary>
    /// Whether a small answer to GET or HEAD gets a SHA-1 entity tag of its body. Default true, as in Tornado.
    /// </summary>
    public bool AutoEtag { get; set; } = true;

    /// <summary>
    /// Whether <see cref="RequestHandler.SetStatus"/> refuses a code it has no phrase for. Default false: the phrase is
    /// then
    /// <c>Unknown</c>, as in Tornado since 5.0; true is how Tornado 4 behaved.
    /// </summary>
    public bool StrictStatus { get; set; }

    /// <summary>
    /// Whether error pages show the exception with its stack trace. Never in production. Default false. Tornado:
    /// <c>serve_traceback</c>.
    /// </summary>
    public bool ServeTraceback { get; set; }

    /// <summary>
    /// The handler for paths that no rule matches, or null for a plain 404. Tornado: <c>default_handler_class</c>.
    /// </summary>
    public Type? DefaultHandler { get; set; }

    /// <summary>
    /// Keyword arguments for <see cref="DefaultHandler"/>: a dictionary or an anonymous object. Tornado:
    /// <c>default_handler_args</c>.
    /// </summary>
    public object? DefaultHandlerArguments { get; set; }

    /// <summary>
    /// Called with the finished handler instead of writing to the access log; an exception in it is logged and
    /// otherwise
    /// ignored. Tornado: <c>log_function</c>.
    /// </summary>
    public Action<RequestHandler>? LogFunction { get; set; }

    /// <summary>
    /// Whether log lines show the query of a request. Default true, as in Tornado; false where queries hold what no log
    /// may
    /// hold.
    /// </summary>
    public bool LogQuery { get; set; } = true;

    /// <summary>
    /// The key for signed cookies; required before one is set or read. Tornado: <c>cookie_secret</c>.
    /// </summary>
    public CookieSecret? CookieSecret { get; set; }

    /// <summary>
    /// The Server header, or null to send none. Default <c>TornadoServer/</c> and the version of this library.
    /// </summary>
    public string? ServerHeader { get; set; } =
        "TornadoServer/" + typeof(ApplicationSettings).Assembly.GetName().Version?.ToString(3);

    /// <summary>
    /// The largest request body in bytes; beyond it 413. Default 100 MiB, as in Tornado. Tornado: <c>max_body_size</c>.
    /// </summary>
    public long MaxBodySize { get; set; } = 100L * 1024 * 1024;

    /// <summary>
    /// Largest multipart form in bytes that is held in memory as a whole. In a larger one, or one of unknown length,
    /// parts
    /// beyond this size are spilled to temporary files and <see cref="HttpServerRequest.Body"/> stays empty. Default 1
    /// MiB.
    /// </summary>
    public int MaxBufferedForm { get; set; } = 1024 * 1024;

    /// <summary>
    /// The largest request head in bytes, used by <see cref="Application.Listen"/>. Default 64 KiB, as in Tornado.
    /// Tornado: <c>max_header_size</c>.
    /// </summary>
    public int MaxHeaderSize { get; set; } = 64 * 1024;

    /// <summary>
    /// The largest number of query or form arguments; beyond it 400. Default 10,000; Tornado has no limit.
    /// </summary>
    public int MaxArguments { get; set; } = 10_000;

    /// <summary>The limits of multipart bodies.</summary>
    public MultipartLimits Multipart { get; set; } = new();

    /// <summary>
    /// How long matching one path against one regular expression may take. Default one second; then 400.
    /// </summary>
    public TimeSpan MatchTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether X-Real-Ip, X-Forwarded-For, X-Scheme and X-Forwarded-Proto are believed. Only behind a proxy that sets
    /// them.
    /// Default false. Tornado: <c>xheaders</c>.
    /// </summary>
    public bool XHeaders { get; set; }

    /// <summary>
    /// Proxies whose addresses are passed over when X-Forwarded-For is read from its end. Tornado:
    /// <c>trusted_downstream</c>.
    /// </summary>
    public ICollection<IPAddress> TrustedDownstream { get; } = [];

    /// <summary>
    /// How objects other than dictionaries become JSON. Default: <see cref="JsonSerializerOptions.Default"/>.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = JsonSerializerOptions.Default;

    /// <summary>The clock for cookies, tokens and request times.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
