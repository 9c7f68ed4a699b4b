using System.Buffers;
using System.Buffers.Binary;

namespace NeurDicom.Dicom.Json;

/// <summary>
/// A JSON array of metadata blocks as one gzip member, put together without compressing anything: header, <c>[</c>,
/// blocks with commas between them, <c>]</c>, an empty final block, and a trailer from the blocks' checksums and
/// lengths (RFC 1952 2.3). One member, since browsers read the first of several only.
/// </summary>
public sealed class GzipArray
{
    // Bytes of a stored block that holds one byte: header, length, its complement, the byte (RFC 1951 3.2.4).
    private const int StoredByteLength = 6;
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;

    private uint _crc;
    private uint _size;
    private bool _hasStarted;

    /// <summary>How long the whole answer is, for Content-Length.</summary>
    /// <param name="count">How many blocks there are.</param>
    /// <param name="compressedLength">The sum of their compressed lengths.</param>
    public static long LengthOf(int count, long compressedLength) =>
        HeaderLength + ((Math.Max(count, 1) + 1L) * StoredByteLength) + compressedLength
        + MetadataBlock.FinalBlock.Length + TrailerLength;

    /// <summary>Writes all of it.</summary>
    public static void Write(IBufferWriter<byte> output, IEnumerable<MetadataBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);

        var array = new GzipArray();
        foreach (var block in blocks)
            array.Add(output, block);
        array.Finish(output);
    }

    /// <summary>Writes the next block, and what stands before it.</summary>
    public void Add(IBufferWriter<byte> output, MetadataBlock block)
    {
        AddHead(output, block.Size, block.Crc32);
        output.Write(block.Compressed.Span);
    }

    /// <summary>
    /// Writes what stands before the next block, whose bytes the caller then sends from where they lie.
    /// </summary>
    public void AddHead(IBufferWriter<byte> output, int size, uint crc32)
    {
        ArgumentNullException.ThrowIfNull(output);

        if (_hasStarted)
            WriteByte(output, (byte)',');
        else
            Start(output);
        _crc = Crc32.Combine(_crc, crc32, size);
        _size += (uint)size;
    }

    /// <summary>Ends the array and the member.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);

        if (!_hasStarted)
            Start(output);
        WriteByte(output, (byte)']');
        output.Write(MetadataBlock.FinalBlock);

        var trailer = output.GetSpan(TrailerLength);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _size);
        output.Advance(TrailerLength);
    }

    private void Start(IBufferWriter<byte> output)
    {
        // Deflate, no flags, no time, no extra flags, unknown system: the same blocks give the same bytes and ETag.
        output.Write<byte>([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]);
        _hasStarted = true;
        WriteByte(output, (byte)'[');
    }

    private void WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.Write<byte>([0x00, 0x01, 0x00, 0xFE, 0xFF, value]);
        _crc = Crc32.Append(_crc, [value]);
        _size++;
    }
}
