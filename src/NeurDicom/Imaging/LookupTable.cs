using System.Buffers.Binary;

namespace NeurDicom.Imaging;

/// <summary>
/// A Modality LUT or VOI LUT: LUT Descriptor (0028,3002) and LUT Data (0028,3006); PS3.3 C.11.1.1.1, C.11.2.1.1.
/// </summary>
/// <param name="First">The value that the first entry stands for; what lies below takes the first entry.</param>
/// <param name="Entries">At least one; what lies behind the last takes the last.</param>
/// <param name="Bits">Bits of an entry, 1 to 16.</param>
internal sealed record LookupTable(int First, ushort[] Entries, int Bits)
{
    public double Apply(double value)
    {
        var index = Math.Clamp(Math.Round(value) - First, 0, Entries.Length - 1);
        return Entries[(int)index];
    }

    /// <summary>Where the entry lies between black (0) and white (1).</summary>
    public double ApplyRelative(double value) => Math.Min(1, Apply(value) / ((1 << Bits) - 1));

    /// <summary>Reads entries of up to 16 bits.</summary>
    public static ushort[] ReadEntries(ReadOnlySpan<byte> bytes, int count, int bits, bool isBigEndian)
    {
        var entries = new ushort[count];
        // Tables of 8 bits come in words, and in old files two entries to a word.
        var packed = bytes.Length < 2 * count;
        for (var index = 0; index < count; index++)
        {
            // An odd number of entries has its last byte swapped with nothing where the padding is missing.
            var word = packed ? bytes[isBigEndian && (index ^ 1) < bytes.Length ? index ^ 1 : index]
                : isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * index)..])
                : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * index)..]);
            entries[index] = (ushort)(word & ((1 << bits) - 1));
        }

        return entries;
    }
}
