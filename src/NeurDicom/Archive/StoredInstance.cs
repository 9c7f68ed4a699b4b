using NeurDicom.Dicom;

namespace NeurDicom.Archive;

/// <summary>A version's bytes, held against freeing until disposed.</summary>
internal sealed class StoredInstance : IDisposable
{
    public required long Id { get; init; }

    public required int Version { get; init; }

    public required Uid SopInstanceUid { get; init; }

    public required string TransferSyntax { get; init; }

    public required long Size { get; init; }

    public required ReadOnlyMemory<byte> Sha256 { get; init; }

    /// <summary>The file as it was received: seekable, bounded. A new stream at its start on every call.</summary>
    public Stream OpenBytes() => throw new NotImplementedException();

    /// <summary>Reads at an offset within the file; fewer bytes than asked for only at its end.</summary>
    public int Read(Span<byte> buffer, long offset) => throw new NotImplementedException();

    /// <summary>DICOM JSON without bulk data, UTF-8; empty where it could not be made.</summary>
    public byte[] ReadMetadata() => throw new NotImplementedException();

    public void Dispose()
    {
    }
}
