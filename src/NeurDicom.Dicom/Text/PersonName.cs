using System.Text;

namespace NeurDicom.Dicom.Text;

/// <summary>
/// The value representation PN (PS3.5 6.2.1): up to three groups, separated by <c>=</c>, that write one name in three
/// ways.
/// </summary>
/// <param name="Alphabetic">The name in a phonetic script of single-byte characters, as a rule Latin.</param>
/// <param name="Ideographic">The name in Chinese characters, kanji or hanja.</param>
/// <param name="Phonetic">The name in kana or hangul.</param>
public readonly record struct PersonName(
    PersonNameGroup Alphabetic, PersonNameGroup Ideographic, PersonNameGroup Phonetic)
{
    /// <summary>Whether no group has a text.</summary>
    public bool IsEmpty => Alphabetic.IsEmpty && Ideographic.IsEmpty && Phonetic.IsEmpty;

    /// <summary>
    /// Takes any text: what follows a third <c>=</c> belongs to the third group, which nothing valid has.
    /// </summary>
    public static PersonName Parse(ReadOnlySpan<char> text)
    {
        Span<Range> groups = stackalloc Range[3];
        var count = text.Split(groups, '=');
        return new PersonName(
            count > 0 ? new(text[groups[0]].ToString()) : default,
            count > 1 ? new(text[groups[1]].ToString()) : default,
            count > 2 ? new(text[groups[2]].ToString()) : default);
    }

    /// <summary>Decodes one value.</summary>
    public static PersonName Parse(ReadOnlySpan<byte> value, CharacterSet characterSet)
    {
        ArgumentNullException.ThrowIfNull(characterSet);
        return Parse(characterSet.Decode(ValueText.Trim(value), TextDelimiters.PersonNames));
    }

    /// <summary>The name for a reader: the alphabetic group, else the ideographic, else the phonetic one.</summary>
    public string ToDisplayString()
    {
        var group = !Alphabetic.IsEmpty ? Alphabetic : !Ideographic.IsEmpty ? Ideographic : Phonetic;
        return group.ToDisplayString();
    }

    /// <summary>The value as PN writes it, without empty groups at the end.</summary>
    public override string ToString() => $"{Alphabetic}={Ideographic}={Phonetic}".TrimEnd('=');
}

/// <summary>
/// One group of a <see cref="PersonName"/>: up to five components, separated by <c>^</c>, kept as it was written.
/// </summary>
public readonly record struct PersonNameGroup
{
    private readonly string? _text;

    /// <summary>Takes the text of a group; spaces around it are padding (PS3.5 6.2.1.1).</summary>
    public PersonNameGroup(string text) => _text = text.Trim(' ');

    /// <summary>The text as it was written.</summary>
    public string Text => _text ?? "";

    /// <summary>Whether every component is empty.</summary>
    public bool IsEmpty => !Text.AsSpan().ContainsAnyExcept('^', ' ');

    /// <summary>The family name complex.</summary>
    public string Family => Component(0);

    /// <summary>The given name complex.</summary>
    public string Given => Component(1);

    /// <summary>The middle name.</summary>
    public string Middle => Component(2);

    /// <summary>What stands before the name, as "Dr.".</summary>
    public string Prefix => Component(3);

    /// <summary>What stands after the name, as "Jr.".</summary>
    public string Suffix => Component(4);

    /// <summary>
    /// Prefix, given, middle, family name, then suffix after a comma.
    /// A name in Chinese characters, kana or hangul keeps the order of its components, as its readers do.
    /// </summary>
    public string ToDisplayString()
    {
        ReadOnlySpan<string> order = IsEastern(Text)
            ? [Prefix, Family, Given, Middle]
            : [Prefix, Given, Middle, Family];
        var display = new StringBuilder();
        foreach (var part in order)
        {
            if (part.Length == 0)
                continue;
            if (display.Length > 0)
                display.Append(' ');
            display.Append(part);
        }

        if (Suffix.Length > 0)
            display.Append(display.Length > 0 ? ", " : "").Append(Suffix);
        return display.ToString();
    }

    /// <summary>The text as it was written, without empty components at the end.</summary>
    public override string ToString() => Text.TrimEnd('^');

    // Jamo, then everything from the radicals to the compatibility ideographs, then half-width kana and jamo.
    private static bool IsEastern(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('\u1100', '\u11FF') || text.ContainsAnyInRange('\u2E80', '\uFAFF') ||
        text.ContainsAnyInRange('\uFF66', '\uFFDC');

    private string Component(int index)
    {
        Span<Range> components = stackalloc Range[6];
        var count = Text.AsSpan().Split(components, '^');
        return index < count ? Text.AsSpan(components[index]).Trim(' ').ToString() : "";
    }
}
