using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

/// <summary>Values to bytes, held against the rules of their VRs (PS3.5 6.2).</summary>
internal static class ValueBytes
{
    /// <summary>Text values, joined by backslashes, each checked.</summary>
    public static string Join(Tag tag, Vr vr, ReadOnlySpan<string> values)
    {
        if (!vr.IsText())
            throw new DicomValueException(tag, vr, "Text cannot be written in this VR");
        if (values.Length > 1 && !vr.IsMultiValuedText())
            throw new DicomValueException(tag, vr, "This VR has one value only");

        foreach (var value in values)
            Check(tag, vr, value);
        return values.Length == 1 ? values[0] : string.Join('\\', values.ToArray());
    }

    public static byte[] Numbers(Tag tag, Vr vr, ReadOnlySpan<long> numbers)
    {
        if (vr is Vr.DS or Vr.IS)
            return Encoding.ASCII.GetBytes(Join(tag, vr, Map(numbers, n => n.ToString(CultureInfo.InvariantCulture))));
        if (vr is Vr.FL or Vr.FD or Vr.OF or Vr.OD)
            return Numbers(tag, vr, (ReadOnlySpan<double>)Map(numbers, n => (double)n));

        var (low, high) = vr switch
        {
            Vr.US or Vr.OW => (0L, (long)ushort.MaxValue),
            Vr.SS => (short.MinValue, short.MaxValue),
            Vr.UL or Vr.OL or Vr.AT => (0, uint.MaxValue),
            Vr.SL => (int.MinValue, int.MaxValue),
            Vr.SV => (long.MinValue, long.MaxValue),
            Vr.UV or Vr.OV => (0, long.MaxValue),
            Vr.OB => (0, byte.MaxValue),
            _ => throw new DicomValueException(tag, vr, "A number cannot be written in this VR"),
        };
        var size = vr.ValueSize();
        var bytes = new byte[numbers.Length * size];
        Span<byte> word = stackalloc byte[8];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] < low || numbers[i] > high)
                throw new DicomValueException(tag, vr, $"The number is beyond {low} to {high}");

            // AT is two words, group first (PS3.5 6.2).
            var number = vr is Vr.AT ? (numbers[i] >> 16) | ((numbers[i] & 0xFFFF) << 16) : numbers[i];
            BinaryPrimitives.WriteInt64LittleEndian(word, number);
            word[..size].CopyTo(bytes.AsSpan(i * size));
        }

        return bytes;
    }

    public static byte[] Numbers(Tag tag, Vr vr, ReadOnlySpan<double> numbers)
    {
        if (vr is Vr.DS)
            return Encoding.ASCII.GetBytes(Join(tag, vr, Map(numbers, n => Decimal(tag, n))));

        var size = vr is Vr.FL or Vr.OF ? 4
            : vr is Vr.FD or Vr.OD ? 8
            : throw new DicomValueException(tag, vr, "A number with a fraction cannot be written in this VR");
        var bytes = new byte[numbers.Length * size];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (size == 4)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), (float)numbers[i]);
            else
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), numbers[i]);
        }

        return bytes;
    }

    /// <summary>The bytes of a text in a character set.</summary>
    public static ReadOnlyMemory<byte> Encode(Tag tag, Vr vr, string text, CharacterSet characterSet) =>
        (vr.IsCharacterSetDependent() ? characterSet : CharacterSet.Default).TryEncode(text, out var bytes)
            ? bytes
            : throw new DicomValueException(
                tag, vr, "The Specific Character Set of the data set cannot hold a character of the value");

    /// <summary>What fills a value of odd length up (PS3.5 6.2): a space for text, else, and for UI, NUL.</summary>
    public static byte Padding(Vr vr) => vr.IsText() && vr is not Vr.UI ? (byte)' ' : (byte)0;

    /// <summary>Little endian from big endian and back, in place.</summary>
    public static void SwapWords(Vr vr, Span<byte> bytes)
    {
        // AT is a pair of 16-bit words (PS3.5 7.3).
        var size = vr is Vr.AT ? 2 : vr.ValueSize();
        if (size < 2)
            return;
        for (var i = 0; i + size <= bytes.Length; i += size)
            bytes.Slice(i, size).Reverse();
    }

    private static void Check(Tag tag, Vr vr, string value)
    {
        // Line ends, form feeds and tabs belong to texts of lines; no other control character to any (PS3.5 6.1.3).
        var isLines = vr is Vr.LT or Vr.ST or Vr.UT;
        foreach (var c in value)
        {
            if (char.IsControl(c) && !(isLines && c is '\r' or '\n' or '\f' or '\t'))
                throw new DicomValueException(tag, vr, "There is a control character in the value");
            if (c == '\\' && vr.IsMultiValuedText())
                throw new DicomValueException(tag, vr, "A backslash separates values and cannot be part of one");
        }

        if (vr.IsCharacterSetDependent())
        {
            var longest = ValueRules.Longest(vr);
            foreach (var part in vr is Vr.PN ? value.Split('=') : [value])
            {
                if (part.Length > longest)
                    throw new DicomValueException(tag, vr, $"The value is longer than {longest} characters");
            }

            if (vr is Vr.PN && value.AsSpan().Count('=') > 2)
                throw new DicomValueException(tag, vr, "A name has at most three groups");
            return;
        }

        if (!Ascii.IsValid(value))
            throw new DicomValueException(tag, vr, "The value has characters beyond ASCII");
        var bytes = Encoding.ASCII.GetBytes(value);
        if (ValueRules.FindFault(vr, bytes) is { } fault)
            throw new DicomValueException(tag, vr, fault);

        // Forms that only old files have.
        if (vr is Vr.DA && value.Length is not (0 or 8))
            throw new DicomValueException(tag, vr, "A date has eight digits");
        if (vr is Vr.TM && value.Contains(':'))
            throw new DicomValueException(tag, vr, "A time has no colons");
    }

    // Sixteen bytes at most (PS3.5 6.2), and as many digits as fit.
    private static string Decimal(Tag tag, double number)
    {
        if (!double.IsFinite(number))
            throw new DicomValueException(tag, Vr.DS, "The number is not finite");
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        for (var digits = 16; text.Length > 16; digits--)
            text = number.ToString($"G{digits}", CultureInfo.InvariantCulture);
        return text;
    }

    private static TTo[] Map<TFrom, TTo>(ReadOnlySpan<TFrom> values, Func<TFrom, TTo> map)
    {
        var mapped = new TTo[values.Length];
        for (var i = 0; i < values.Length; i++)
            mapped[i] = map(values[i]);
        return mapped;
    }
}
