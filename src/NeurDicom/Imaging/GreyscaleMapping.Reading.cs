using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

// How the attributes of a data set become a mapping.
internal sealed partial record GreyscaleMapping
{
    // LUT Descriptor: a first value of 0 stands for 2¹⁶ entries (PS3.3 C.11.1.1.1).
    private const int MostEntries = 65_536;

    /// <summary>Reads what the file says about a frame, counted from 0.</summary>
    public static GreyscaleMapping Read(DicomDataSet dataSet, int frame, bool isSigned) =>
        Read(new FunctionalGroups(dataSet), frame, isSigned);

    /// <summary>The same for who asks for many frames.</summary>
    public static GreyscaleMapping Read(FunctionalGroups groups, int frame, bool isSigned)
    {
        var dataSet = groups.DataSet;
        // Multi-frame objects of the enhanced kind say it for each frame or once for all (PS3.3 C.7.6.16.2.9, .10).
        var transformation = groups.Find(frame, Tag.PixelValueTransformationSequence) ?? dataSet;
        var slope = transformation.GetDouble(Tag.RescaleSlope) ?? 1;
        var intercept = transformation.GetDouble(Tag.RescaleIntercept) ?? 0;
        var modalityLut = ReadTable(FunctionalGroups.First(dataSet, Tag.ModalityLUTSequence), isSigned);

        var valuesOfInterest = groups.Find(frame, Tag.FrameVOILUTSequence) ?? dataSet;
        var voiIsSigned = modalityLut is null && (isSigned || intercept < 0 || slope < 0);
        return new()
        {
            Slope = double.IsFinite(slope) ? slope : 1,
            Intercept = double.IsFinite(intercept) ? intercept : 0,
            ModalityLut = modalityLut,
            Window = ReadWindow(valuesOfInterest),
            VoiLut = ReadTable(FunctionalGroups.First(dataSet, Tag.VOILUTSequence), voiIsSigned),
            LowestIsWhite = dataSet.GetString(Tag.PhotometricInterpretation) == "MONOCHROME1",
            Padding = ReadPadding(dataSet),
        };
    }

    /// <summary>
    /// One of the windows, the first unless told otherwise; several are alternatives to choose from (PS3.3 C.11.2.1.2).
    /// </summary>
    internal static Window? ReadWindow(DicomDataSet dataSet, int index = 0)
    {
        if (dataSet.GetDouble(Tag.WindowCenter, index) is not { } center
            || dataSet.GetDouble(Tag.WindowWidth, index) is not { } width)
        {
            return null;
        }

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
        if ((dataSet.GetDouble(Tag.PixelPaddingValue) ?? dataSet.GetDouble(Tag.FloatPixelPaddingValue)
            ?? dataSet.GetDouble(Tag.DoubleFloatPixelPaddingValue)) is not { } value)
        {
            return null;
        }

        var limit = dataSet.GetDouble(Tag.PixelPaddingRangeLimit) ?? dataSet.GetDouble(Tag.FloatPixelPaddingRangeLimit)
            ?? dataSet.GetDouble(Tag.DoubleFloatPixelPaddingRangeLimit) ?? value;
        return (Math.Min(value, limit), Math.Max(value, limit));
    }

    /// <summary>A table that is broken counts as absent: the picture without it is better than none.</summary>
    private static LookupTable? ReadTable(DicomDataSet? item, bool isSigned)
    {
        if (item is null
            || item.GetInt32(Tag.LUTDescriptor, 0) is not { } count
            || item.GetInt32(Tag.LUTDescriptor, 2) is not { } bits
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
        return new LookupTable(first, LookupTable.ReadEntries(bytes, count, bits, data.IsBigEndian), bits);
    }
}
