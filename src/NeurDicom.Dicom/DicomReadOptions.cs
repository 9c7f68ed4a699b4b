namespace NeurDicom.Dicom;

/// <summary>How a file is read.</summary>
public sealed record DicomReadOptions
{
    /// <summary>The options used where none are given.</summary>
    public static DicomReadOptions Default { get; } = new();

    /// <summary>Go on into Pixel Data and what follows it. Off: reading ends where the pixels begin.</summary>
    public bool ReadPixelData { get; init; }

    /// <summary>
    /// From a stream: values longer than this are passed over, not read (<see cref="DicomElement.IsDeferred"/>),
    /// and so are fragments once they are longer together. From memory nothing is deferred, since nothing is copied;
    /// only deflated data are read as from a stream.
    /// </summary>
    public int LargestValue { get; init; } = 64 << 10;

    /// <summary>The bounds that hold.</summary>
    public DicomLimits Limits { get; init; } = DicomLimits.Default;
}
