using System.Buffers.Binary;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

// How the attributes of a data set become a mapping.
internal sealed partial record GreyscaleMapping
{
    // LUT Descriptor: a first value of 0 stands for 2¹⁶ entries (PS3.3 C.11.1.1.1).
    private const int MostEntries = 65_536;

    /// <summary>Reads what the file says about a frame, counted from 0.</summary>
    public static GreyscaleMapping Read(DicomDataSet dataSet, int frame, bool isSigned)
    {
        // Multi-frame objects of the enhanced kind say it for each frame or once for all (PS3.3 C.7.6.16.2.9, .10).
        var transformation = FunctionalGroup(dataSet, frame, Tag.PixelValueTransformationSequence) ?? dataSet;
        var slope = transformation.GetDouble(Tag.RescaleSlope) ?? 1;
        var intercept = transformation.GetDouble(Tag.RescaleIntercept) ?? 0;
        var modalityLut = ReadTable(First(dataSet, Tag.ModalityLUTSequence), isSigned);

        var valuesOfInterest = FunctionalGroup(dataSet, frame, Tag.FrameVOILUTSequence) ?? dataSet;
        var voiIsSigned = modalityLut is null && (isSigned || intercept < 0 || slope < 0);
        return new()
        {
            Slope = double.IsFinite(slope) ? slope : 1,
            Intercept = double.IsFinite(intercept) ? intercept : 0,
            ModalityLut = modalityLut,
            Window = ReadWindow(valuesOfInterest),
            VoiLut = ReadTable(First(dataSet, Tag.VOILUTSequence), voiIsSigned),
            LowestIsWhite = dataSet.GetString(Tag.PhotometricInterpretation) == "MONOCHROME1",
            Padding = ReadPadding(dataSet),
        };
    }

    /// <summary>The first window; several are alternatives to choose from (PS3.3 C.11.2.1.2).</summary>
    private static Window? ReadWindow(DicomDataSet dataSet)
    {
        if (dataSet.GetDouble(Tag.WindowCenter) is not { } center || dataSet.GetDouble(Tag.WindowWidth) is not { } width)
            return null;

        _ = Imaging.Window.TryParseFunction(dataSet.GetString(Tag.VOILUTFunction) ?? "LINEAR", out var function);
        var window = new Window(center, width, function);
        if (window.IsDefined)
            return window;

        // A width between 0 and 1 is against the rule of LINEAR; the neighbouring function has a meaning for it.
        window = window with { Function = WindowFunction.LinearExact };
        return window.IsDefined ? window : null;
    }

    private static (double, double)? ReadPadding(DicomDataSet dataSet)
    {
        if (dataSet.GetDouble(Tag.PixelPaddingValue) is not { } value)
            return null;
        var limit = dataSet.GetDouble(Tag.PixelPaddingRangeLimit) ?? value;
        return (Math.Min(value, limit), Math.Max(value, limit));
    }

    /// <summary>A table that is broken counts as absent: the picture without it is better than none.</summary>
    private static LookupTable? ReadTable(DicomDataSet? item, bool isSigned)
    {
        if (item is null || item.GetInt32(Tag.LUTDescriptor, 0) is not { } count || item.GetInt32(Tag.LUTDescriptor, 2) is not { } bits
            || !item.TryGet(Tag.LUTDescriptor, out var descriptor) || !item.TryGet(Tag.LUTData, out var data))
        {
            return null;
        }

        // The descriptor's three values share one VR, which makes the two counts negative where it is SS.
        count = count == 0 ? MostEntries : (ushort)count;
        var first = item.GetInt32(Tag.LUTDescriptor, 1) ?? 0;
        first = isSigned || descriptor.Vr == Vr.SS ? (short)first : (ushort)first;

        var bytes = data.Value.Span;
        if (bits is < 1 or > 16 || bytes.Length < count)
            return null;
        return new LookupTable(first, ReadEntries(bytes, count, bits, data.IsBigEndian), bits);
    }

    private static ushort[] ReadEntries(ReadOnlySpan<byte> bytes, int count, int bits, bool isBigEndian)
    {
        var entries = new ushort[count];
        // Tables of 8 bits come in words, and in old files two entries to a word.
        var packed = bytes.Length < 2 * count;
        for (var index = 0; index < count; index++)
        {
            var word = packed ? bytes[isBigEndian ? index ^ 1 : index]
                : isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * index)..])
                : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * index)..]);
            entries[index] = (ushort)(word & ((1 << bits) - 1));
        }

        return entries;
    }

    private static DicomDataSet? FunctionalGroup(DicomDataSet dataSet, int frame, Tag macro)
    {
        var frames = dataSet.GetSequence(Tag.PerFrameFunctionalGroupsSequence);
        return (frame < frames.Count ? First(frames[frame], macro) : null)
            ?? (First(dataSet, Tag.SharedFunctionalGroupsSequence) is { } shared ? First(shared, macro) : null);
    }

    private static DicomDataSet? First(DicomDataSet dataSet, Tag sequence)
    {
        var items = dataSet.GetSequence(sequence);
        return items.Count > 0 ? items[0] : null;
    }
}
