using Microsoft.AspNetCore.Http;

namespace Tornado;

/// <summary>The attributes of a cookie, RFC 6265 4.1. Tornado: the keyword arguments of <c>set_cookie</c>.</summary>
public sealed record CookieAttributes
{
    internal static readonly CookieAttributes Default = new();

    /// <summary>The host and its subdomains that get the cookie; null for this host only.</summary>
    public string? Domain { get; init; }

    /// <summary>
    /// The paths below which the cookie is sent. Default <c>/</c>; null or empty for that of the request.
    /// </summary>
    public string? Path { get; init; } = "/";

    /// <summary>When the cookie ends; null for the end of the session.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>
    /// As <see cref="Expires"/>, from now on; <see cref="Expires"/> wins. Tornado: <c>expires_days</c>.
    /// </summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>How long the cookie lives; zero deletes it, which Tornado takes as not given.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether scripts are kept from the cookie. Default false, as in Tornado.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>Whether the cookie is sent over TLS only. Default false, as in Tornado.</summary>
    public bool Secure { get; init; }

    /// <summary>Whether requests from other sites carry the cookie. Default: not said.</summary>
    public SameSiteMode SameSite { get; init; } = SameSiteMode.Unspecified;
}
