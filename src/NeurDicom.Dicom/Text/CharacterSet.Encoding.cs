using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace NeurDicom.Dicom.Text;

/// <summary>Text to bytes.</summary>
public sealed partial class CharacterSet
{
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);
    private static readonly Encoding StrictGb18030 = GraphicSet.StrictCodePage(54936);
    private static readonly ConcurrentDictionary<GraphicSet, Dictionary<char, byte>> Reversed = new();

    /// <summary>
    /// Encodes text by the first term: ASCII, UTF-8, GB18030, or one of the sets of single bytes.
    /// False where the set does not hold a character of it;
    /// a character that only a code extension (PS3.5 6.1.2.4) has is not tried.
    /// </summary>
    public bool TryEncode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (Ascii.IsValid(text))
        {
            // An escape would start a code extension when it is read.
            if (text.Contains((char)Escape))
                return false;
            bytes = Encoding.ASCII.GetBytes(text);
            return true;
        }

        if (_alone != StandAlone.No)
            return TryEncode(_alone == StandAlone.Utf8 ? StrictUtf8 : StrictGb18030, text, out bytes);
        if (_g1 is not { IsDoubleByte: false } upper)
            return false;

        var reverse = Reversed.GetOrAdd(upper, static set => Reverse(set));
        var encoded = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAscii(text[i]))
                encoded[i] = (byte)text[i];
            else if (!reverse.TryGetValue(text[i], out encoded[i]))
                return false;
        }

        bytes = encoded;
        return true;
    }

    private static bool TryEncode(Encoding encoding, string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        try
        {
            bytes = encoding.GetBytes(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            bytes = null;
            return false;
        }
    }

    private static Dictionary<char, byte> Reverse(GraphicSet set)
    {
        var reverse = new Dictionary<char, byte>();
        for (var i = 0xA0; i <= 0xFF; i++)
        {
            if (set.At((byte)i) is var c and not GraphicSet.Replacement)
                reverse.TryAdd(c, (byte)i);
        }

        return reverse;
    }
}
