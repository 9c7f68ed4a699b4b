using System.Text;

namespace NeurDicom.Dicom.Text;

/// <summary>
/// A set of characters that an escape sequence invokes into G0 (bytes 21 to 7E) or G1 (bytes A0 to FF): PS3.3 tables
/// C.12-3 and C.12-4, after ISO/IEC 2022.
/// </summary>
internal sealed class GraphicSet
{
    /// <summary>Stands for what the set does not hold.</summary>
    public const char Replacement = '\uFFFD';

    private const int RowLength = 94;

    private readonly Func<char[]>? _build;
    private char[]? _table;

    private GraphicSet(string escape, bool intoG1, bool doubleByte, Func<char[]>? build)
    {
        Escape = Encoding.ASCII.GetBytes(escape);
        IsG1 = intoG1;
        IsDoubleByte = doubleByte;
        _build = build;
    }

    /// <summary>ISO-IR 6.</summary>
    public static GraphicSet Ascii { get; } = new("(B", intoG1: false, doubleByte: false, null);

    /// <summary>
    /// ISO-IR 14, which differs from ISO-IR 6 in yen sign and overline only. They are read as backslash and tilde: 5C
    /// separates values whatever it looks like (PS3.5 6.1.2.3), and a path in a text should stay one.
    /// </summary>
    public static GraphicSet Romaji { get; } = new("(J", intoG1: false, doubleByte: false, null);

    public static GraphicSet Katakana { get; } = new(")I", intoG1: true, doubleByte: false, KatakanaTable);

    public static GraphicSet Latin1 { get; } = SingleByte("-A", 28591);
    public static GraphicSet Latin2 { get; } = SingleByte("-B", 28592);
    public static GraphicSet Latin3 { get; } = SingleByte("-C", 28593);
    public static GraphicSet Latin4 { get; } = SingleByte("-D", 28594);
    public static GraphicSet Cyrillic { get; } = SingleByte("-L", 28595);
    public static GraphicSet Arabic { get; } = SingleByte("-G", 28596);
    public static GraphicSet Greek { get; } = SingleByte("-F", 28597);
    public static GraphicSet Hebrew { get; } = SingleByte("-H", 28598);
    public static GraphicSet Latin5 { get; } = SingleByte("-M", 28599);
    public static GraphicSet Latin9 { get; } = SingleByte("-b", 28605);
    public static GraphicSet Thai { get; } = SingleByte("-T", 874);

    /// <summary>JIS X 0208: both bytes with the high bit set are EUC-JP.</summary>
    public static GraphicSet Kanji { get; } = DoubleByte("$B", intoG1: false, 20932, 0x80, 0x80);

    /// <summary>JIS X 0212: code page 20932 has it with the high bit on the first byte only.</summary>
    public static GraphicSet SupplementaryKanji { get; } = DoubleByte("$(D", intoG1: false, 20932, 0x80, 0x00);

    /// <summary>KS X 1001.</summary>
    public static GraphicSet Korean { get; } = DoubleByte("$)C", intoG1: true, 949, 0x80, 0x80);

    /// <summary>GB 2312.</summary>
    public static GraphicSet Chinese { get; } = DoubleByte("$)A", intoG1: true, 936, 0x80, 0x80);

    private static readonly GraphicSet[] All =
    [
        Ascii, Romaji, Katakana, Latin1, Latin2, Latin3, Latin4, Cyrillic, Arabic, Greek, Hebrew, Latin5, Latin9, Thai,
        Kanji, SupplementaryKanji, Korean, Chinese,
    ];

    /// <summary>What follows ESC.</summary>
    public byte[] Escape { get; }

    public bool IsG1 { get; }

    public bool IsDoubleByte { get; }

    private char[] Table => _table ??= _build!();

    /// <summary>Finds the set that the bytes after an ESC invoke.</summary>
    public static GraphicSet? Find(ReadOnlySpan<byte> afterEscape)
    {
        foreach (var set in All)
        {
            if (afterEscape.StartsWith(set.Escape))
                return set;
        }

        return null;
    }

    /// <summary>The character of one byte from 80 up, in a set of single bytes.</summary>
    public char At(byte value) => Table[value - 0x80];

    /// <summary>The character of two bytes; only their low seven bits count.</summary>
    public char At(byte first, byte second)
    {
        var row = (first & 0x7F) - 0x21;
        var cell = (second & 0x7F) - 0x21;
        return (uint)row < RowLength && (uint)cell < RowLength ? Table[(row * RowLength) + cell] : Replacement;
    }

    private static GraphicSet SingleByte(string escape, int codePage) =>
        new(escape, intoG1: true, doubleByte: false, () => BuildSingle(codePage));

    private static GraphicSet DoubleByte(string escape, bool intoG1, int codePage, byte firstBits, byte secondBits) =>
        new(escape, intoG1, doubleByte: true, () => BuildDouble(codePage, firstBits, secondBits));

    private static char[] KatakanaTable()
    {
        // JIS X 0201 A1 to DF are the half-width forms U+FF61 to U+FF9F in the same order.
        var table = new char[128];
        for (var i = 0; i < table.Length; i++)
            table[i] = i is >= 0x21 and <= 0x5F ? (char)(0xFF61 + i - 0x21) : Replacement;

        return table;
    }

    private static char[] BuildSingle(int codePage)
    {
        var encoding = CodePage(codePage);
        var table = new char[128];
        Span<byte> one = stackalloc byte[1];
        for (var i = 0; i < table.Length; i++)
        {
            one[0] = (byte)(0x80 + i);

            // The C1 controls: code page 874 has quotation marks there, as the others' Windows cousins do.
            table[i] = i < 0x20 && codePage != 874 ? (char)one[0] : Mapped(encoding, one);
        }

        return table;
    }

    private static char[] BuildDouble(int codePage, byte firstBits, byte secondBits)
    {
        var encoding = CodePage(codePage);
        var table = new char[RowLength * RowLength];
        Span<byte> pair = stackalloc byte[2];
        for (var i = 0; i < table.Length; i++)
        {
            pair[0] = (byte)((0x21 + (i / RowLength)) | firstBits);
            pair[1] = (byte)((0x21 + (i % RowLength)) | secondBits);
            table[i] = Mapped(encoding, pair);
        }

        return table;
    }

    private static char Mapped(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        Span<char> decoded = stackalloc char[8];
        var count = encoding.GetChars(bytes, decoded);

        // The code pages put what the sets leave undefined into the private use area.
        return count == 1 && decoded[0] is not (>= '\uE000' and < '\uF900') ? decoded[0] : Replacement;
    }

    /// <summary>A code page that throws for a character that it does not have.</summary>
    internal static Encoding StrictCodePage(int codePage) =>
        CodePagesEncodingProvider.Instance.GetEncoding(
            codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    /// <summary>A code page that answers U+FFFD for what it does not know.</summary>
    internal static Encoding CodePage(int codePage)
    {
        // The provider is not registered with Encoding: a library does not change what its host's encodings are.
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(
            codePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"));
        return encoding ?? Encoding.GetEncoding(
            codePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"));
    }
}
