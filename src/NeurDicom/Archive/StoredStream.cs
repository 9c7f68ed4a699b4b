namespace NeurDicom.Archive;

/// <summary>A stored file as a stream. Reads are short and go to the page cache, so they are synchronous.</summary>
internal sealed class StoredStream(StoredInstance instance) : SeekableStream
{
    public override long Length => instance.Size;

    public override int Read(Span<byte> buffer)
    {
        var read = instance.Read(buffer, Position);
        Position += read;
        return read;
    }
}
