using System.Buffers.Binary;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

public readonly partial struct DicomElement
{
    /// <summary>How many values there are (PS3.5 6.4): by the size of a number, by the backslashes of a text.</summary>
    public int ValueCount
    {
        get
        {
            var vr = Vr;
            if (IsSequence)
                return Items.Count;
            if (Record.Length == 0 || IsEncapsulated)
                return 0;
            if (vr.IsBinaryNumber() || vr is Vr.AT)
                return (int)(Record.Length / (uint)vr.ValueSize());
            return vr is Vr.PN or Vr.LO or Vr.SH or Vr.UC ? GetStrings().Length
                : vr.IsMultiValuedText() ? ValueSpan.Count((byte)'\\') + 1
                : 1;
        }
    }

    /// <summary>One value as a whole number: binary, IS, or DS without a fraction.</summary>
    public bool TryGetInt64(int index, out long number)
    {
        number = 0;
        if (index < 0)
            return false;

        switch (Vr)
        {
            case Vr.US or Vr.OW when TryGetWord(index, 2, out var word):
                number = (ushort)word;
                return true;
            case Vr.SS when TryGetWord(index, 2, out var word):
                number = (short)word;
                return true;
            case Vr.UL or Vr.OL when TryGetWord(index, 4, out var word):
                number = (uint)word;
                return true;
            case Vr.SL when TryGetWord(index, 4, out var word):
                number = (int)word;
                return true;
            case Vr.SV when TryGetWord(index, 8, out var word):
                number = (long)word;
                return true;
            case Vr.UV or Vr.OV when TryGetWord(index, 8, out var word) && word <= long.MaxValue:
                number = (long)word;
                return true;
            case Vr.OB when TryGetWord(index, 1, out var word):
                number = (byte)word;
                return true;
            case Vr.IS or Vr.DS or Vr.FL or Vr.FD:
                if (!TryGetDouble(index, out var real) || Math.Truncate(real) != real || Math.Abs(real) >= 1L << 53)
                    return false;
                number = (long)real;
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// One value as a number. A text that is no finite number is none; a binary NaN is given as it is.
    /// </summary>
    public bool TryGetDouble(int index, out double number)
    {
        number = 0;
        switch (Vr)
        {
            case Vr.IS or Vr.DS:
                return DecimalString.TryParse(GetText(index), out number);
            case Vr.FL or Vr.OF when TryGetWord(index, 4, out var word):
                number = BitConverter.UInt32BitsToSingle((uint)word);
                return true;
            case Vr.FD or Vr.OD when TryGetWord(index, 8, out var word):
                number = BitConverter.UInt64BitsToDouble(word);
                return true;
            case Vr.UV or Vr.OV when TryGetWord(index, 8, out var word):
                number = word;
                return true;
            case Vr.FL or Vr.FD or Vr.OF or Vr.OD or Vr.UV or Vr.OV:
                return false;
            default:
                var found = TryGetInt64(index, out var whole);
                number = whole;
                return found;
        }
    }

    /// <summary>All values as numbers; none where any of them is no number.</summary>
    public double[] GetDoubles()
    {
        var numbers = new double[ValueCount];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!TryGetDouble(i, out numbers[i]))
                return [];
        }

        return numbers;
    }

    /// <summary>One value of an unsigned 64-bit number, UV or OV.</summary>
    public bool TryGetUInt64(int index, out ulong number)
    {
        if (Vr is Vr.UV or Vr.OV)
            return TryGetWord(index, 8, out number);

        var found = TryGetInt64(index, out var whole) && whole >= 0;
        number = found ? (ulong)whole : 0;
        return found;
    }

    /// <summary>One value of an Attribute Tag, AT.</summary>
    public bool TryGetTag(int index, out Tag tag)
    {
        tag = default;
        var value = ValueSpan;
        if (Vr is not Vr.AT || index < 0 || value.Length < (index + 1L) * 4)
            return false;

        value = value[(index * 4)..];
        tag = IsBigEndian
            ? new Tag(BinaryPrimitives.ReadUInt32BigEndian(value))
            : new Tag(
                BinaryPrimitives.ReadUInt16LittleEndian(value), BinaryPrimitives.ReadUInt16LittleEndian(value[2..]));
        return true;
    }

    private bool TryGetWord(int index, int size, out ulong word)
    {
        word = 0;
        var value = ValueSpan;
        if (index < 0 || value.Length < (index + 1L) * size)
            return false;

        value = value.Slice(index * size, size);
        word = (size, IsBigEndian) switch
        {
            (1, _) => value[0],
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(value),
            (2, true) => BinaryPrimitives.ReadUInt16BigEndian(value),
            (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(value),
            (4, true) => BinaryPrimitives.ReadUInt32BigEndian(value),
            (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(value),
            (_, true) => BinaryPrimitives.ReadUInt64BigEndian(value),
        };
        return true;
    }

    /// <summary>The bytes of one of several values, separated by backslashes.</summary>
    private ReadOnlySpan<byte> GetText(int index)
    {
        var rest = ValueSpan;
        for (; index > 0; index--)
        {
            var separator = rest.IndexOf((byte)'\\');
            if (separator < 0)
                return [];
            rest = rest[(separator + 1)..];
        }

        var end = rest.IndexOf((byte)'\\');
        return (end < 0 ? rest : rest[..end]).Trim(" \0"u8);
    }
}
