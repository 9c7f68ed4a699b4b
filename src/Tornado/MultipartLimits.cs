namespace Tornado;

/// <summary>Limits of multipart bodies. Tornado: <c>ParseMultipartConfig</c>, whose defaults these are.</summary>
public sealed record MultipartLimits
{
    /// <summary>Whether multipart bodies are read at all; if not they are answered with 400. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The largest number of parts; one that is as many is refused, as in Tornado. Default 100.</summary>
    public int MaxParts { get; init; } = 100;

    /// <summary>The largest size of the headers of one part in bytes. Default 10 KiB.</summary>
    public int MaxPartHeaderSize { get; init; } = 10 * 1024;

    /// <summary>The longest boundary in characters. Default 256; RFC 2046 5.1.1 allows 70.</summary>
    public int MaxBoundaryLength { get; init; } = 256;

    /// <summary>The largest size of one part in bytes, or null for no limit but the body's. Default null.</summary>
    public long? MaxPartSize { get; init; }
}
