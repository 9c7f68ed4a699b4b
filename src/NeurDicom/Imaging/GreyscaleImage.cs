using System.Diagnostics.CodeAnalysis;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>The Image Pixel module of an instance that can be drawn: native, one sample a pixel; PS3.3 C.7.6.3.</summary>
internal sealed record GreyscaleImage(int Rows, int Columns, int Frames, SampleLayout Layout, PixelDataElement PixelData)
{
    /// <summary>
    /// A frame with more pixels than that is refused. The largest native frames, of mammography and digitised film, have a
    /// quarter of it, and a picture takes three to five bytes a pixel while it is made.
    /// </summary>
    public const int MostPixels = 100_000_000;

    public int Pixels => Rows * Columns;

    /// <summary>Where a frame's first cell is, in bits behind the start of the value: cells of single bits need not begin on a byte.</summary>
    public long FirstBit(int frame) => (long)frame * Pixels * Layout.BitsAllocated;

    /// <summary>Bytes that hold a frame, with what it shares of its first and last byte.</summary>
    public int FrameLength(int frame)
    {
        var first = FirstBit(frame);
        return (int)((first + (long)Pixels * Layout.BitsAllocated + 7) / 8 - first / 8);
    }

    /// <summary>Reads the module, or says why the instance cannot be drawn.</summary>
    public static bool TryRead(
        DicomFile file, [NotNullWhen(true)] out GreyscaleImage? image, [NotNullWhen(false)] out string? reason)
    {
        image = null;
        var dataSet = file.DataSet;
        if (file.PixelData is not { } pixelData)
        {
            reason = "The instance holds no pixel data.";
            return false;
        }

        reason = WhyNotNative(file, pixelData) ?? WhyNotGrey(dataSet);
        if (reason is not null)
            return false;

        if (dataSet.GetInt32(Tag.Rows) is not { } rows || dataSet.GetInt32(Tag.Columns) is not { } columns || rows < 1 || columns < 1)
        {
            reason = "Rows (0028,0010) or Columns (0028,0011) is missing or 0.";
            return false;
        }

        if ((long)rows * columns > MostPixels)
        {
            reason = $"A frame of {columns} by {rows} pixels is larger than the {MostPixels:N0} pixels that are drawn.";
            return false;
        }

        var allocated = dataSet.GetInt32(Tag.BitsAllocated) ?? 0;
        var stored = dataSet.GetInt32(Tag.BitsStored) ?? allocated;
        var highBit = dataSet.GetInt32(Tag.HighBit) ?? stored - 1;
        var layout = new SampleLayout(allocated, stored, highBit, dataSet.GetInt32(Tag.PixelRepresentation) == 1);
        if (!layout.IsValid)
        {
            reason = $"Bits Allocated {allocated}, Bits Stored {stored} and High Bit {highBit} do not describe values of 1 to 32 bits.";
            return false;
        }

        // Number of Frames is 1 where it is absent, and some writers leave a 0 (PS3.3 C.7.6.6.1.1).
        var frames = Math.Max(1, dataSet.GetInt32(Tag.NumberOfFrames) ?? 1);
        image = new GreyscaleImage(rows, columns, frames, layout, pixelData);
        return true;
    }

    private static string? WhyNotNative(DicomFile file, PixelDataElement pixelData)
    {
        if (pixelData.Tag != Tag.PixelData)
            return "The pixels are floating-point numbers, which are not drawn yet.";
        if (file.TransferSyntax.IsEncapsulated || pixelData.IsEncapsulated)
            return $"The pixels are compressed ({file.TransferSyntax.Name}), and compressed pixels are not decoded yet.";
        return null;
    }

    private static string? WhyNotGrey(DicomDataSet dataSet)
    {
        var samples = dataSet.GetInt32(Tag.SamplesPerPixel) ?? 1;
        var photometric = dataSet.GetString(Tag.PhotometricInterpretation);

        // ACR-NEMA files have no Photometric Interpretation and are grey.
        if (samples == 1 && photometric is null or "" or "MONOCHROME1" or "MONOCHROME2")
            return null;
        return photometric is "MONOCHROME1" or "MONOCHROME2" or null or ""
            ? $"Grey pixels have one sample each, and these have {samples}."
            : $"The pixels are in colour (Photometric Interpretation {Printable(photometric)}), which is not drawn yet.";
    }

    // A code string of the file goes into an answer: at most its sixteen characters, and only those of a code (PS3.5 6.2).
    private static string Printable(string code) =>
        string.Concat(code.Take(16).Where(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '_'));
}
