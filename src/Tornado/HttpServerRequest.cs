using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tornado.Internal;

namespace Tornado;

/// <summary>
/// The request as the client sent it. Everything is read from Kestrel when it is asked for. Tornado:
/// <c>HTTPServerRequest</c>.
/// </summary>
public sealed class HttpServerRequest
{
    private readonly HttpContext _http;
    private readonly ApplicationSettings _settings;
    private readonly long _started;
    private string? _path;
    private string? _remoteIp;
    private HttpHeaders? _headers;
    private ArgumentMap? _arguments;
    private ArgumentMap? _queryArguments;
    private ArgumentMap? _bodyArguments;
    private Dictionary<string, List<HttpFile>>? _files;
    private IReadOnlyDictionary<string, string>? _cookies;

    internal HttpServerRequest(HttpContext http, ApplicationSettings settings)
    {
        _http = http;
        _settings = settings;
        _started = settings.Time.GetTimestamp();
        Uri = http.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw
            ? raw
            : http.Request.PathBase + http.Request.Path + http.Request.QueryString;
    }

    /// <summary>The method as it was sent. Tornado: <c>method</c>.</summary>
    public string Method => _http.Request.Method;

    /// <summary>The request target exactly as it was sent. Tornado: <c>uri</c>.</summary>
    public string Uri { get; }

    /// <summary>
    /// The target up to the first question mark, not decoded and not cleaned; inside a host that maps the application
    /// under
    /// a path, without that path. Tornado: <c>path</c>.
    /// </summary>
    public string Path => _path ??= FindPath();

    /// <summary>The target behind the first question mark, else empty. Tornado: <c>query</c>.</summary>
    public string Query => Uri.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? Uri[(mark + 1)..] : "";

    /// <summary>The protocol, for instance <c>HTTP/1.1</c>. Tornado: <c>version</c>.</summary>
    public string Version => _http.Request.Protocol;

    /// <summary>The headers. Tornado: <c>headers</c>.</summary>
    public HttpHeaders Headers => _headers ??= new(_http.Request.Headers);

    /// <summary>
    /// The address of the client as text, <c>0.0.0.0</c> on a Unix socket; with
    /// <see cref="ApplicationSettings.XHeaders"/> the
    /// one that the proxy names. Tornado: <c>remote_ip</c>.
    /// </summary>
    public string RemoteIp => _remoteIp ??= Forwarded.RemoteIp(_http, _settings);

    /// <summary>
    /// <c>http</c> or <c>https</c>; with <see cref="ApplicationSettings.XHeaders"/> as the proxy says. Tornado:
    /// <c>protocol</c>.
    /// </summary>
    public string Protocol => Forwarded.Protocol(_http, _settings);

    /// <summary>
    /// The Host header as it was sent, <c>127.0.0.1</c> where HTTP/1.0 had none. Tornado: <c>host</c>.
    /// </summary>
    public string Host
    {
        get
        {
            if (_http.Request.Headers.Host is { Count: > 0 } host)
                return host.ToString();
            return _http.Request.Host.Value is { Length: > 0 } authority ? authority : "127.0.0.1";
        }
    }

    /// <summary>The host in lower case without its port. Tornado: <c>host_name</c>.</summary>
    [SuppressMessage(
        "Globalization",
        "CA1308:Normalize strings to uppercase",
        Justification = "Host names are written in lower case.")]
    public string HostName
    {
        get
        {
            var host = Host;
            var colon = host.LastIndexOf(':');
            var named = colon > host.LastIndexOf(']') && host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0
                ? host[..colon]
                : host;
            return named.ToLowerInvariant();
        }
    }

    /// <summary>Protocol, host and target. Tornado: <c>full_url()</c>.</summary>
    public string FullUrl => $"{Protocol}://{Host}{Uri}";

    /// <summary>How long ago the request arrived. Tornado: <c>request_time()</c>.</summary>
    public TimeSpan RequestTime => _settings.Time.GetElapsedTime(_started);

    /// <summary>
    /// The whole body; empty where the handler streams it, and for forms beyond
    /// <see cref="ApplicationSettings.MaxBufferedForm"/>. Tornado: <c>body</c>.
    /// </summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Query and form values, those of the query first. Tornado: <c>arguments</c>.</summary>
    public ArgumentMap Arguments => _arguments ??= Merge();

    /// <summary>The values in the query. Tornado: <c>query_arguments</c>.</summary>
    public ArgumentMap QueryArguments => _queryArguments ??= ParseQuery();

    /// <summary>The values in a form body. Tornado: <c>body_arguments</c>.</summary>
    public ArgumentMap BodyArguments => _bodyArguments ??= [];

    /// <summary>The uploaded files by field name. Tornado: <c>files</c>.</summary>
    public IReadOnlyDictionary<string, List<HttpFile>> Files => _files ??= new(StringComparer.Ordinal);

    /// <summary>The cookies; of two with one name the last counts. Tornado: <c>cookies</c>.</summary>
    public IReadOnlyDictionary<string, string> Cookies => _cookies ??= CookieText.Parse(_http.Request.Headers.Cookie);

    /// <summary>The body as it arrives, for handlers that stream it.</summary>
    public PipeReader BodyReader => _http.Request.BodyReader;

    /// <summary>The body as it arrives, for handlers that stream it.</summary>
    public Stream BodyStream => _http.Request.Body;

