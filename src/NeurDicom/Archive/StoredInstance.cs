using NeurDicom.Dicom;
using NeurDicom.Dicom.Json;
using NeurDicom.Index;

namespace NeurDicom.Archive;

/// <summary>The stored bytes of one version, held against freeing until disposed of.</summary>
internal sealed class StoredInstance : IDisposable
{
    private readonly Leases _leases;
    private readonly VersionPlace _place;
    private readonly SegmentFiles.OpenFile _file;
    private readonly SegmentFiles.OpenFile? _metadata;
    private int _disposed;

    /// <summary>The caller has taken the lease; from here on it is this object's.</summary>
    internal StoredInstance(SegmentFiles files, Leases leases, VersionPlace place)
    {
        _leases = leases;
        _place = place;
        _file = place.Segment is { } segment ? files.Rent(segment) : files.RentLarge(place.Version);
        try
        {
            _metadata = place.MetadataLength > 0 ? files.Rent(place.MetadataSegment) : null;
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The instance's id.</summary>
    public required long Id { get; init; }

    /// <summary>1, 2, … within the instance.</summary>
    public required int Version { get; init; }

    public required Uid SopInstanceUid { get; init; }

    public required string TransferSyntax { get; init; }

    public required ReadOnlyMemory<byte> Sha256 { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public long Size => _place.Size;

    /// <summary>The file as it was received: seekable, bounded. A new stream at its start on every call.</summary>
    public Stream OpenBytes() => new StoredStream(this);

    /// <summary>Reads at an offset within the file; fewer bytes than asked for only at its end.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, Size - offset));
        var done = 0;
        while (done < wanted)
        {
            var read = RandomAccess.Read(_file.Handle, buffer[done..wanted], _place.Offset + offset + done);
            if (read == 0)
                throw new MissingBytesException(
                    $"The file of version {_place.Version} is shorter than when it was stored.");
            done += read;
        }

        return done;
    }

    /// <summary>DICOM JSON without bulk data, compressed; empty where it could not be made.</summary>
    public MetadataBlock ReadMetadata()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_metadata is null)
            return default;
        var deflated = new byte[_place.MetadataLength];
        var done = 0;
        while (done < deflated.Length)
        {
            var read = RandomAccess.Read(_metadata.Handle, deflated.AsSpan(done), _place.MetadataOffset + done);
            if (read == 0)
                throw new MissingBytesException(
                    $"The metadata of version {_place.Version} is shorter than when it was stored.");
            done += read;
        }

        return new MetadataBlock(deflated, (int)_place.MetadataSize, _place.MetadataCrc32);
    }

    /// <summary>Whether the records' headers say what the index says, from which it could be made anew.</summary>
    /// <returns>Null, or what is wrong.</returns>
    internal string? HeaderProblem()
    {
        if (_metadata is null)
            return null;
        Span<byte> header = stackalloc byte[SegmentRecord.HeaderLength];
        RandomAccess.Read(_metadata.Handle, header, _place.Records().Offset);
        var isRight = SegmentRecord.TryRead(header, out var record)
            && record.Kind == (_place.Segment is null ? RecordKind.Large : RecordKind.Instance)
            && record.Version == _place.Version
            && record.Length == Size
            && record.Sha256.Span.SequenceEqual(Sha256.Span);
        return isRight ? null : "the header of its record is damaged";
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _metadata?.Dispose();
        _file.Dispose();
        _leases.Release(_place.Version);
    }
}
