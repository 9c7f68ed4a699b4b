using System.Text;

namespace NeurDicom.Dicom.Text;

/// <summary>What the value parsers share: padding (PS3.5 6.2) and runs of digits.</summary>
internal static class ValueText
{
    /// <summary>No date, time, number or age is longer, padding aside: a DT range has 54 bytes.</summary>
    private const int Longest = 64;

    internal delegate bool Parser<T>(ReadOnlySpan<byte> text, out T value);

    /// <summary>Takes padding off both ends: spaces, and the NULs that senders use in their place.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var (start, end) = (0, text.Length);
        while (end > start && text[end - 1] is 0x20 or 0)
            end--;
        while (start < end && text[start] is 0x20 or 0)
            start++;
        return text[start..end];
    }

    /// <summary>Takes padding off the end only: leading spaces mean something in ST, LT, UT, UC and UR.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        var end = text.Length;
        while (end > 0 && text[end - 1] is 0x20 or 0)
            end--;
        return text[..end];
    }

    /// <summary>Reads a run of nothing but digits, at most nine.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        if (digits.IsEmpty || digits.Length > 9)
            return false;

        foreach (var digit in digits)
        {
            var value = digit - '0';
            if ((uint)value > 9)
                return false;
            number = (number * 10) + value;
        }

        return true;
    }

    /// <summary>Runs a parser of bytes on characters; text that is not ASCII is no value.</summary>
    public static bool TryParse<T>(ReadOnlySpan<char> text, Parser<T> parser, out T value)
    {
        Span<byte> bytes = stackalloc byte[Longest];
        if (Encoding.ASCII.TryGetBytes(text, bytes, out var written) && Ascii.IsValid(text))
            return parser(bytes[..written], out value);

        value = default!; // The result is false, and callers do not look at the value then.
        return false;
    }
}
