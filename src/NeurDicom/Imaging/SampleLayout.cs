using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace NeurDicom.Imaging;

/// <summary>How the stored values of a grey frame lie in its cells; PS3.5 8.1.1, PS3.3 C.7.6.3.1.</summary>
/// <param name="BitsAllocated">Bits of a cell, 1 to 32. Cells that are no whole bytes follow one another without gaps.</param>
/// <param name="BitsStored">Bits of the value.</param>
/// <param name="HighBit">The value's highest bit; what lies outside of the value (overlays once did) is ignored.</param>
/// <param name="Signed">Two's complement.</param>
internal readonly record struct SampleLayout(int BitsAllocated, int BitsStored, int HighBit, bool Signed)
{
    /// <summary>Whether the value fits into its cell.</summary>
    public bool IsValid => BitsAllocated is >= 1 and <= 32 && BitsStored >= 1 && BitsStored <= HighBit + 1 && HighBit < BitsAllocated;

    /// <summary>
    /// What to add to an unpacked value to get the stored one: 32-bit unsigned values do not fit an <see cref="int"/> and
    /// are unpacked less 2³¹, all others as they are.
    /// </summary>
    public double Bias => BitsStored == 32 && !Signed ? 2147483648.0 : 0;

    /// <summary>Unpacks little-endian cells.</summary>
    /// <param name="firstBit">Where the first cell begins; other than 0 only for cells that are no whole bytes.</param>
    public void Unpack(ReadOnlySpan<byte> cells, int firstBit, Span<int> values)
    {
        switch (BitsAllocated)
        {
            case 8:
                for (var index = 0; index < values.Length; index++)
                    values[index] = cells[index];
                break;
            case 16:
                Unpack16(cells, values);
                break;
            case 32:
                for (var index = 0; index < values.Length; index++)
                    values[index] = BinaryPrimitives.ReadInt32LittleEndian(cells[(4 * index)..]);
                break;
            default:
                UnpackBits(cells, firstBit, values);
                break;
        }

        CutToStoredBits(values);
    }

    private static void Unpack16(ReadOnlySpan<byte> cells, Span<int> values)
    {
        var index = 0;
        if (BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, ushort>(cells);
            for (; index <= values.Length - Vector<ushort>.Count; index += Vector<ushort>.Count)
            {
                Vector.Widen(new Vector<ushort>(words[index..]), out var low, out var high);
                low.As<uint, int>().CopyTo(values[index..]);
                high.As<uint, int>().CopyTo(values[(index + Vector<int>.Count)..]);
            }
        }

        for (; index < values.Length; index++)
            values[index] = BinaryPrimitives.ReadUInt16LittleEndian(cells[(2 * index)..]);
    }

    private void UnpackBits(ReadOnlySpan<byte> cells, int firstBit, Span<int> values)
    {
        var bit = firstBit;
        for (var index = 0; index < values.Length; index++)
        {
            var value = 0;
            for (var position = 0; position < BitsAllocated; position++, bit++)
                value |= ((cells[bit >> 3] >> (bit & 7)) & 1) << position;
            values[index] = value;
        }
    }

    private void CutToStoredBits(Span<int> values)
    {
        var left = 31 - HighBit;
        var right = 32 - BitsStored;
        var bias = BitsStored == 32 && !Signed ? int.MinValue : 0;
        var widensAsIs = BitsAllocated < 32 && BitsStored == BitsAllocated && !Signed;
        if (widensAsIs)
            return;

        var index = 0;
        for (; index <= values.Length - Vector<int>.Count; index += Vector<int>.Count)
        {
            var value = new Vector<int>(values[index..]) << left;
            value = Signed ? value >> right : value >>> right;
            (value + new Vector<int>(bias)).CopyTo(values[index..]);
        }

        for (; index < values.Length; index++)
        {
            var value = values[index] << left;
            values[index] = unchecked((Signed ? value >> right : value >>> right) + bias);
        }
    }
}
