using NeurDicom.Dicom.Json;
using NeurDicom.Index;

namespace NeurDicom.Archive;

/// <summary>One instance that has arrived: whole, hashed and understood, not yet stored.</summary>
internal sealed class Arrival : IAsyncDisposable
{
    public required InstanceAttributes Attributes { get; init; }

    public required ReadOnlyMemory<byte> Sha256 { get; init; }

    public required long Size { get; init; }

    /// <summary>The file; empty where it is a <see cref="Large"/> one. Not the arrival's to free.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The file on the disk, flushed; null where it is small enough for a segment.</summary>
    public LargeFile? Large { get; init; }

    /// <summary>DICOM JSON without bulk data, compressed; empty where it could not be made.</summary>
    public MetadataBlock Metadata { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Removes the large file, unless it was stored.</summary>
    public ValueTask DisposeAsync() => Large?.DisposeAsync() ?? ValueTask.CompletedTask;
}
