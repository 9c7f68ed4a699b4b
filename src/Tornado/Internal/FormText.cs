using System.Text;

namespace Tornado.Internal;

/// <summary>
/// Reads <c>a=1&amp;b=2</c> from a query or a body as Tornado does: blank values stay, only &amp; separates.
/// </summary>
internal static class FormText
{
    /// <summary>False when there are more than <paramref name="limit"/> arguments.</summary>
    public static bool TryParse(ReadOnlySpan<byte> form, ArgumentMap into, int limit)
    {
        var count = 0;
        while (!form.IsEmpty)
        {
            var end = form.IndexOf((byte)'&');
            var pair = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            if (pair.IsEmpty)
                continue;
            if (++count > limit)
                return false;

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);

            // Names are UTF-8 here; Tornado takes them as Latin-1, so that é can be sent and never be found (case I11).
            into.Add(Encoding.UTF8.GetString(name), equals < 0 ? [] : Decode(pair[(equals + 1)..]));
        }
        return true;
    }

    private static byte[] Decode(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny((byte)'%', (byte)'+') < 0)
            return text.ToArray();

        var bytes = text.Length <= 512 ? stackalloc byte[text.Length] : new byte[text.Length];
        return bytes[..UrlText.Decode(text, bytes)].ToArray();
    }
}
