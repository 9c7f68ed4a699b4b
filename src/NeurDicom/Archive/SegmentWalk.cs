using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace NeurDicom.Archive;

/// <summary>
/// Reads the records of a segment file one after the other without an index: what compaction does, and what an index
/// is made anew from. Freed records are zeros and are skipped;
/// behind a damaged header the next whole one is looked for.
/// </summary>
internal sealed class SegmentWalk(SafeFileHandle file, long length)
{
    private readonly byte[] _window = new byte[64 << 10];
    private long _windowStart;
    private int _windowLength;

    /// <summary>How many headers could not be read.</summary>
    public int Damaged { get; private set; }

    /// <summary>Where each record's header starts, and what it says.</summary>
    /// <param name="from">Where a record begins; at the first one unless told.</param>
    public IEnumerable<(long Offset, SegmentRecord Record)> Records(long from = SegmentRecord.FileHeaderLength)
    {
        var position = from;
        var lost = false;
        while (position + SegmentRecord.HeaderLength <= length)
        {
            var header = Window(position);
            if (SegmentRecord.TryRead(header, out var record)
                && record.PayloadLength <= length - position - SegmentRecord.HeaderLength)
            {
                lost = false;
                yield return (position, record);
                position += SegmentRecord.HeaderLength + record.PayloadLength;
                continue;
            }

            if (header[0] == 0)
            {
                position += LengthOfZeros(position);
                continue;
            }

            if (!lost)
                Damaged++;
            lost = true;
            position++;
        }
    }

    /// <summary>The versions that a tombstone names.</summary>
    public IReadOnlyList<long> Tombstones(long offset, SegmentRecord record)
    {
        var payload = new byte[record.PayloadLength];
        if (RandomAccess.Read(file, payload, offset + SegmentRecord.HeaderLength) < payload.Length)
            throw new EndOfStreamException("A tombstone is cut off.");
        var versions = new long[payload.Length / sizeof(long)];
        for (var i = 0; i < versions.Length; i++)
            versions[i] = BinaryPrimitives.ReadInt64LittleEndian(payload.AsSpan(i * sizeof(long)));
        return versions;
    }

    private ReadOnlySpan<byte> Window(long position)
    {
        var at = position - _windowStart;
        if (at < 0 || at + SegmentRecord.HeaderLength > _windowLength)
        {
            _windowStart = position;
            _windowLength = RandomAccess.Read(file, _window, position);
            at = 0;
        }

        return _window.AsSpan((int)at, _windowLength - (int)at);
    }

    private long LengthOfZeros(long position)
    {
        var start = position;
        while (position < length)
        {
            var window = Window(Math.Min(position, length - SegmentRecord.HeaderLength));
            if (window.IsEmpty)
                break;
            var zeros = window.IndexOfAnyExcept((byte)0);
            if (zeros >= 0)
                return position + zeros - start;
            position += window.Length;
        }

        return length - start;
    }
}
