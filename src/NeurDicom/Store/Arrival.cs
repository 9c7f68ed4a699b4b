using NeurDicom.Archive;
using NeurDicom.Dicom.Json;
using NeurDicom.Index;

namespace NeurDicom.Store;

/// <summary>One instance that has arrived whole: hashed, understood, and not yet stored.</summary>
internal sealed class Arrival : IAsyncDisposable
{
    public required InstanceAttributes Attributes { get; init; }

    public required ReadOnlyMemory<byte> Sha256 { get; init; }

    public required long Size { get; init; }

    /// <summary>The file; empty where it is a <see cref="Large"/> one.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The file on the disk, flushed; null where it is small enough for a segment.</summary>
    public LargeFile? Large { get; init; }

    /// <summary>DICOM JSON without bulk data, compressed; empty where it could not be made.</summary>
    public MetadataBlock Metadata { get; init; }

    public List<string> Warnings { get; init; } = [];

    public async ValueTask DisposeAsync()
    {
        if (Large is not null)
            await Large.DisposeAsync();
    }
}
