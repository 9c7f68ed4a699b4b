using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>
/// Red, green and blue of every index: Palette Color Lookup Tables, PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9.
/// </summary>
/// <param name="First">The index that the first entry stands for; what lies below takes the first entry.</param>
/// <param name="Red">At least one entry, as many as the others; indices behind the last take the last.</param>
/// <param name="Bits">Bits of an entry: 8 or 16.</param>
internal sealed record Palette(int First, ushort[] Red, ushort[] Green, ushort[] Blue, int Bits)
{
    // A first value of 0 stands for 2¹⁶ entries (PS3.3 C.7.6.3.1.5).
    private const int MostEntries = 65_536;

    /// <summary>Null, with a sentence for the client, where the file has no palette or a broken one.</summary>
    /// <param name="isSigned">Whether the indices are signed, and with them the first one that is mapped.</param>
    public static Palette? TryRead(DicomDataSet dataSet, bool isSigned, out string problem)
    {
        problem = "The palette is missing, or its three tables do not fit one another (PS3.3 C.7.6.3.1.5).";
        if (ReadTable(dataSet, isSigned, Tag.RedPaletteColorLookupTableDescriptor, Tag.RedPaletteColorLookupTableData,
                Tag.SegmentedRedPaletteColorLookupTableData) is not { } red
            || ReadTable(dataSet, isSigned,
                Tag.GreenPaletteColorLookupTableDescriptor, Tag.GreenPaletteColorLookupTableData,
                Tag.SegmentedGreenPaletteColorLookupTableData) is not { } green
            || ReadTable(dataSet, isSigned,
                Tag.BluePaletteColorLookupTableDescriptor, Tag.BluePaletteColorLookupTableData,
                Tag.SegmentedBluePaletteColorLookupTableData) is not { } blue
            || red.Entries.Length != green.Entries.Length || red.Entries.Length != blue.Entries.Length
            || red.First != green.First || red.First != blue.First
            || red.Bits != green.Bits || red.Bits != blue.Bits)
        {
            return null;
        }

        problem = "";
        var bits = red.Bits;
        // Programs that made 8-bit tables of 16-bit ones left the wider descriptor: read as it says,
        // all would be black.
        if (bits == 16
            && Highest(red) <= byte.MaxValue
            && Highest(green) <= byte.MaxValue
            && Highest(blue) <= byte.MaxValue)
            bits = 8;
        return new Palette(red.First, red.Entries, green.Entries, blue.Entries, bits);
    }

    private static ushort Highest(LookupTable table) => table.Entries.Max();

    private static LookupTable? ReadTable(
        DicomDataSet dataSet, bool isSigned, Tag descriptorTag, Tag dataTag, Tag segmentsTag)
    {
        if (!dataSet.TryGet(descriptorTag, out var descriptor) || dataSet.GetInt32(descriptorTag, 0) is not { } count
            || dataSet.GetInt32(descriptorTag, 1) is not { } first || dataSet.GetInt32(descriptorTag, 2) is not { } bits
            || bits is not (8 or 16))
        {
            return null;
        }

        // One VR for all three values, which makes the count negative where it is SS.
        count = count == 0 ? MostEntries : (ushort)count;
        first = isSigned || descriptor.Vr == Vr.SS ? (short)first : (ushort)first;
        if (dataSet.TryGet(dataTag, out var data) && data.Length > 0)
        {
            var bytes = data.Value.Span;
            return bytes.Length < (bits == 8 ? count : 2 * count)
                ? null
                : new LookupTable(first, LookupTable.ReadEntries(bytes, count, bits, data.IsBigEndian), bits);
        }

        if (!dataSet.TryGet(segmentsTag, out var segments) || segments.Length == 0)
            return null;
        var entries = PaletteSegments.Expand(segments.Value.Span, count, bits, segments.IsBigEndian);
        return entries is null ? null : new LookupTable(first, entries, bits);
    }
}
