using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace NeurDicom.Accounts;

/// <summary>
/// What is checked before anybody is asked who they are: the Host on loopback (a page that points its own name at
/// 127.0.0.1 must not read the archive), forged requests (a page that makes the browser send what its user may do), and
/// what other origins may do. Nothing here looks at the index.
/// </summary>
/// <param name="origins">
/// The setting <c>cors_origins</c>: whose pages may use the API as if they were ours;
/// <c>*</c> lets every page read what needs no sign-in.
/// </param>
/// <param name="hosts">Names under which the server may be addressed on loopback beside localhost.</param>
internal sealed class RequestGuard(IReadOnlyCollection<string> origins, IReadOnlyCollection<string> hosts)
{
    private readonly HashSet<string> _origins =
        origins.Select(origin => origin.TrimEnd('/')).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _hosts = hosts.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null, or why the request is refused with 403.</summary>
    public string? Refuse(HttpRequest request) => RefuseHost(request) ?? RefuseForged(request);

    /// <summary>
    /// What <c>Access-Control-Allow-Origin</c> says, or null for no such header. A listed origin also gets
    /// <c>Access-Control-Allow-Credentials: true</c>, and <c>*</c> never. <c>Vary: Origin</c> belongs on every answer
    /// wherever <see cref="HasOrigins"/>.
    /// </summary>
    public string? AllowedOrigin(HttpRequest request) =>
        !IsSingle(request.Headers.Origin, out var origin) ? null
        : IsListed(origin) ? origin
        : _origins.Contains(Everybody) ? Everybody
        : null;

    /// <summary>Whether answers depend on the caller's origin at all.</summary>
    public bool HasOrigins => _origins.Count > 0;

    /// <summary>
    /// What a 401 offers, or null for nothing. Browsers' scripts send Sec-Fetch-Mode;
    /// to them Basic would open the browser's own dialog over the page.
    /// Who came with a token is told that it was the token (RFC 6750 3).
    /// </summary>
    public static string? Challenge(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? "Bearer realm=\"NeurDICOM\", error=\"invalid_token\""
            : request.Headers.ContainsKey("Sec-Fetch-Mode") ? null : "Basic realm=\"NeurDICOM\", charset=\"UTF-8\"";

    /// <summary>Whether a request came over the Unix socket in the data folder.</summary>
    public static bool IsUnixSocket(HttpContext http) =>
        http.Features.Get<IConnectionEndPointFeature>()?.LocalEndPoint is UnixDomainSocketEndPoint;

    /// <summary>
    /// Whether everybody who can reach the address is on this machine. Names other than localhost count as not: what
    /// they resolve to may change.
    /// </summary>
    public static bool IsLoopback(string address) =>
        address.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address, out var ip) && IsLoopback(ip));

    private string? RefuseHost(HttpRequest request)
    {
        if (request.HttpContext.Connection.LocalIpAddress is not { } local || !IsLoopback(local))
            return null;

        var host = request.Host.Host;
        var known = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host, out _)
            || _hosts.Contains(host);
        return known ? null : "The Host header does not name this server; use localhost or its IP address.";
    }

    private string? RefuseForged(HttpRequest request)
    {
        // A Unix socket cannot be reached from a web page.
        if (IsSafe(request.Method) || IsUnixSocket(request.HttpContext))
            return null;

        if (IsSingle(request.Headers.Origin, out var origin) && IsListed(origin))
            return null;

        // Fetch Metadata: browsers send it themselves, and no script can change it.
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0)
            return site is ["same-origin"] ? null : Forged;

        return request.Headers.Origin.Count == 0 || (origin is not null && IsOwnOrigin(request, origin))
            ? null
            : Forged;
    }

    private bool IsListed(string origin) => origin != Everybody && _origins.Contains(origin);

    private const string Everybody = "*";
    private const string Forged =
        "A page of another origin may not do this; list its origin in cors_origins if it may.";

    private static bool IsOwnOrigin(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Scheme.Equals(request.Scheme, StringComparison.OrdinalIgnoreCase)
        && uri.Host.Trim('[', ']').Equals(request.Host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
        && uri.Port == (request.Host.Port ?? (request.IsHttps ? 443 : 80));

    // RFC 9110 9.2.1.
    private static bool IsSafe(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE";

    private static bool IsSingle(StringValues values, [NotNullWhen(true)] out string? value)
    {
        value = values.Count == 1 ? values[0] : null;
        return !string.IsNullOrEmpty(value);
    }

    public static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
