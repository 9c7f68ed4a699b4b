using System.Collections.Frozen;
using System.Text;

namespace NeurDicom.Dicom.Text;

/// <summary>How one defined term of Specific Character Set (0008,0005) decodes: PS3.3 C.12.1.1.2.</summary>
/// <param name="G0">What the term puts into G0 when it is value 1.</param>
/// <param name="G1">What the term puts into G1 when it is value 1, or null.</param>
/// <param name="Invokes">The set whose escape sequence the term allows, beside those of <paramref name="G0"/>.</param>
/// <param name="Alone">Set for UTF-8, GB18030 and GBK, which know no code extension.</param>
internal sealed record CharacterSetTerm(
    GraphicSet G0, GraphicSet? G1, GraphicSet? Invokes, StandAlone Alone = StandAlone.No)
{
    private static readonly FrozenDictionary<string, CharacterSetTerm> Terms = Build();

    private static readonly FrozenDictionary<string, CharacterSetTerm>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Terms.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The default repertoire: value 1 absent or empty.</summary>
    public static CharacterSetTerm Default { get; } = new(GraphicSet.Ascii, null, null);

    /// <summary>Finds a term, also one that is misspelt in a way that is known from real files.</summary>
    public static CharacterSetTerm? Find(ReadOnlySpan<byte> term, out bool misspelt)
    {
        misspelt = false;
        if (term.IsEmpty)
            return Default;
        if (term.Length > 32)
            return null;

        Span<char> text = stackalloc char[term.Length];
        Encoding.Latin1.GetChars(term, text);
        if (Lookup.TryGetValue(text, out var found))
        {
            // The defined terms are those with a blank, and these two.
            misspelt = !text.Contains(' ') && text is not "GB18030" and not "GBK";
            return found;
        }

        // What is left after dropping everything but letters and digits: "ISO 2022-IR 87" becomes ISO2022IR87.
        var length = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
                text[length++] = char.ToUpperInvariant(c);
        }

        misspelt = Lookup.TryGetValue(text[..length], out found);
        return found;
    }

    private static FrozenDictionary<string, CharacterSetTerm> Build()
    {
        var terms = new Dictionary<string, CharacterSetTerm>(StringComparer.Ordinal);

        void Add(string number, CharacterSetTerm term, bool single, bool extension)
        {
            // Keys with blanks and underscores are the defined terms; those without serve misspelt ones.
            // A number stands for one set only, so the misspelt forms may be looser about the prefix.
            if (single)
                terms[$"ISO_IR {number}"] = term;
            if (extension)
                terms[$"ISO 2022 IR {number}"] = term;
            foreach (var prefix in (ReadOnlySpan<string>)["ISOIR", "ISO2022IR", "ISO2022", "IR", "ISO"])
                terms[prefix + number] = term;
        }

        // ISO_IR 6 is not in the standard's table and means what an absent value means.
        Add("6", new(GraphicSet.Ascii, null, GraphicSet.Ascii), single: true, extension: true);
        Add("13", new(GraphicSet.Romaji, GraphicSet.Katakana, GraphicSet.Katakana), single: true, extension: true);
        foreach (var (number, set) in (ReadOnlySpan<(string, GraphicSet)>)
            [
                ("100", GraphicSet.Latin1), ("101", GraphicSet.Latin2), ("109", GraphicSet.Latin3),
                ("110", GraphicSet.Latin4), ("144", GraphicSet.Cyrillic), ("127", GraphicSet.Arabic),
                ("126", GraphicSet.Greek), ("138", GraphicSet.Hebrew), ("148", GraphicSet.Latin5),
                ("203", GraphicSet.Latin9), ("166", GraphicSet.Thai),
            ])
        {
            Add(number, new(GraphicSet.Ascii, set, set), single: true, extension: true);
        }

        // Multi-byte sets may not be value 1, but are. The G1 sets are then active from the start,
        // as their senders mean.
        Add("87", new(GraphicSet.Ascii, null, GraphicSet.Kanji), single: false, extension: true);
        Add("159", new(GraphicSet.Ascii, null, GraphicSet.SupplementaryKanji), single: false, extension: true);
        Add("149", new(GraphicSet.Ascii, GraphicSet.Korean, GraphicSet.Korean), single: false, extension: true);
        Add("58", new(GraphicSet.Ascii, GraphicSet.Chinese, GraphicSet.Chinese), single: false, extension: true);

        var utf8 = new CharacterSetTerm(GraphicSet.Ascii, null, null, StandAlone.Utf8);
        var gb18030 = new CharacterSetTerm(GraphicSet.Ascii, null, null, StandAlone.Gb18030);
        Add("192", utf8, single: true, extension: false);
        terms["GB18030"] = gb18030;
        terms["GBK"] = gb18030;

        // Spellings of their own.
        terms["UTF8"] = utf8;
        terms["ISO2022GBK"] = gb18030;
        terms["ISO2022GB18030"] = gb18030;
        terms["GB2312"] = gb18030;
        terms["ISO88591"] = terms["ISO_IR 100"];
        terms["LATIN1"] = terms["ISO_IR 100"];
        terms["ASCII"] = terms["ISO_IR 6"];
        return terms.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

/// <summary>The encodings of table C.12-5, which stand alone.</summary>
internal enum StandAlone
{
    No,
    Utf8,

    /// <summary>GB18030 and GBK: the one holds the other, and decoding GBK as GB18030 reads both.</summary>
    Gb18030,
}
