using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tornado.Internal;

/// <summary>Percent encoding, RFC 3986 2.1, in the two dialects that Tornado uses.</summary>
internal static class UrlText
{
    private static readonly SearchValues<byte> PathSafe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~/"u8);

    /// <summary>As Python's <c>quote</c>: the slash stays, a blank becomes %20.</summary>
    public static string EncodePath(object? value)
    {
        var bytes = value as byte[]
            ?? Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            if (PathSafe.Contains(b))
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return text.ToString();
    }

    /// <summary>
    /// A URL for a Location header: what is not ASCII is percent-encoded as UTF-8, and so is the blank. Tornado sends
    /// raw
    /// bytes (case G05), which browsers guess at.
    /// </summary>
    public static string EncodeLocation(string url)
    {
        if (Ascii.IsValid(url) && !url.Contains(' ', StringComparison.Ordinal))
            return url;
        var text = new StringBuilder(url.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(url))
        {
            if (b is > 0x20 and < 0x7f or < 0x20)
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return text.ToString();
    }

    /// <summary>
    /// Percent-decodes into bytes; what is no escape stays as it is. Characters are taken as Latin-1, which is how raw
    /// bytes of a request arrive. Returns the number of bytes written, at most as many as there are characters.
    /// </summary>
    public static int Decode(ReadOnlySpan<char> text, Span<byte> bytes, bool plusIsBlank)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%'
                && i + 2 < text.Length
                && char.IsAsciiHexDigit(text[i + 1])
                && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[length++] = (byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
                i += 2;
            }
            else
            {
                bytes[length++] = plusIsBlank && c == '+' ? (byte)' ' : (byte)c;
            }
        }
        return length;
    }

    /// <summary>The same for bytes, in place of a form's body.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%'
                && i + 2 < text.Length
                && char.IsAsciiHexDigit((char)text[i + 1])
                && char.IsAsciiHexDigit((char)text[i + 2]))
            {
                bytes[length++] = (byte)((HexValue((char)text[i + 1]) << 4) | HexValue((char)text[i + 2]));
                i += 2;
            }
            else
            {
                bytes[length++] = c == '+' ? (byte)' ' : c;
            }
        }
        return length;
    }

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
