using System.IO.Compression;

namespace NeurDicom.Dicom;

/// <summary>The inflated bytes of a deflated data set (PS3.5 A.5), forward only, up to the limits.</summary>
/// <param name="head">Bytes of it that were read already.</param>
/// <param name="tail">Where the rest comes from; it is not closed.</param>
/// <param name="start">The byte of the file where the data set starts, for messages.</param>
internal sealed class InflatingStream(byte[] head, Stream tail, long start, DicomLimits limits) : Stream
{
    // The ratio is held against only beyond this many bytes: small headers of spaces and zeros deflate very well.
    private const long Free = 1 << 20;

    private readonly Source _source = new(head, tail);
    private Stream? _inflater;
    private long _inflated;

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
        try
        {
            _inflater ??= _source.IsZlib()
                ? new ZLibStream(_source, CompressionMode.Decompress)
                : new DeflateStream(_source, CompressionMode.Decompress);
            var count = _inflater.Read(buffer);
            _inflated += count;
            if (_inflated <= limits.InflatedBytes
                && (_inflated <= Free || _inflated / limits.InflateRatio <= _source.Consumed))
                return count;
        }
        catch (InvalidDataException)
        {
            throw new DicomFormatException("The deflated data set is broken", start + _inflated);
        }

        const string problem = "The deflated data set inflates to more than the limit allows";
        throw new DicomFormatException(problem, start + _inflated) { IsLimit = true };
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inflater?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The bytes already read, then the rest; counts what was taken.</summary>
    private sealed class Source(byte[] head, Stream tail) : Stream
    {
        private byte[] _head = head;
        private int _position;

        public long Consumed { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Whether it starts as RFC 1950 has it: some writers wrap the deflated data set so.</summary>
        public bool IsZlib()
        {
            if (_head.Length < 2)
            {
                var longer = new byte[2];
                _head.CopyTo(longer, 0);
                var missing = longer.AsSpan(_head.Length);
                var count = _head.Length + tail.ReadAtLeast(missing, missing.Length, throwOnEndOfStream: false);
                _head = longer[..count];
            }

            return _head.Length >= 2 && (_head[0] & 0x0F) == 8 && ((_head[0] << 8) | _head[1]) % 31 == 0;
        }

        public override int Read(Span<byte> buffer)
        {
            int count;
            if (_position < _head.Length)
            {
                count = Math.Min(buffer.Length, _head.Length - _position);
                _head.AsSpan(_position, count).CopyTo(buffer);
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
}
