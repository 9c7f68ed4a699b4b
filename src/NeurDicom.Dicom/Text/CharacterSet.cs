using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace NeurDicom.Dicom.Text;

/// <summary>
/// Decodes text by a Specific Character Set (0008,0005): PS3.5 6.1, PS3.3 C.12.1.1.2. Immutable and shared;
/// the same terms give the same instance.
/// </summary>
/// <remarks>
/// <para>
/// After decoding, a backslash, <c>^</c> or <c>=</c> in the text is a delimiter: no set but the delimiters' own has a
/// character that decodes to them, so values and names are split after decoding, never before.
/// (In GB18030 the second byte of a character may be 5C or 5E.)
/// </para>
/// <para>
/// Bytes that a set does not hold become U+FFFD and set a <see cref="TextFaults"/>. Without a declared set, or with an
/// unknown one, bytes above 7F are read as UTF-8 if they are that, else as Latin 1, with the fault set as well.
/// </para>
/// </remarks>
public sealed partial class CharacterSet
{
    private const byte Escape = 0x1B;

    // Real data sets hold a handful of different values;
    // the bound, and leaving out what is unknown, keep hostile ones from filling it.
    private const int MaxRemembered = 256;

    private static readonly Encoding Gb18030 = GraphicSet.CodePage(54936);
    private static readonly ConcurrentDictionary<string, CharacterSet> Remembered = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string,
    CharacterSet>.AlternateLookup<ReadOnlySpan<char>> RememberedBySpan =
        Remembered.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly GraphicSet _g0;
    private readonly GraphicSet? _g1;
    private readonly GraphicSet[] _declared;
    private readonly StandAlone _alone;
    private readonly bool _guess;

    private CharacterSet(CharacterSetTerm first, GraphicSet[] declared, bool guess, TextFaults faults)
    {
        _g0 = first.G0;
        _g1 = first.G1;
        _alone = first.Alone;
        _declared = declared;
        _guess = guess;
        Faults = faults;
    }

    /// <summary>The default repertoire: Specific Character Set is absent or empty.</summary>
    public static CharacterSet Default { get; } = new(CharacterSetTerm.Default, [], guess: true, TextFaults.None);

    /// <summary>Unicode in UTF-8: ISO_IR 192.</summary>
    public static CharacterSet Utf8 { get; } = For("ISO_IR 192"u8);

    /// <summary>What was wrong with the terms.</summary>
    public TextFaults Faults { get; }

    /// <summary>Whether bytes of valid UTF-8 are their own decoding.</summary>
    internal bool IsUtf8 => _alone == StandAlone.Utf8;

    /// <summary>
    /// The set that the bytes of a Specific Character Set element name; never null, never an exception.
    /// </summary>
    public static CharacterSet For(ReadOnlySpan<byte> specificCharacterSet)
    {
        var terms = specificCharacterSet.TrimEnd(" \0"u8);
        if (terms.IsEmpty)
            return Default;
        if (terms.Length > 256)
            return Parse(terms);

        Span<char> key = stackalloc char[terms.Length];
        Encoding.Latin1.GetChars(terms, key);
        if (RememberedBySpan.TryGetValue(key, out var known))
            return known;

        var parsed = Parse(terms);
        if (Remembered.Count < MaxRemembered && (parsed.Faults & TextFaults.UnknownTerm) == 0)
            Remembered.TryAdd(key.ToString(), parsed);
        return parsed;
    }

    /// <summary>Decodes bytes as they are: nothing is trimmed or split.</summary>
    /// <param name="delimiters">Where the code extension's state goes back to the first set.</param>
    public string Decode(ReadOnlySpan<byte> bytes, TextDelimiters delimiters, out TextFaults faults)
    {
        faults = TextFaults.None;
        if (IsPlain(bytes))
            return Encoding.ASCII.GetString(bytes);
        if (_alone == StandAlone.Utf8 && System.Text.Unicode.Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);

        var rented = ArrayPool<char>.Shared.Rent(bytes.Length + 4);
        var length = Decode(bytes, rented, delimiters, out faults);
        var text = new string(rented, 0, length);
        ArrayPool<char>.Shared.Return(rented, clearArray: true);
        return text;
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, TextDelimiters, out TextFaults)"/>
    public string Decode(ReadOnlySpan<byte> bytes, TextDelimiters delimiters = TextDelimiters.Values) =>
        Decode(bytes, delimiters, out _);

