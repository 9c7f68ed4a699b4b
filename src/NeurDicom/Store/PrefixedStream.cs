namespace NeurDicom.Store;

/// <summary>A stream whose beginning was read already, to see what it is, and stands there again.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> start, Stream rest) : ForwardStream
{
    private ReadOnlyMemory<byte> _start = start;

    public override int Read(Span<byte> buffer) => _start.IsEmpty ? rest.Read(buffer) : TakeStart(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default) =>
        _start.IsEmpty ? rest.ReadAsync(buffer, cancel) : ValueTask.FromResult(TakeStart(buffer.Span));

    private int TakeStart(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _start.Length);
        _start.Span[..count].CopyTo(buffer);
        _start = _start[count..];
        return count;
    }
}
