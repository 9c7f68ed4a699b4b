using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NeurDicom.Dicom;

/// <summary>
/// Uncompressed pixel data, frame by frame (PS3.5 8.1.1, 8.2). A frame is read when it is asked for and by itself;
/// nothing is allocated for what a header claims.
/// Frames of a deflated file are cheapest in their order: to go back means to inflate again from the start.
/// </summary>
public sealed class NativeFrames : IDisposable
{
    private readonly Stream? _stream;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly DicomFile _file;
    private readonly PixelDataElement _element;
    private readonly DicomLimits _limits;
    private readonly long _available;
    private readonly int _swap;
    private InflatingStream? _inflated;
    private long _inflatedPosition;

    private NativeFrames(
        DicomFile file,
        PixelDataElement element,
        PixelDescription description,
        Stream? stream,
        ReadOnlyMemory<byte> memory,
        DicomLimits limits)
    {
        _file = file;
        _element = element;
        _stream = stream;
        _memory = memory;
        _limits = limits;
        Description = description;

        // How long a deflated data set really is shows only when it is inflated.
        var left = file.Encoding.IsDeflated
            ? element.Length
            : (stream?.Length ?? memory.Length) - element.ValuePosition;
        _available = Math.Max(Math.Min(left, element.Length), 0);
        Count = (int)Math.Min(_available * 8 / description.BitsPerFrame, description.Frames);

        // PS3.5 7.3: each word has its most significant byte first, and what is smaller than a word is swapped with it.
        _swap = !file.Encoding.IsBigEndian ? 1
            : description.BitsAllocated > 8 ? description.BitsAllocated / 8
            : element.Vr is Vr.OW ? 2 : 1;
    }

    /// <summary>What the data set says of the pixels.</summary>
    public PixelDescription Description { get; }

    /// <summary>Frames that are there. Fewer than Number of Frames where the pixel data are too short.</summary>
    public int Count { get; }

    /// <summary>Bytes of a frame from <see cref="ReadSamples"/>.</summary>
    public long SampleBytesPerFrame =>
        Description.PixelsPerFrame * Description.SamplesPerPixel * Math.Max(Description.BitsAllocated / 8, 1);

    /// <summary>Opens the pixel data of a file that was read from a stream.</summary>
    /// <param name="stream">Seekable; the file starts at 0. It is not closed, and used by one reader at a time.</param>
    /// <param name="problem">Why there are no frames; fit for a user.</param>
    public static NativeFrames? TryOpen(
        DicomFile file, Stream stream, out string problem, DicomLimits? limits = null) =>
        TryOpen(file, stream, default, limits, out problem);

    /// <summary>Opens the pixel data of a file in memory.</summary>
    /// <inheritdoc cref="TryOpen(DicomFile, Stream, out string, DicomLimits)"/>
    public static NativeFrames? TryOpen(
        DicomFile file,
        ReadOnlyMemory<byte> bytes,
        out string problem,
        DicomLimits? limits = null) => TryOpen(file, null, bytes, limits, out problem);

    /// <summary>
    /// Reads a frame as it is laid out in the file, but in little endian; with Bits Allocated 1 packed from the frame's
    /// first bit on, which is the lowest of the first byte.
    /// </summary>
    /// <param name="frame">Counted from 0, less than <see cref="Count"/>.</param>
    /// <param name="target">At least <see cref="PixelDescription.BytesPerFrame"/> bytes; that many are written.</param>
    /// <exception cref="DicomFormatException">A deflated file is shorter than its pixel data claim.</exception>
    public void Read(int frame, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, Count);
        target = target[..checked((int)Description.BytesPerFrame)];

        var firstBit = Description.BitsPerFrame * frame;
        var shift = (int)(firstBit & 7);
        if (shift == 0)
        {
            ReadBytes(firstBit / 8, target);
            ClearSpareBits(target);
            return;
        }

        // The frame begins within a byte: one byte more is read, where there is one.
        var start = firstBit / 8;
        var packed = ArrayPool<byte>.Shared.Rent(target.Length + 1);
        var length = (int)Math.Min(target.Length + 1, _available - start);
        ReadBytes(start, packed.AsSpan(0, length));
        for (var i = 0; i < target.Length; i++)
        {
            var next = i + 1 < length ? packed[i + 1] : 0;
            target[i] = (byte)((packed[i] >> shift) | (next << (8 - shift)));
        }

