using System.Globalization;

namespace NeurDicom.Dicom.Text;

/// <summary>
/// The value representation TM: <c>HH[MM[SS[.F]]]</c> (PS3.5 6.2). What a value leaves out is null, since an hour
/// without minutes is a statement of its own.
/// </summary>
public readonly record struct DicomTime
{
    private const int FractionDigits = 6;

    /// <summary>0 to 23.</summary>
    public int Hour { get; private init; }

    /// <summary>0 to 59, or null.</summary>
    public int? Minute { get; private init; }

    /// <summary>0 to 60, or null; 60 is a leap second.</summary>
    public int? Second { get; private init; }

    /// <summary>The fraction of the second in microseconds, or null.</summary>
    public int? Microsecond { get; private init; }

    /// <summary>
    /// The earliest time of day that the value stands for; a leap second is the last tick before the next minute.
    /// </summary>
    public TimeOnly ToTimeOnly() => Second == 60
        ? new TimeOnly(Hour, Minute ?? 0, 59, 999, 999)
        : new TimeOnly(Hour, Minute ?? 0, Second ?? 0).Add(TimeSpan.FromMicroseconds(Microsecond ?? 0));

    /// <summary>Reads one value; also the form <c>HH:MM:SS.F</c> of ACR-NEMA.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DicomTime time)
    {
        time = default;
        text = ValueText.Trim(text);
        if (text.Length < 5 || text[2] != ':')
            return TryParseFields(text, out time);

        Span<byte> joined = stackalloc byte[16];
        if (text.Length > joined.Length || (text.Length > 5 && (text.Length < 8 || text[5] != ':')))
            return false;

        text[..2].CopyTo(joined);
        text[3..5].CopyTo(joined[2..]);
        var seconds = text.Length > 5 ? text[6..] : [];
        seconds.CopyTo(joined[4..]);
        return TryParseFields(joined[..(4 + seconds.Length)], out time);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out DicomTime)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out DicomTime time) =>
        ValueText.TryParse(text, TryParse, out time);

    /// <summary>The value as TM writes it.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[13];
        var length = 0;
        Append(text, ref length, Hour);
        if (Minute is { } minute)
            Append(text, ref length, minute);
        if (Second is { } second)
            Append(text, ref length, second);
        if (Microsecond is { } fraction)
        {
            text[length++] = '.';
            fraction.TryFormat(text[length..], out var written, "D6", CultureInfo.InvariantCulture);
            length += written;
        }

        return text[..length].ToString();
    }

    /// <summary>
    /// Reads the fields without padding: two, four or six digits, the last with a fraction of up to six.
    /// </summary>
    internal static bool TryParseFields(ReadOnlySpan<byte> text, out DicomTime time)
    {
        time = default;
        int? minute = null, second = null, microsecond = null;
        if (text.Length < 2 || !ValueText.TryDigits(text[..2], out var hour) || hour > 23)
            return false;
        if (text.Length > 2)
        {
            if (text.Length < 4 || !ValueText.TryDigits(text[2..4], out var number) || number > 59)
                return false;
            minute = number;
        }

        if (text.Length > 4)
        {
            if (text.Length < 6 || !ValueText.TryDigits(text[4..6], out var number) || number > 60)
                return false;
            second = number;
        }

        if (text.Length > 6)
        {
            var fraction = text[7..];
            if (text[6] != '.' || fraction.Length > FractionDigits || !ValueText.TryDigits(fraction, out var number))
                return false;
            for (var digits = fraction.Length; digits < FractionDigits; digits++)
                number *= 10;
            microsecond = number;
        }

        time = new DicomTime { Hour = hour, Minute = minute, Second = second, Microsecond = microsecond };
        return true;
    }

    private static void Append(Span<char> text, ref int length, int number)
    {
        text[length++] = (char)('0' + (number / 10));
        text[length++] = (char)('0' + (number % 10));
    }
}
