namespace NeurDicom.Imaging;

/// <summary>A finished picture in a pooled buffer; give it back once, when it has been sent.</summary>
internal sealed class EncodedImage(byte[] buffer, int length) : IDisposable
{
    private byte[]? _buffer = buffer;

    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_buffer is null, this);
            return _buffer.AsMemory(0, length);
        }
    }

    /// <summary>What the picture takes of the budget, given back with it; null for a small one.</summary>
    public PixelBudget.Share? Share { get; set; }

    public void Dispose()
    {
        Share?.Dispose();
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
            LargeBuffers.Return(buffer);
    }
}
