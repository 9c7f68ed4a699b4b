using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>How the stored values of a grey frame lie in its cells; PS3.5 8.1.1, PS3.3 C.7.6.3.1.</summary>
/// <param name="BitsAllocated">Bits of a cell: 8, 16 or 32.</param>
/// <param name="BitsStored">Bits of the value.</param>
/// <param name="HighBit">
/// The value's highest bit; what lies outside of the value (overlays once did) is ignored.
/// </param>
/// <param name="Signed">Two's complement.</param>
internal readonly record struct SampleLayout(int BitsAllocated, int BitsStored, int HighBit, bool Signed)
{
    /// <summary>
    /// The layout of the samples of <see cref="NativeFrames.ReadSamples"/>, where a single bit has a byte to itself.
    /// </summary>
    public static SampleLayout Of(PixelDescription description) => new(
        Math.Max(8, description.BitsAllocated), description.BitsStored, description.HighBit, description.IsSigned);

    /// <summary>
    /// What to add to an unpacked value to get the stored one:
    /// 32-bit unsigned values do not fit an <see cref="int"/> and are unpacked less 2³¹, all others as they are.
    /// </summary>
    public double Bias => BitsStored == 32 && !Signed ? 2147483648.0 : 0;

    /// <summary>Unpacks little-endian cells.</summary>
    public void Unpack(ReadOnlySpan<byte> cells, Span<int> values)
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
            default:
                for (var index = 0; index < values.Length; index++)
                    values[index] = BinaryPrimitives.ReadInt32LittleEndian(cells[(4 * index)..]);
                break;
        }

        CutToStoredBits(values);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
