using System.Text;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

public readonly partial struct DicomElement
{
    /// <summary>
    /// The whole text, values joined by backslashes, without padding; null where it is empty or no text.
    /// </summary>
    public string? GetString()
    {
        var vr = Vr;
        var text = Decode(vr);
        if (text.Contains('\\') && vr.IsMultiValuedText())
            text = string.Join('\\', text.Split('\\').Select(value => Trim(value, vr)));
        text = Trim(text, vr);
        return text.Length == 0 ? null : text;
    }

    /// <summary>The values of a text, each without padding.</summary>
    public string[] GetStrings()
    {
        var vr = Vr;
        var text = Decode(vr);
        if (text.Length == 0)
            return [];
        if (!vr.IsMultiValuedText())
            return [Trim(text, vr)];

        var values = text.Split('\\');
        for (var i = 0; i < values.Length; i++)
            values[i] = Trim(values[i], vr);
        return values;
    }

    /// <summary>The value as a UID, null where it is none.</summary>
    public Uid? GetUid()
    {
        var value = ValueSpan.TrimEnd("\0 "u8);
        if (value.Length is 0 or > Uid.MaxLength)
            return null;

        Span<char> text = stackalloc char[value.Length];
        Encoding.Latin1.GetChars(value, text);
        return Uid.TryParse(text, out var uid) ? uid : null;
    }

    // Not all text is subject to the character set (PS3.5 6.1.2.2), but a writer who breaks that uses his own for all.
    private string Decode(Vr vr) => vr.IsText() ? DataSet.CharacterSet.Decode(ValueSpan, vr.Delimiters()) : "";

    // PS3.5 6.2: a trailing space is padding in every text, a leading one too but in LT, ST, UC, UR and UT;
    // UI is padded with NUL, and some writers pad all text so.
    private static string Trim(string text, Vr vr) =>
        vr is Vr.LT or Vr.ST or Vr.UC or Vr.UR or Vr.UT ? text.TrimEnd(' ', '\0') : text.Trim(' ', '\0');
}
