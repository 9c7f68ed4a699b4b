using System.Buffers;
using System.Text;

namespace NeurDicom.Dicom.Text;

/// <summary>
/// The form in which names are compared: lower case, without accents, one width.
/// The runtime's own normalisation needs ICU, which a server with invariant globalisation does not have.
/// </summary>
public static partial class SearchText
{
    private const char Voiced = '\u3099';
    private const char SemiVoiced = '\u309A';

    private const string VoicedKana =
        "\u3046\u304B\u304D\u304F\u3051\u3053\u3055\u3057\u3059\u305B\u305D\u305F\u3061\u3064\u3066\u3068\u306F\u3072\u3075\u3078\u307B";

    private const string SemiVoicedKana = "\u306F\u3072\u3075\u3078\u307B";

    // From hiragana to katakana.
    private const int KatakanaShift = 0x60;

    /// <summary>
    /// Folds a text so that equal keys mean equal names to a person who searches: <c>Müller</c> and <c>MULLER</c>,
    /// <c>ﾔﾏﾀﾞ</c> and <c>ヤマダ</c>. Marks that make another letter in their script, as in kana and Thai, stay.
    /// </summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();

        // No character folds to more than two.
        var rented = ArrayPool<char>.Shared.Rent(text.Length * 2);
        var length = 0;
        foreach (var c in text)
        {
            if (IsDroppedMark(c))
                continue;
            if (length > 0 && c is Voiced or SemiVoiced or '\u309B' or '\u309C' or '\uFF9E' or '\uFF9F'
                && TryCompose(rented[length - 1], isVoiced: c is Voiced or '\u309B' or '\uFF9E', out var composed))
            {
                rented[length - 1] = composed;
                continue;
            }

            var plain = FoldOne(c);
            if (Expand(plain) is { } two)
            {
                two.CopyTo(rented.AsSpan(length));
                length += two.Length;
            }
            else
            {
                rented[length++] = plain;
            }
        }

        var folded = new string(rented, 0, length);
        ArrayPool<char>.Shared.Return(rented, clearArray: true);
        return folded;
    }

    private static char FoldOne(char c)
    {
        if (c < 0x80)
            return char.ToLowerInvariant(c);
        if (c is >= '\uFF01' and <= '\uFF5E')
            return char.ToLowerInvariant((char)(c - 0xFEE0));
        if (c is '\u3000' or '\u00A0')
            return ' ';

        // By way of upper case, so that final sigma is a sigma.
        // Dotted and dotless i have no other case outside Turkish.
        c = c is '\u0130' or '\u0131' ? 'i' : char.ToLowerInvariant(char.ToUpperInvariant(c));
        var index = Composed.BinarySearch((ushort)c);
        c = index >= 0 ? (char)Plain[index] : c;

        // Letters with a stroke or hook are letters of their own to Unicode, and typed without it by everybody else.
        return c switch
        {
            '\u00F8' => 'o',
            '\u0111' or '\u00F0' or '\u0256' => 'd',
            '\u0142' => 'l',
            '\u0127' => 'h',
            '\u0167' => 't',
            '\u0180' => 'b',
            '\u014B' => 'n',
            _ => c,
        };
    }

    private static string? Expand(char c) => c switch
    {
        '\u00DF' or '\u1E9E' => "ss",
        '\u00E6' => "ae",
        '\u0153' => "oe",
        '\u00FE' => "th",
        '\u0133' => "ij",
        '\uFB01' => "fi",
        '\uFB02' => "fl",
        _ => null,
    };

    private static bool IsDroppedMark(char c) =>
        c is (>= '\u0300' and <= '\u036F') // Latin, Greek, Cyrillic
        or (>= '\u0591' and <= '\u05BD') or '\u05BF' or '\u05C1' // Hebrew
        or '\u05C2' or '\u05C4' or '\u05C5' or '\u05C7' // Hebrew
        or (>= '\u064B' and <= '\u065F') or '\u0670' or '\u0640' // Arabic, with the tatweel
        or (>= '\u1AB0' and <= '\u1AFF') or (>= '\u1DC0' and <= '\u1DFF') or (>= '\uFE20' and <= '\uFE2F')
        or '\u200B' or '\u200C' or '\u200D' or '\u200E' or '\u200F' or '\uFEFF'; // invisible

    private static bool TryCompose(char kana, bool isVoiced, out char composed)
    {
        composed = kana;
        var shift = kana >= '\u30A0' ? KatakanaShift : 0;
        var hiragana = (char)(kana - shift);
        if (!(isVoiced ? VoicedKana : SemiVoicedKana).Contains(hiragana))
            return false;

        // The voiced form follows its plain one, the semi-voiced one follows that; vu stands apart.
        composed = hiragana == '\u3046' ? (char)('\u3094' + shift) : (char)(kana + (isVoiced ? 1 : 2));
        return true;
    }
}
