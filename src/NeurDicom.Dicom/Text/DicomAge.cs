namespace NeurDicom.Dicom.Text;

/// <summary>The value representation AS: three digits and a unit, as <c>018M</c> (PS3.5 6.2).</summary>
/// <param name="Number">0 to 999.</param>
/// <param name="Unit">D days, W weeks, M months, Y years.</param>
public readonly record struct DicomAge(int Number, char Unit)
{
    /// <summary>Reads one value; also with fewer digits, as senders write it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DicomAge age)
    {
        age = default;
        text = ValueText.Trim(text);
        if (text.Length is < 2 or > 4 || !ValueText.TryDigits(text[..^1], out var number))
            return false;

        var unit = (char)(text[^1] & 0xDF);
        if (unit is not ('D' or 'W' or 'M' or 'Y'))
            return false;

        age = new DicomAge(number, unit);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out DicomAge)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out DicomAge age) =>
        ValueText.TryParse(text, TryParse, out age);

    /// <summary>The value as AS writes it.</summary>
    public override string ToString() => $"{Number:D3}{Unit}";
}