        ArrayPool<byte>.Shared.Return(packed);
        ClearSpareBits(target);
    }

    /// <summary>
    /// Reads a frame as samples: rows from the top, colours interleaved by pixel, little endian,
    /// one byte for a cell of one bit, chroma repeated for both pixels that share it.
    /// </summary>
    /// <param name="target">At least <see cref="SampleBytesPerFrame"/> bytes; that many are written.</param>
    /// <inheritdoc cref="Read"/>
    public void ReadSamples(int frame, Span<byte> target)
    {
        target = target[..checked((int)SampleBytesPerFrame)];
        if (Description is { BitsAllocated: > 1, IsPlanar: false, IsSubsampled: false })
        {
            Read(frame, target);
            return;
        }

        var raw = ArrayPool<byte>.Shared.Rent(checked((int)Description.BytesPerFrame));
        var cells = raw.AsSpan(0, (int)Description.BytesPerFrame);
        Read(frame, cells);
        if (Description.BitsAllocated == 1)
            Unpack(cells, target);
        else if (Description.IsSubsampled)
            Spread(cells, target, Description.Columns, Description.BitsAllocated / 8);
        else
            Interleave(cells, target, Description.SamplesPerPixel, Description.BitsAllocated / 8);
        ArrayPool<byte>.Shared.Return(raw);
    }

    /// <summary>Lets go of what a deflated file takes; the stream stays open.</summary>
    public void Dispose()
    {
        _inflated?.Dispose();
        _inflated = null;
    }

    private static NativeFrames? TryOpen(
        DicomFile file,
        Stream? stream,
        ReadOnlyMemory<byte> memory,
        DicomLimits? limits,
        out string problem)
    {
        if (file.PixelData is not { } element)
        {
            problem = "The file has no pixel data.";
            return null;
        }

        if (file.TransferSyntax.IsEncapsulated || element.IsEncapsulated)
        {
            problem = $"The pixel data are encapsulated ({file.TransferSyntax.Name}).";
            return null;
        }

        if (PixelDescription.TryRead(file.DataSet, element, out problem) is not { } description)
            return null;

        var frames = new NativeFrames(file, element, description, stream, memory, limits ?? DicomLimits.Default);
        if (frames.Count > 0
            && description.BytesPerFrame <= Array.MaxLength
            && frames.SampleBytesPerFrame <= Array.MaxLength)
            return frames;

        problem = frames.Count == 0 ? "The pixel data are shorter than one frame." : "A frame is larger than 2 GB.";
        return null;
    }

    /// <summary>Reads bytes of the value as they are in little endian.</summary>
    private void ReadBytes(long offset, Span<byte> target)
    {
        if (_swap == 1)
        {
            ReadAt(offset, target);
            return;
        }

        // A frame of bytes in big endian words may begin or end within a word.
        var before = (int)(offset % _swap);
        var after = (int)((_swap - ((offset + target.Length) % _swap)) % _swap);
        if (before == 0 && after == 0)
        {
            ReadAt(offset, target);
            Swap(target);
            return;
        }

        var words = ArrayPool<byte>.Shared.Rent(before + target.Length + after);
        var whole = words.AsSpan(0, before + target.Length + after);
        var there = (int)Math.Min(whole.Length, _available - (offset - before));
        whole[there..].Clear();
        ReadAt(offset - before, whole[..there]);
        Swap(whole);
        whole.Slice(before, target.Length).CopyTo(target);
        ArrayPool<byte>.Shared.Return(words);
    }

    private void Swap(Span<byte> words)
    {
        switch (_swap)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(words);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(words);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            default:
                var longs = MemoryMarshal.Cast<byte, ulong>(words);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    private void ReadAt(long offset, Span<byte> target)
    {
        var position = _element.ValuePosition + offset;
        if (_file.Encoding.IsDeflated)
        {
            ReadDeflated(position, target);
        }
        else if (_stream is null)
        {
            _memory.Span.Slice((int)position, target.Length).CopyTo(target);
        }
        else
        {
            _stream.Position = position;
            _stream.ReadExactly(target);
        }
    }

    private void ReadDeflated(long position, Span<byte> target)
    {
        if (_inflated is null || position < _inflatedPosition)
        {
            _inflated?.Dispose();
            var source = _stream ?? new MemoryStream(_memory.ToArray());
            source.Position = _inflatedPosition = _file.DataSetPosition;
            _inflated = new InflatingStream([], source, _file.DataSetPosition, _limits);
        }

        var scratch = ArrayPool<byte>.Shared.Rent(64 << 10);
        while (_inflatedPosition < position
            && _inflated.Read(
                scratch.AsSpan(0, (int)Math.Min(scratch.Length, position - _inflatedPosition))) is > 0 and var count)
        {
            _inflatedPosition += count;
        }

        ArrayPool<byte>.Shared.Return(scratch);
        var read = _inflatedPosition < position
            ? 0
            : _inflated.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        _inflatedPosition += read;
        if (read < target.Length)
            throw new DicomFormatException("The deflated data set ends within the pixel data", position, _element.Tag);
    }

    private void ClearSpareBits(Span<byte> target)
    {
        var spare = (int)((target.Length * 8L) - Description.BitsPerFrame);
        if (spare > 0)
            target[^1] &= (byte)(0xFF >> spare);
    }

    private static void Unpack(ReadOnlySpan<byte> bits, Span<byte> target)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = (byte)((bits[i >> 3] >> (i & 7)) & 1);
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> target, int samples, int size)
    {
        var plane = planes.Length / samples;
        if (samples == 3 && size == 1)
        {
            var first = planes[..plane];
            var second = planes.Slice(plane, plane);
            var third = planes.Slice(2 * plane, plane);
            target = target[..(3 * plane)];
            for (var (from, to) = (0, 0); from < plane; from++, to += 3)
            {
                target[to] = first[from];
                target[to + 1] = second[from];
                target[to + 2] = third[from];
            }

            return;
        }

        for (var sample = 0; sample < samples; sample++)
        {
            var source = planes.Slice(sample * plane, plane);
            for (var (from, to) = (0, sample * size); from < plane; from += size, to += samples * size)
                source.Slice(from, size).CopyTo(target[to..]);
        }
    }

    /// <summary>
    /// From Y Y Cb Cr for two pixels to three samples for each; an odd row has its last Y for nothing.
    /// </summary>
    private static void Spread(ReadOnlySpan<byte> cells, Span<byte> target, int columns, int size)
    {
        var rowLength = (columns + 1) / 2 * 4 * size;
        var to = 0;
        for (; to < target.Length; cells = cells[rowLength..])
        {
            for (var column = 0; column < columns; column++)
            {
                var pair = cells.Slice(column / 2 * 4 * size, 4 * size);
                pair.Slice((column & 1) * size, size).CopyTo(target[to..]);
                pair[(2 * size)..].CopyTo(target[(to + size)..]);
                to += 3 * size;
            }
        }
    }
}
