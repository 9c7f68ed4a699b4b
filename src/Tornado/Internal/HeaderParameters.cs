using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tornado.Internal;

/// <summary>
/// Header values with parameters, <c>form-data; name="a"</c>, and blocks of header lines inside a body.
/// </summary>
internal static class HeaderParameters
{
    /// <summary>The value and its parameters; <c>name*</c> of RFC 8187 wins over <c>name</c>.</summary>
    [SuppressMessage(
        "Globalization",
        "CA1308:Normalize strings to uppercase",
        Justification = "These names are written in lower case.")]
    public static (string Value, Dictionary<string, string> Parameters) Parse(string header)
    {
        var pieces = Split(header);
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var extended = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var piece in pieces.Skip(1))
        {
            var equals = piece.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            var name = piece[..equals].Trim();
            var value = piece[(equals + 1)..].Trim();
            if (name.EndsWith('*'))
                extended[name[..^1]] = DecodeExtended(value);
            else
                parameters[name] = Unquote(value);
        }
        foreach (var (name, value) in extended)
            parameters[name] = value;
        return (pieces[0].ToLowerInvariant(), parameters);
    }

    /// <summary>Header lines; a line that begins with a blank goes on with the one before.</summary>
    public static Dictionary<string, string> ParseLines(string text)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? name = null;
        foreach (var line in text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] is ' ' or '\t' && name is not null)
            {
                headers[name] += " " + line.Trim();
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new HttpException(400, "Invalid body: multipart: a header line without a colon");
            name = line[..colon].Trim();
            headers[name] = headers.TryGetValue(name, out var before)
                ? $"{before},{line[(colon + 1)..].Trim()}"
                : line[(colon + 1)..].Trim();
        }
        return headers;
    }

    /// <summary>Splits at semicolons outside quotes.</summary>
    private static List<string> Split(string header)
    {
        var pieces = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i < header.Length; i++)
        {
            if (header[i] == '\\' && quoted)
            {
                i++;
            }
            else if (header[i] == '"')
            {
                quoted = !quoted;
            }
            else if (header[i] == ';' && !quoted)
            {
                pieces.Add(header[start..i].Trim());
                start = i + 1;
            }
        }
        pieces.Add(header[start..].Trim());
        return pieces;
    }

    private static string Unquote(string value)
    {
        if (value is not ['"', .., '"'])
            return value;
        return value[1..^1].Replace("\\\\", "\0", StringComparison.Ordinal)
            .Replace("\\\"", "\"", StringComparison.Ordinal)
            .Replace("\0", "\\", StringComparison.Ordinal);
    }

    /// <summary><c>UTF-8'en'caf%C3%A9</c>.</summary>
    private static string DecodeExtended(string value)
    {
        var parts = Unquote(value).Split('\'', 3);
        var text = parts[^1];
        var bytes = new byte[text.Length];
        var length = UrlText.Decode(text, bytes, plusIsBlank: false);
        var latin = parts.Length == 3 && parts[0].Equals("iso-8859-1", StringComparison.OrdinalIgnoreCase);
        return (latin ? Encoding.Latin1 : Encoding.UTF8).GetString(bytes, 0, length);
    }
}
