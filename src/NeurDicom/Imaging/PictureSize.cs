using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>How large a picture becomes.</summary>
internal readonly record struct PictureSize(int Width, int Height)
{
    /// <summary>
    /// A picture is enlarged to at most this many pixels a side, and to at most eight times the frame's.
    /// </summary>
    public const int MostEnlarged = 4096;

    private const double MostTimes = 8;

    // Pixels more oblong than that are taken for a mistake.
    private const double MostOblong = 16;

    public long Pixels => (long)Width * Height;

    /// <summary>
    /// The largest picture of the frame's shape that fits into the width and height asked for;
    /// where neither is, the frame pixel for pixel.
    /// </summary>
    /// <param name="pixelWidth">The width of a pixel over its height.</param>
    public static PictureSize Fit(int columns, int rows, double pixelWidth, int? width, int? height)
    {
        if (width is null && height is null)
            return new(columns, rows);

        var wide = columns * pixelWidth;
        var scale = Math.Min(width / wide ?? double.PositiveInfinity, height / (double)rows ?? double.PositiveInfinity);
        if (scale > 1)
            scale = Math.Max(1, Math.Min(scale, Math.Min(MostTimes, MostEnlarged / Math.Max(wide, rows))));
        return new(Math.Max(1, (int)Math.Round(wide * scale)), Math.Max(1, (int)Math.Round(rows * scale)));
    }

    /// <summary>
    /// The width of a frame's pixels over their height: Pixel Spacing and its kin (PS3.3 10.7), else Pixel Aspect Ratio
    /// (C.7.6.3.1.7), both with the vertical value first.
    /// </summary>
    public static double ReadPixelWidth(DicomDataSet dataSet, int frame)
    {
        var measures = FunctionalGroups.Find(dataSet, frame, Tag.PixelMeasuresSequence) ?? dataSet;
        foreach (var (group, tag) in new[]
        {
            (measures, Tag.PixelSpacing), (dataSet, Tag.ImagerPixelSpacing), (dataSet, Tag.NominalScannedPixelSpacing),
            (dataSet, Tag.PixelAspectRatio),
        })
        {
            if (group.GetDouble(tag, 0) is > 0 and var vertical && group.GetDouble(tag, 1) is > 0 and var horizontal)
                return horizontal / vertical is > 1 / MostOblong and < MostOblong and var ratio ? ratio : 1;
        }

        return 1;
    }
}
