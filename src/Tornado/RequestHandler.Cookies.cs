using System.Text;
using Microsoft.Extensions.Primitives;
using Tornado.Internal;

namespace Tornado;

// Cookies, plain and signed.
public abstract partial class RequestHandler
{
    private List<KeyValuePair<string, string>>? _newCookies;

    /// <summary>
    /// A cookie of the request, not one just set; or <paramref name="fallback"/>. Tornado: <c>get_cookie</c>.
    /// </summary>
    public string? GetCookie(string name, string? fallback = null)
        => Request.Cookies.GetValueOrDefault(name) ?? fallback;

    /// <summary>
    /// Sets a cookie; setting the name again replaces it. It is sent with errors too. Tornado: <c>set_cookie</c>.
    /// </summary>
    /// <param name="options">Domain, path and the like; by default only <c>Path=/</c>, as in Tornado.</param>
    /// <exception cref="ArgumentException">
    /// The name is no token or reserved, or value or an attribute hold what a cookie may not.
    /// </exception>
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
    {
        var past = Settings.Time.GetUtcNow().AddDays(-365);
        SetCookie(name, "", (options ?? CookieAttributes.Default) with { Expires = past, MaxAge = null });
    }

    /// <summary>Deletes every cookie that the request brought. Tornado: <c>clear_all_cookies</c>.</summary>
    public void ClearAllCookies(CookieAttributes? options = null)
    {
        foreach (var name in Request.Cookies.Keys)
            ClearCookie(name, options);
    }

    /// <summary>
    /// Sets a cookie that only this application, or one in Python with the same key, can have written. Readable by the
    /// client all the same. Tornado: <c>set_signed_cookie</c>, <c>set_secure_cookie</c>.
    /// </summary>
    /// <param name="expiresDays">How long the cookie lives; null for the session.</param>
    /// <param name="version">2, or 1 for very old readers.</param>
    /// <exception cref="InvalidOperationException">
    /// There is no <see cref="ApplicationSettings.CookieSecret"/>.
    /// </exception>
    public void SetSignedCookie(
        string name, string value, double? expiresDays = 30, CookieAttributes? options = null, int version = 2)
        => SetSignedCookie(name, Encoding.UTF8.GetBytes(value), expiresDays, options, version);

    /// <summary>As above for bytes.</summary>
    /// <inheritdoc cref="SetSignedCookie(string, string, double?, CookieAttributes?, int)"/>
    public void SetSignedCookie(
        string name,
        ReadOnlySpan<byte> value,
        double? expiresDays = 30,
        CookieAttributes? options = null,
        int version = 2)
    {
        options ??= CookieAttributes.Default;
        if (options.ExpiresIn is null && expiresDays is { } days)
            options = options with { ExpiresIn = TimeSpan.FromDays(days) };
        SetCookie(name, CreateSignedValue(name, value, version), options);
    }

    /// <inheritdoc cref="SetSignedCookie(string, string, double?, CookieAttributes?, int)"/>
    public void SetSecureCookie(
        string name, string value, double? expiresDays = 30, CookieAttributes? options = null, int version = 2)
        => SetSignedCookie(name, value, expiresDays, options, version);

    /// <summary>
    /// The bytes of a signed cookie, or null when it is absent, forged, expired or broken; nothing that a client can
    /// send
    /// makes it throw. Tornado: <c>get_signed_cookie</c>, <c>get_secure_cookie</c>.
    /// </summary>
    /// <param name="value">A signed value to read instead of the cookie's.</param>
    /// <param name="maxAgeDays">The oldest signature that counts.</param>
    /// <param name="minVersion">The oldest format that counts.</param>
    /// <exception cref="InvalidOperationException">
    /// There is no <see cref="ApplicationSettings.CookieSecret"/>.
    /// </exception>
    public byte[]? GetSignedCookie(string name, string? value = null, double maxAgeDays = 31, int minVersion = 1)
    {
        var bytes = SignedValue.Decode(
            RequireCookieSecret(),
            name,
            value ?? GetCookie(name),
            maxAgeDays,
            minVersion,
            Settings.Time.GetUtcNow(),
            out var fault);
        if (fault is not (SignedValue.Fault.None or SignedValue.Fault.Unreadable))
            Log.SignedCookieRefused(Application.Loggers.General, name, fault);
        return bytes;
    }

    /// <inheritdoc cref="GetSignedCookie"/>
    public byte[]? GetSecureCookie(string name, string? value = null, double maxAgeDays = 31, int minVersion = 1)
        => GetSignedCookie(name, value, maxAgeDays, minVersion);

    /// <summary>
    /// The signed form of a value, as <see cref="SetSignedCookie(string, string, double?, CookieAttributes?, int)"/>
    /// puts it into a cookie. Tornado: <c>create_signed_value</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// There is no <see cref="ApplicationSettings.CookieSecret"/>.
    /// </exception>
    public string CreateSignedValue(string name, ReadOnlySpan<byte> value, int version = 2)
        => SignedValue.Create(RequireCookieSecret(), name, value, version, Settings.Time.GetUtcNow());

    /// <summary>
    /// The number of the key that a signed cookie says it was signed with, unchecked; null without one. Tornado:
    /// <c>get_signed_cookie_key_version</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// There is no <see cref="ApplicationSettings.CookieSecret"/>.
    /// </exception>
    public int? GetSignedCookieKeyVersion(string name, string? value = null)
    {
        RequireCookieSecret();
        return SignedValue.KeyVersionOf(value ?? GetCookie(name));
    }

    private CookieSecret RequireCookieSecret()
        => Settings.CookieSecret ?? throw MissingSetting("cookie_secret", "secure cookies");

    private static InvalidOperationException MissingSetting(string name, string feature)
        => new($"You must define the '{name}' setting in your application to use {feature}");

    private void AppendCookies()
    {
        if (_newCookies is not null)
            Http.Response.Headers.SetCookie = StringValues.Concat(
                Http.Response.Headers.SetCookie, _newCookies.Select(c => c.Value).ToArray());
    }
}
