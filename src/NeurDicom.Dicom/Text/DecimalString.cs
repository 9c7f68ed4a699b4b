using System.Globalization;

namespace NeurDicom.Dicom.Text;

/// <summary>
/// The value representation DS: a decimal number in text, as <c>-12.5</c> or <c>1e-4</c> (PS3.5 6.2).
/// </summary>
public static class DecimalString
{
    /// <summary>
    /// Longer text is not looked at. The standard has 16 bytes; writers that print a double as it comes have up to 25.
    /// </summary>
    private const int Longest = 64;

    /// <summary>
    /// Reads one value as the nearest double. Only digits, sign, point and exponent are a number: <c>NaN</c>,
    /// <c>inf</c> and what is beyond the range of a double are not.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        text = ValueText.Trim(text);
        return IsNumber(text) &&
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
                && double.IsFinite(number);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out double)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out double number) =>
        ValueText.TryParse(text, TryParse, out number);

    /// <summary>Reads one value exactly: 28 digits and more are kept, where a double has 15 to 17.</summary>
    public static bool TryParseExact(ReadOnlySpan<byte> text, out decimal number)
    {
        number = 0;
        text = ValueText.Trim(text);
        return IsNumber(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Whether the text, without padding, has the form <c>[+-]digits[.digits][(E|e)[+-]digits]</c>.</summary>
    internal static bool IsNumber(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > Longest)
            return false;

        var i = text[0] is (byte)'+' or (byte)'-' ? 1 : 0;
        var whole = CountDigits(text, ref i);
        var fraction = 0;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            fraction = CountDigits(text, ref i);
        }

        if (whole + fraction == 0)
            return false;
        if (i < text.Length && text[i] is (byte)'e' or (byte)'E')
        {
            i++;
            if (i < text.Length && text[i] is (byte)'+' or (byte)'-')
                i++;
            if (CountDigits(text, ref i) == 0)
                return false;
        }

        return i == text.Length;
    }

    private static int CountDigits(ReadOnlySpan<byte> text, ref int i)
    {
        var start = i;
        while (i < text.Length && (uint)(text[i] - '0') <= 9)
            i++;
        return i - start;
    }
}
