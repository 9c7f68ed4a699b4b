namespace NeurDicom.Store;

/// <summary>Tells how much is read; the stream stays its owner's.</summary>
internal sealed class CountingStream(Stream stream, Action<int> count) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        var length = stream.Read(buffer);
        count(length);
        return length;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default)
    {
        var length = await stream.ReadAsync(buffer, cancel);
        count(length);
        return length;
    }
}
