namespace NeurDicom.Dicom.Text;

/// <summary>The value representation DA: <c>YYYYMMDD</c> (PS3.5 6.2).</summary>
public static class DicomDate
{
    /// <summary>
    /// Reads one value; also the form <c>YYYY.MM.DD</c> of ACR-NEMA, which readers are to take (PS3.5 6.2).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateOnly date)
    {
        date = default;
        text = ValueText.Trim(text);
        int year, month, day;
        var isRead = text.Length switch
        {
            8 => TryFields(text[..4], text[4..6], text[6..], out year, out month, out day),
            10 when text[4] == '.' && text[7] == '.' =>
                TryFields(text[..4], text[5..7], text[8..], out year, out month, out day),
            _ => TryFields([], [], [], out year, out month, out day),
        };
        if (!isRead || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;

        date = new DateOnly(year, month, day);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out DateOnly)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out DateOnly date) =>
        ValueText.TryParse(text, TryParse, out date);

    private static bool TryFields(
        ReadOnlySpan<byte> y, ReadOnlySpan<byte> m, ReadOnlySpan<byte> d, out int year, out int month, out int day)
    {
        month = day = 0;
        return ValueText.TryDigits(y, out year) && ValueText.TryDigits(m, out month) && ValueText.TryDigits(d, out day);
    }
}