    /// <summary>Decodes into a buffer of at least <c>bytes.Length + 4</c> characters.</summary>
    /// <returns>How many characters were written.</returns>
    public int Decode(ReadOnlySpan<byte> bytes, Span<char> text, TextDelimiters delimiters, out TextFaults faults)
    {
        faults = TextFaults.None;
        if (IsPlain(bytes))
            return Encoding.ASCII.GetChars(bytes, text);

        switch (_alone)
        {
            case StandAlone.Utf8:
                return DecodeUtf8(bytes, text, out faults);
            case StandAlone.Gb18030:
                return DecodeGb18030(bytes, text, out faults);
            default:
                if (_guess && !bytes.Contains(Escape))
                    return Guess(bytes, text, out faults);
                return DecodeExtended(bytes, text, delimiters, out faults);
        }
    }

    /// <summary>Whether the bytes are ASCII in this set, which nearly all are.</summary>
    internal bool IsPlain(ReadOnlySpan<byte> bytes) =>
        Ascii.IsValid(bytes) && (_alone != StandAlone.No || !bytes.Contains(Escape));

    private static int DecodeUtf8(ReadOnlySpan<byte> bytes, Span<char> text, out TextFaults faults)
    {
        faults = System.Text.Unicode.Utf8.IsValid(bytes) ? TextFaults.None : TextFaults.InvalidBytes;
        System.Text.Unicode.Utf8.ToUtf16(bytes, text, out _, out var written, replaceInvalidSequences: true);
        return written;
    }

    private static int DecodeGb18030(ReadOnlySpan<byte> bytes, Span<char> text, out TextFaults faults)
    {
        var written = Gb18030.GetChars(bytes, text);
        faults = text[..written].Contains(GraphicSet.Replacement) ? TextFaults.InvalidBytes : TextFaults.None;
        return written;
    }

    private static int Guess(ReadOnlySpan<byte> bytes, Span<char> text, out TextFaults faults)
    {
        faults = TextFaults.InvalidBytes;
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? DecodeUtf8(bytes, text, out _)
            : Encoding.Latin1.GetChars(bytes, text);
    }

    private static CharacterSet Parse(ReadOnlySpan<byte> terms)
    {
        var faults = TextFaults.None;
        CharacterSetTerm? first = null;
        CharacterSetTerm? alone = null;
        var declared = new List<GraphicSet>();
        var guess = false;
        var index = 0;
        foreach (var range in terms.Split((byte)'\\'))
        {
            var term = CharacterSetTerm.Find(terms[range].Trim(" \0"u8), out var misspelt);
            faults |= misspelt ? TextFaults.MisspeltTerm : TextFaults.None;
            faults |= term is null ? TextFaults.UnknownTerm : TextFaults.None;
            if (index++ == 0)
            {
                first = term;
                guess = term?.Invokes is null || term.Invokes == GraphicSet.Ascii;
            }

            if (term is null)
                continue;
            if (term.Alone != StandAlone.No)
                alone ??= term;
            if (term.Invokes is { } invoked && !declared.Contains(invoked))
                declared.Add(invoked);
        }

        // A set that stands alone is taken when it is value 1 or value 1 says nothing, and is dropped elsewhere.
        if (alone is not null && index > 1)
        {
            faults |= TextFaults.ConflictingTerms;
            first = first is null or { G1: null } ? alone : first;
        }

        // With more than one value the first is the state to return to, and nothing is guessed.
        guess &= index == 1 && alone is null;
        return new CharacterSet(first ?? CharacterSetTerm.Default, [.. declared], guess, faults);
    }
}
