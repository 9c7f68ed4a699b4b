using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tornado.Internal;

/// <summary>Reads and writes cookies as Tornado does, RFC 6265 where that says more.</summary>
internal static class CookieText
{
    private static readonly Dictionary<string, string> None = [];

    // Python's http.cookies refuses these as names: they would read as attributes.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "expires", "path", "comment", "domain", "max-age", "secure", "httponly", "version", "samesite", "partitioned",
    };

    private static readonly SearchValues<char> Unquoted = SearchValues.Create(
        "!#$%&'*+-.^_`|~:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The value of a Set-Cookie header; attributes stand in Tornado's order.</summary>
    /// <exception cref="ArgumentException">Something may not stand in a cookie.</exception>
    public static string Format(string name, string value, CookieAttributes attributes, DateTimeOffset now)
    {
        if (!IsName(name) || Reserved.Contains(name))
            throw new ArgumentException($"Invalid cookie name {name}", nameof(name));
        if (value.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0
            || value.AsSpan().IndexOfAnyExceptInRange('\0', '\xff') >= 0)
            throw new ArgumentException($"Invalid cookie value for {name}", nameof(value));

        var text = new StringBuilder(name).Append('=');
        AppendValue(text, value);
        if (attributes.Domain is { Length: > 0 } domain)
            text.Append("; Domain=").Append(Checked(domain));
        if ((attributes.Expires ?? now + attributes.ExpiresIn) is { } expires)
            text.Append("; expires=").Append(expires.ToUniversalTime().ToString("r", CultureInfo.InvariantCulture));
        if (attributes.HttpOnly)
            text.Append("; HttpOnly");
        if (attributes.MaxAge is { } age)
            text.Append(CultureInfo.InvariantCulture, $"; Max-Age={(long)age.TotalSeconds}");
        if (attributes.Path is { Length: > 0 } path)
            text.Append("; Path=").Append(Checked(path));
        if (attributes.SameSite != SameSiteMode.Unspecified)
            text.Append("; SameSite=").Append(attributes.SameSite.ToString());
        if (attributes.Secure)
            text.Append("; Secure");
        return text.ToString();
    }

    /// <summary>
    /// The cookies of a request. Several Cookie lines count as one joined by a semicolon (RFC 9113 8.2.3).
    /// </summary>
    public static IReadOnlyDictionary<string, string> Parse(StringValues lines)
    {
        if (lines.Count == 0)
            return None;

        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            foreach (var piece in (line ?? "").Split(';'))
            {
                var equals = piece.IndexOf('=', StringComparison.Ordinal);
                var name = equals < 0 ? "" : piece[..equals].Trim();
                var value = equals < 0 ? piece.Trim() : piece[(equals + 1)..].Trim();
                if (IsName(name))
                    cookies[name] = Unquote(value);
            }
        }
        return cookies;
    }

    /// <summary>Token characters of RFC 9110 5.6.2 and the colon, as Python's cookie module has it.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~:".Contains(c))
                return false;
        }
        return !name.IsEmpty;
    }

    /// <summary>
    /// The value as it is where it has only plain characters, else quoted, with octal escapes (case L04).
    /// </summary>
    private static void AppendValue(StringBuilder text, string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(Unquoted) && value.Length > 0)
        {
            text.Append(value);
            return;
        }
        text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (c is ',' or ';' or >= '\x7f')
                text.Append('\\').Append((char)('0' + (c >> 6))).Append((char)('0' + ((c >> 3) & 7)))
                    .Append((char)('0' + (c & 7)));
            else
                text.Append(c);
        }
        text.Append('"');
    }

    private static string Checked(string attribute)
        => attribute.AsSpan().IndexOfAnyInRange('\0', ' ') < 0
            && attribute.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
            && !attribute.Contains(';', StringComparison.Ordinal)
            ? attribute
            : throw new ArgumentException("Invalid cookie attribute", nameof(attribute));

    private static string Unquote(string value)
    {
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"')
            return value;

        var text = new StringBuilder(value.Length);
        for (var i = 1; i < value.Length - 1; i++)
        {
            if (value[i] != '\\' || i + 1 >= value.Length - 1)
            {
                text.Append(value[i]);
            }
            else if (i + 3 < value.Length - 1
                && value[i + 1] is >= '0' and <= '3'
                && value[i + 2] is >= '0' and <= '7'
                && value[i + 3] is >= '0' and <= '7')
            {
                text.Append((char)(((value[i + 1] - '0') << 6) | ((value[i + 2] - '0') << 3) | (value[i + 3] - '0')));
                i += 3;
            }
            else
            {
                text.Append(value[++i]);
            }
        }
        return text.ToString();
    }
}
