using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NeurDicom.Accounts;

/// <summary>Decides who asks and whether they may; called before every verb.</summary>
internal sealed partial class Authentication(
    Settings settings, RequestGuard guard, Sessions sessions, Tokens tokens, Credentials credentials,
    ILogger<Authentication> logger)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// 1. The Host and the origin are checked. 2. Who asks is found out. 3. Their role is held against the handler's.
    /// </summary>
    public async ValueTask<Admission> AdmitAsync(HttpContext http, Type handler, CancellationToken cancel)
    {
        if (guard.Refuse(http.Request) is { } reason)
            return Admission.Refuse(StatusCodes.Status403Forbidden, reason);

        var required = AccessRule.For(handler).RequiredRole(http.Request.Method);
        if (required is null)
            return Admission.Of(null);

        var admission = await AuthenticateAsync(http, cancel);
        if (admission.IsRefused)
            return admission;

        return admission.Identity switch
        {
            null => Admission.Refuse(StatusCodes.Status401Unauthorized, "Sign in first."),
            { } identity when identity.Role < required => Admission.Refuse(
                StatusCodes.Status403Forbidden, $"This needs the role {required.Value.ToText()}.") with
            { Identity = identity },
            { } identity => Admission.Of(identity),
        };
    }

    /// <summary>Who asks: null for nobody, refused where a name or password is wrong or must wait.</summary>
    public async ValueTask<Admission> AuthenticateAsync(HttpContext http, CancellationToken cancel)
    {
        if (RequestGuard.IsUnixSocket(http))
            return Admission.Of(Identity.Local);

        // This header comes first: it was given for this request, a cookie only lies about in the browser.
        var authorization = http.Request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            return TryReadBearer(authorization.ToString(), out var token)
                ? await CheckTokenAsync(token, cancel)
                : await CheckBasicAsync(http, authorization.ToString(), cancel);
        }

        if (http.Request.Cookies.TryGetValue(Sessions.Cookie, out var cookie)
            && await sessions.FindAsync(cookie, cancel) is { } identity)
            return Admission.Of(identity);

        return Admission.Of(settings.RequireAuth ? null : Identity.Anonymous);
    }

    // Guesses are not counted: there are 2^256 tokens.
    private async ValueTask<Admission> CheckTokenAsync(string token, CancellationToken cancel) =>
        await tokens.FindAsync(token, cancel) is { } identity
            ? Admission.Of(identity)
            : Admission.Refuse(StatusCodes.Status401Unauthorized, "The token is wrong, was revoked, or has expired.");

    private async ValueTask<Admission> CheckBasicAsync(HttpContext http, string header, CancellationToken cancel)
    {
        if (!TryReadBasic(header, out var name, out var password))
            return Admission.Refuse(
                StatusCodes.Status401Unauthorized,
                "The Authorization header is neither Basic with a name and a password nor Bearer with a token.");

        var check = await credentials.CheckAsync(name, password, http.Connection.RemoteIpAddress, cancel);
        if (check.Account is { } account)
            return Admission.Of(new Identity(account.Id, account.Email, account.Role, AuthScheme.Basic));
        if (check.RetryAfter is { } wait)
            return TooMany(wait) with { Claimed = name };

        // The name is not logged: people type their password into that field.
        Log.Refused(logger, http.Connection.RemoteIpAddress);
        return Admission.Refuse(StatusCodes.Status401Unauthorized, WrongCredentials) with { Claimed = name };
    }

    /// <summary>The same sentence whether the name, the password or the account's state is wrong.</summary>
    public const string WrongCredentials = "The name or the password is wrong.";

    public static Admission TooMany(TimeSpan wait) =>
        Admission.Refuse(StatusCodes.Status429TooManyRequests, "Too many attempts to sign in; try again later.", wait);

    // RFC 6750 2.1.
    private static bool TryReadBearer(string header, out string token)
    {
        const string scheme = "Bearer ";
        var isBearer = header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        token = isBearer ? header[scheme.Length..].Trim(' ') : "";
        return isBearer;
    }

    // RFC 7617 2 and 2.1: the name ends at the first colon, both are UTF-8.
    internal static bool TryReadBasic(string header, out string name, out string password)
    {
        name = password = "";
        if (!AuthenticationHeaderValue.TryParse(header, out var value)
            || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || value.Parameter is null)
            return false;

        var bytes = new byte[value.Parameter.Length];
        if (!Convert.TryFromBase64String(value.Parameter, bytes, out var length))
            return false;

        string text;
        try
        {
            text = StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return false;

        (name, password) = (text[..colon], text[(colon + 1)..]);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in refused from {Address}")]
        public static partial void Refused(ILogger logger, System.Net.IPAddress? address);
    }
}
