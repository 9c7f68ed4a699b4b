namespace NeurDicom.Dicom.Text;

/// <summary>
/// The value representation DT: <c>YYYY[MM[DD[HH[MM[SS[.F]]]]]][&amp;ZZXX]</c> (PS3.5 6.2). What a value leaves out is
/// null.
/// </summary>
public readonly record struct DicomDateTime
{
    /// <summary>1 to 9999.</summary>
    public int Year { get; private init; }

    /// <summary>1 to 12, or null.</summary>
    public int? Month { get; private init; }

    /// <summary>1 to 31, or null.</summary>
    public int? Day { get; private init; }

    /// <summary>The time of day, or null.</summary>
    public DicomTime? Time { get; private init; }

    /// <summary>
    /// The offset from UTC, or null: then Timezone Offset From UTC (0008,0201) of the data set holds, if any.
    /// </summary>
    public TimeSpan? Offset { get; private init; }

    /// <summary>The earliest moment that the value stands for, as a time without zone.</summary>
    public DateTime ToDateTime() =>
        new DateOnly(Year, Month ?? 1, Day ?? 1).ToDateTime(Time?.ToTimeOnly() ?? TimeOnly.MinValue);

    /// <summary>
    /// The earliest moment that the value stands for, or null where it lies outside what .NET can say.
    /// </summary>
    /// <param name="zone">The offset where the value has none.</param>
    public DateTimeOffset? ToDateTimeOffset(TimeSpan zone)
    {
        var local = ToDateTime();
        var offset = Offset ?? zone;
        var utc = local.Ticks - offset.Ticks;
        return utc >= DateTime.MinValue.Ticks && utc <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(local, offset)
            : null;
    }

    /// <summary>Reads one value.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DicomDateTime value)
    {
        value = default;
        text = ValueText.Trim(text);
        TimeSpan? offset = null;
        var sign = text.IndexOfAny((byte)'+', (byte)'-');
        if (sign >= 0)
        {
            if (!TryOffset(text[sign..], out var zone))
                return false;
            offset = zone;
            text = text[..sign];
        }

        int? month = null, day = null;
        DicomTime? time = null;
        if (text.Length < 4 || !ValueText.TryDigits(text[..4], out var year) || year == 0)
            return false;
        if (text.Length > 4)
        {
            if (text.Length < 6 || !ValueText.TryDigits(text[4..6], out var number) || number is < 1 or > 12)
                return false;
            month = number;
        }

        if (text.Length > 6)
        {
            if (text.Length < 8 || !ValueText.TryDigits(text[6..8], out var number) || number < 1 ||
                number > DateTime.DaysInMonth(year, month ?? 1))
            {
                return false;
            }

            day = number;
        }

        if (text.Length > 8)
        {
            if (!DicomTime.TryParseFields(text[8..], out var ofDay))
                return false;
            time = ofDay;
        }

        value = new DicomDateTime { Year = year, Month = month, Day = day, Time = time, Offset = offset };
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out DicomDateTime)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out DicomDateTime value) =>
        ValueText.TryParse(text, TryParse, out value);

    /// <summary>
    /// Reads <c>+HHMM</c> or <c>-HHMM</c>, from -1200 to +1400 (PS3.5 6.2); also of Timezone Offset From UTC.
    /// </summary>
    public static bool TryOffset(ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = default;
        text = ValueText.Trim(text);
        if (text.Length != 5
            || text[0] is not ((byte)'+' or (byte)'-')
            || !ValueText.TryDigits(text[1..3], out var hours) ||
            !ValueText.TryDigits(text[3..], out var minutes) || minutes > 59)
        {
            return false;
        }

        var total = ((hours * 60) + minutes) * (text[0] == '-' ? -1 : 1);
        offset = TimeSpan.FromMinutes(total);
        return total is >= -12 * 60 and <= 14 * 60;
    }
}
