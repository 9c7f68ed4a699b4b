namespace NeurDicom.Dicom;

/// <summary>
/// What a data set says of its pixels: Image Pixel Module, PS3.3 C.7.6.3. Every number has been checked to be in range,
/// none against the pixel data itself.
/// </summary>
public sealed record PixelDescription
{
    private PixelDescription()
    {
    }

    /// <summary>Rows (0028,0010), 1 to 65535.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns (0028,0011), 1 to 65535.</summary>
    public required int Columns { get; init; }

    /// <summary>Samples per Pixel (0028,0002): 1 or 3.</summary>
    public required int SamplesPerPixel { get; init; }

    /// <summary>Bits Allocated (0028,0100): 1, 8, 16, 32 or 64.</summary>
    public required int BitsAllocated { get; init; }

    /// <summary>Bits Stored (0028,0101), at most <see cref="BitsAllocated"/>.</summary>
    public required int BitsStored { get; init; }

    /// <summary>High Bit (0028,0102): that of the sample within its cell.</summary>
    public required int HighBit { get; init; }

    /// <summary>Pixel Representation (0028,0103) is 1: two's complement.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>Planar Configuration (0028,0006) is 1: all of one colour, then all of the next.</summary>
    public required bool IsPlanar { get; init; }

    /// <summary>Number of Frames (0028,0008), at least 1.</summary>
    public required int Frames { get; init; }

    /// <summary>Photometric Interpretation (0028,0004), as written; where it is absent, MONOCHROME2 or RGB.</summary>
    public required string PhotometricInterpretation { get; init; }

    /// <summary>Whether samples are floating point numbers: Float or Double Float Pixel Data.</summary>
    public required bool IsFloat { get; init; }

    /// <summary>
    /// Whether chroma is stored once for two pixels of a row (PS3.3 C.7.6.3.1.2, YBR_FULL_422). False as well where the
    /// pixel data have room for all of it: programs that decompress leave the name of what was compressed behind.
    /// </summary>
    public required bool IsSubsampled { get; init; }

    /// <summary>Pixels of one frame.</summary>
    public long PixelsPerFrame => (long)Rows * Columns;

    /// <summary>
    /// Bits of one native frame. With Bits Allocated 1 a frame may begin within a byte (PS3.5 8.1.1).
    /// </summary>
    public long BitsPerFrame => IsSubsampled
        ? (long)Rows * ((Columns + 1) / 2) * 4 * BitsAllocated
        : PixelsPerFrame * SamplesPerPixel * BitsAllocated;

    /// <summary>Bytes of one frame as <see cref="NativeFrames.Read"/> gives it.</summary>
    public long BytesPerFrame => (BitsPerFrame + 7) / 8;

    /// <summary>Describes the pixels of a data set, or says what is missing or impossible.</summary>
    /// <param name="pixelData">The element that holds them, null where it is not known.</param>
    /// <param name="problem">Why there is no description; fit for a user.</param>
    public static PixelDescription? TryRead(DicomDataSet dataSet, PixelDataElement? pixelData, out string problem)
    {
        problem = "";
        var rows = dataSet.GetInt64(Tag.Rows);
        var columns = dataSet.GetInt64(Tag.Columns);
        var isFloat = pixelData is { Tag.Value: 0x7FE00008 or 0x7FE00009 };
        var bits = dataSet.GetInt64(Tag.BitsAllocated)
            ?? (pixelData is { Tag.Value: 0x7FE00008 } ? 32 : isFloat ? 64 : null);
        var samples = dataSet.GetInt64(Tag.SamplesPerPixel) ?? 1;
        var stored = dataSet.GetInt64(Tag.BitsStored) ?? bits;
        var high = dataSet.GetInt64(Tag.HighBit) ?? stored - 1;
        if (rows is not (>= 1 and <= 65535) || columns is not (>= 1 and <= 65535))
            problem = "Rows or Columns is absent or zero.";
        else if (samples is not (1 or 3))
            problem = "Samples per Pixel is neither 1 nor 3.";
        else if (bits is not (1 or 8 or 16 or 32 or 64))
            problem = "Bits Allocated is none of 1, 8, 16, 32 and 64.";
        else if (isFloat && bits != (pixelData is { Tag.Value: 0x7FE00008 } ? 32 : 64))
            problem = "Bits Allocated is not that of the floating-point numbers.";
        else if (stored < 1 || stored > bits)
            problem = "Bits Stored is larger than Bits Allocated.";
        else if (high < stored - 1 || high >= bits)
            problem = "High Bit does not fit Bits Stored and Bits Allocated.";
        if (problem.Length > 0)
            return null;

        var photometric = dataSet.GetString(Tag.PhotometricInterpretation) ?? (samples == 3 ? "RGB" : "MONOCHROME2");

        // An empty, negative or misspelt Number of Frames is met in files of one frame.
        var frames = dataSet.GetInt64(Tag.NumberOfFrames) is >= 1 and <= int.MaxValue and var number ? (int)number : 1;
        return new PixelDescription
        {
            Rows = (int)rows!.Value,
            Columns = (int)columns!.Value,
            SamplesPerPixel = (int)samples,
            BitsAllocated = (int)bits!.Value,
            BitsStored = (int)stored!.Value,
            HighBit = (int)high!.Value,
            IsSigned = dataSet.GetInt64(Tag.PixelRepresentation) == 1,
            IsPlanar = samples > 1 && dataSet.GetInt64(Tag.PlanarConfiguration) == 1,
            Frames = frames,
            PhotometricInterpretation = photometric,
            IsFloat = isFloat,
            IsSubsampled = samples == 3 && photometric is "YBR_FULL_422" or "YBR_PARTIAL_422"
                && !(pixelData is { IsEncapsulated: false } native
                    && native.Length / frames >= rows * columns * 3 * bits / 8),
        };
    }
}
