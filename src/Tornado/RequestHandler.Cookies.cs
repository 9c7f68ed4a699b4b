using Microsoft.Extensions.Primitives;
using Tornado.Internal;

namespace Tornado;

// Cookies.
public abstract partial class RequestHandler
{
    private List<KeyValuePair<string, string>>? _newCookies;

    /// <summary>A cookie of the request, not one just set; or <paramref name="fallback"/>. Tornado: <c>get_cookie</c>.</summary>
    public string? GetCookie(string name, string? fallback = null) => Request.Cookies.GetValueOrDefault(name) ?? fallback;

    /// <summary>
    /// Sets a cookie; setting the name again replaces it. It is sent with errors too. Tornado: <c>set_cookie</c>.
    /// </summary>
    /// <param name="options">Domain, path and the like; by default only <c>Path=/</c>, as in Tornado.</param>
    /// <exception cref="ArgumentException">The name is no token or reserved, or value or an attribute hold what a cookie may not.</exception>
    public void SetCookie(string name, string value, CookieAttributes? options = null)
    {
        var cookie = CookieText.Format(name, value, options ?? CookieAttributes.Default, Settings.Time.GetUtcNow());
        _newCookies ??= [];
        _newCookies.RemoveAll(c => c.Key == name);
        _newCookies.Add(KeyValuePair.Create(name, cookie));
    }

    /// <summary>
    /// Deletes a cookie at the client; domain and path have to be those it was set with. Tornado: <c>clear_cookie</c>.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="SetCookie"/>.</exception>
    public void ClearCookie(string name, CookieAttributes? options = null)
        => SetCookie(name, "", (options ?? CookieAttributes.Default) with { Expires = Settings.Time.GetUtcNow().AddDays(-365), MaxAge = null });

    /// <summary>Deletes every cookie that the request brought. Tornado: <c>clear_all_cookies</c>.</summary>
    public void ClearAllCookies(CookieAttributes? options = null)
    {
        foreach (var name in Request.Cookies.Keys)
            ClearCookie(name, options);
    }

    private void AppendCookies()
    {
        if (_newCookies is not null)
            Http.Response.Headers.SetCookie = StringValues.Concat(Http.Response.Headers.SetCookie, _newCookies.Select(c => c.Value).ToArray());
    }
}