    /// <summary>
    /// The largest body in bytes, null for no limit. May be changed in <see cref="RequestHandler.PrepareAsync"/> of a
    /// handler that streams its body, before the first byte is read. Tornado: <c>connection.set_max_body_size</c>.
    /// </summary>
    public long? MaxBodySize
    {
        get => _http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        set
        {
            if (_http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = value;
        }
    }

    /// <summary>
    /// Reads a multipart body part by part, for handlers that stream it; nothing is held but the headers of the current
    /// part.
    /// </summary>
    /// <param name="mediaType">The media type that the body has to have.</param>
    /// <param name="limits">The limits; by default those of the application.</param>
    /// <exception cref="HttpException">415: another media type. 400: no usable boundary.</exception>
    public MultipartReader OpenMultipart(string mediaType = "multipart/form-data", MultipartLimits? limits = null)
    {
        var contentType = _http.Request.ContentType;
        if (!MultipartReader.IsMediaType(contentType, mediaType))
            throw new HttpException(415, "Expected {0}.", mediaType);
        return new MultipartReader(contentType, BodyReader, limits ?? _settings.Multipart);
    }

    /// <summary>Method, target and address: what may be logged. Tornado: <c>_request_summary</c>.</summary>
    public override string ToString() => $"{Method} {Target} ({RemoteIp})";

    /// <summary>The target as log lines may show it.</summary>
    internal string Target => _settings.LogQuery ? Uri : Path;

    internal bool HasBody => _http.Request.ContentLength is > 0
        || (_http.Request.ContentLength is null
            && _http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true);

    /// <summary>What was wrong with the body, kept until the handler can say so.</summary>
    internal HttpException? BodyFailure { get; private set; }

    /// <summary>
    /// Reads the body of a handler that does not stream it; false when the client went away meanwhile.
    /// </summary>
    internal async Task<bool> ReceiveAsync(long? limit)
    {
        try
        {
            MaxBodySize = limit;
            if (_http.Request.ContentLength > limit)
                throw new HttpException(413, "The body is larger than {0} bytes.", limit);
            await ReadBodyAsync();
        }
        catch (HttpException e)
        {
            BodyFailure = e;
        }
        catch (BadHttpRequestException e) when (!Disconnects.Is(e, _http))
        {
            BodyFailure = Refuse(e);
        }
        catch (Exception e) when (Disconnects.Is(e, _http))
        {
            return false;
        }
        return true;
    }

    /// <summary>
    /// What Kestrel could not read, as an answer. Where the next request would begin nobody knows: the connection ends.
    /// </summary>
    internal static HttpException Refuse(BadHttpRequestException exception)
    {
        var refused = new HttpException(exception.StatusCode, "{0}", exception.Message);
        refused.Headers["Connection"] = "close";
        return refused;
    }

    /// <summary>Removes the temporary files.</summary>
    internal void Release()
    {
        if (_files is null)
            return;
        foreach (var file in _files.Values.SelectMany(f => f))
            file.Release();
    }

    private async Task ReadBodyAsync()
    {
        var cancel = _http.RequestAborted;
        var contentType = _http.Request.ContentType ?? "";
        var isMultipart = contentType.StartsWith("multipart/form-data", StringComparison.Ordinal);
        if (isMultipart && !(_http.Request.ContentLength <= _settings.MaxBufferedForm))
        {
            RefuseEncoding();
            await ReadFormAsync(contentType, BodyReader, cancel);
            return;
        }

        Body = await BodyBuffer.ReadAllAsync(BodyReader, _http.Request.ContentLength, cancel);
        if (isMultipart)
        {
            RefuseEncoding();
            await ReadFormAsync(contentType, PipeReader.Create(new(Body)), cancel);
        }
        else if (contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal))
        {
            RefuseEncoding();
            if (!FormText.TryParse(Body.Span, BodyArguments, _settings.MaxArguments))
                throw new HttpException(400, "Invalid body: more than {0} arguments", _settings.MaxArguments);
        }
    }

    private void RefuseEncoding()
    {
        if (_http.Request.Headers.ContentEncoding is { Count: > 0 } encoding)
            throw new HttpException(400, "Invalid body: unsupported Content-Encoding {0}", encoding.ToString());
    }

    private async Task ReadFormAsync(string contentType, PipeReader body, CancellationToken cancel)
    {
        if (!MultipartReader.IsMediaType(contentType, "multipart/form-data"))
            throw new HttpException(400, "Invalid body: the type is not multipart/form-data");
        _files = new(StringComparer.Ordinal);
        await MultipartForm.ReadAsync(
            new MultipartReader(contentType, body, _settings.Multipart), BodyArguments, _files, _settings, cancel);
    }

    private string FindPath()
    {
        var mark = Uri.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? Uri : Uri[..mark];
        return _http.Request.PathBase.Value is { Length: > 0 } root
            && path.StartsWith(root, StringComparison.OrdinalIgnoreCase)
            ? path[root.Length..] is { Length: > 0 } rest ? rest : "/"
            : path;
    }

    private ArgumentMap ParseQuery()
    {
        var map = new ArgumentMap();
        var query = Query;
        if (query.Length > 0 && !FormText.TryParse(Encoding.Latin1.GetBytes(query), map, _settings.MaxArguments))
            throw new HttpException(400, "More than {0} query arguments", _settings.MaxArguments);
        return map;
    }

    private ArgumentMap Merge()
    {
        var map = ParseQuery();
        if (_bodyArguments is null)
            return map;
        foreach (var (name, values) in _bodyArguments)
        {
            foreach (var value in values)
                map.Add(name, value);
        }
        return map;
    }
}
