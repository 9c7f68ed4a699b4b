namespace NeurDicom.Dicom;

/// <summary>The bytes already read of a stream, then the rest of it; counts what was taken.</summary>
internal sealed class RestStream(byte[] head, Stream tail) : Stream
{
    private int _position;

    public long Consumed { get; private set; }

    /// <summary>Whether it starts as RFC 1950 has it: some writers wrap the deflated data set so.</summary>
    public bool IsZlib => head.Length >= 2 && (head[0] & 0x0F) == 8 && ((head[0] << 8) | head[1]) % 31 == 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int count;
        if (_position < head.Length)
        {
            count = Math.Min(buffer.Length, head.Length - _position);
            head.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
        }
        else
        {
            count = tail.Read(buffer);
        }

        Consumed += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>How much a deflated data set may grow.</summary>
internal static class InflateLimit
{
    // The ratio is held against only beyond this many bytes: small headers of spaces and zeros deflate very well.
    private const long Free = 1 << 20;

    public static void Check(long inflated, long deflated, DicomLimits limits)
    {
        if (inflated > limits.InflatedBytes || (inflated > Free && inflated > deflated * limits.InflateRatio))
            throw new DicomFormatException("The deflated data set inflates to more than the limit allows", inflated);
    }

    public static DicomFormatException Broken(long position, InvalidDataException exception) =>
        new($"The data set cannot be inflated: {exception.Message}", position);
}
