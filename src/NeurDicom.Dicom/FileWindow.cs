using System.Buffers;

namespace NeurDicom.Dicom;

/// <summary>
/// The part of a stream that a reader keeps: a rented buffer that grows up to a limit, values left out, the deflated
/// part inflated. Positions count the bytes of the file as if it were inflated.
/// </summary>
internal sealed class FileWindow : IDisposable
{
    // What a read asks for: most headers come with the first, and little is read in vain where values are passed over.
    private const int ReadLength = 16 << 10;

    private readonly DicomLimits _limits;
    private readonly long _origin;
    private Stream _stream;
    private bool _isDeflated;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadLength);
    private int _filled;

    public FileWindow(Stream stream, DicomLimits limits)
    {
        _stream = stream;
        _limits = limits;
        _origin = stream.CanSeek ? stream.Position : 0;
        End = stream.CanSeek ? stream.Length - _origin : long.MaxValue;
        Fill();
    }

    /// <summary>What is kept so far.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _filled);

    /// <summary>How many bytes of the file were left out before the end of <see cref="Bytes"/>.</summary>
    public long Shift { get; private set; }

    /// <summary>The length of the file; as long as it is not known, the largest number.</summary>
    public long End { get; private set; }

    /// <summary>What was left out.</summary>
    public List<Hole>? Holes { get; private set; }

    /// <summary>Reads on. False at the end of the stream, which is then known.</summary>
    public bool Fill()
    {
        if (_filled == _buffer.Length)
            Grow();

        var count = _stream.Read(_buffer.AsSpan(_filled, Math.Min(_buffer.Length - _filled, ReadLength)));
        _filled += count;
        if (count == 0)
            End = Shift + _filled;
        return count > 0;
    }

    /// <summary>Leaves out a value and goes to the byte behind it.</summary>
    public void PassOver(long position, long length)
    {
        var start = (int)(position - Shift);
        var rest = length - (_filled - start);
        Shift += length;
        (Holes ??= []).Add(new Hole(start, Shift));
        if (rest <= 0)
        {
            _buffer.AsSpan(start + (int)length, (int)-rest).CopyTo(_buffer.AsSpan(start));
            _filled -= (int)length;
            return;
        }

        _filled = start;
        if (_stream.CanSeek)
        {
            _stream.Seek(rest, SeekOrigin.Current);
            return;
        }

        var scratch = ArrayPool<byte>.Shared.Rent(ReadLength);
        while (rest > 0)
        {
            var count = _stream.Read(scratch.AsSpan(0, (int)Math.Min(scratch.Length, rest)));
            if (count == 0)
                break;
            rest -= count;
        }

        ArrayPool<byte>.Shared.Return(scratch);
        if (rest > 0)
            throw new DicomFormatException("The value is longer than the file", position);
    }

    /// <summary>From this byte on the stream is deflated (PS3.5 A.5).</summary>
    public void Inflate(long position)
    {
        var start = (int)(position - Shift);
        _stream = new InflatingStream(_buffer[start.._filled], _stream, position, _limits);
        _isDeflated = true;
        _filled = start;
        End = long.MaxValue;
        Fill();
    }

    /// <summary>A copy of what is kept, up to a byte of the file.</summary>
    public byte[] Keep(long position) => _buffer.AsSpan(0, (int)Math.Min(position - Shift, _filled)).ToArray();

    public void Dispose()
    {
        if (_isDeflated)
            _stream.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow()
    {
        if (_buffer.Length >= _limits.HeaderBytes)
        {
            throw new DicomFormatException(
                "The elements before the pixel data are longer than the limit allows",
                Shift + _filled)
            {
                IsLimit = true,
            };
        }


        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_buffer.Length * 2L, Array.MaxLength));
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
