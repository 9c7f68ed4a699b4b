namespace NeurDicom.Dicom;

/// <summary>What a reader does not go beyond, whatever a file claims.</summary>
public sealed record DicomLimits
{
    /// <summary>The deepest nesting that any reader supports.</summary>
    public const int MaxDepth = 64;

    /// <summary>The limits used where none are given.</summary>
    public static DicomLimits Default { get; } = new();

    /// <summary>Sequences within sequences, at most <see cref="MaxDepth"/>. Real objects need fewer than ten.</summary>
    public int Depth { get; init; } = MaxDepth;

    /// <summary>Elements and items of a file, those in sequences included.</summary>
    public int Elements { get; init; } = 1_000_000;

    /// <summary>Bytes kept in memory of a file that is read from a stream.</summary>
    public int HeaderBytes { get; init; } = 256 << 20;

    /// <summary>Bytes that a deflated data set may inflate to.</summary>
    public long InflatedBytes { get; init; } = 1L << 30;

    /// <summary>Inflated bytes for each deflated byte; deflate itself ends at 1032, images stay below 20.</summary>
    public int InflateRatio { get; init; } = 200;

    /// <summary>Warnings kept; the rest are dropped.</summary>
    public int Warnings { get; init; } = 100;
}
