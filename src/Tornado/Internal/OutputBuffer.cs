using System.Buffers;
using System.Text;

namespace Tornado.Internal;

/// <summary>
/// The bytes that a handler wrote and that are not yet sent; memory and object are reused between requests.
/// </summary>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    // Larger memory goes back to the shared pool, so that one large answer does not stay with a thread for ever.
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static OutputBuffer? _spare;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public static OutputBuffer Rent()
    {
        var spare = _spare;
        _spare = null;
        return spare ?? new OutputBuffer();
    }

    public void Return()
    {
        _length = 0;
        if (_bytes.Length <= LargestKept && _spare is null)
        {
            _spare = this;
            return;
        }
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    public void Clear() => _length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void WriteUtf8(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int count)
    {
        if (_bytes.Length - _length >= count)
            return;

        var larger = ArrayPool<byte>.Shared.Rent(
            (int)Math.Min(Array.MaxLength, Math.Max(_length + (long)count, _bytes.Length * 2L)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
