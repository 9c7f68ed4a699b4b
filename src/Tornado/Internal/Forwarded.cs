using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tornado.Internal;

/// <summary>Who the client is, straight or through a proxy that is trusted (Tornado's <c>xheaders</c>).</summary>
internal static class Forwarded
{
    public static string RemoteIp(HttpContext http, ApplicationSettings settings)
    {
        var peer = http.Connection.RemoteIpAddress is { } address
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            : "0.0.0.0";
        if (!settings.XHeaders)
            return peer;

        var forwarded = http.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries)
            .LastOrDefault(e => !(IPAddress.TryParse(e, out var hop) && settings.TrustedDownstream.Contains(hop)));
        var named = http.Request.Headers["X-Real-Ip"] is { Count: > 0 } real ? real.ToString() : forwarded;
        return IPAddress.TryParse(named, out var ip) ? ip.ToString() : peer;
    }

    public static string Protocol(HttpContext http, ApplicationSettings settings)
    {
        if (!settings.XHeaders)
            return http.Request.Scheme;

        var named = http.Request.Headers["X-Scheme"] is { Count: > 0 } scheme
            ? scheme
            : http.Request.Headers["X-Forwarded-Proto"];
        return named.ToString().Split(',', StringSplitOptions.TrimEntries)[^1] is ("http" or "https") and var protocol
            ? protocol
            : http.Request.Scheme;
    }
}
