namespace NeurDicom.Dicom.Text;

/// <summary>The value representation IS: a whole number in text, from -2^31 to 2^31-1 (PS3.5 6.2).</summary>
public static class IntegerString
{
    /// <summary>Reads one value.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int number)
    {
        var isRead = TryParse(text, out long wide);
        number = (int)wide;
        return isRead && number == wide;
    }

    /// <summary>Reads one value that may be larger than the standard allows, as some senders' counters are.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        text = ValueText.Trim(text);
        var isNegative = text.Length > 0 && text[0] == '-';
        var digits = text.Length > 0 && text[0] is (byte)'+' or (byte)'-' ? text[1..] : text;

        // 18 digits never overflow; more are no integer string.
        if (digits.IsEmpty || digits.Length > 18)
            return false;

        long value = 0;
        foreach (var digit in digits)
        {
            var next = digit - '0';
            if ((uint)next > 9)
                return false;
            value = (value * 10) + next;
        }

        number = isNegative ? -value : value;
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out int number) =>
        ValueText.TryParse<int>(text, TryParse, out number);
}
