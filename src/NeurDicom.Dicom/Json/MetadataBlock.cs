using System.Buffers;
using System.IO.Compression;

namespace NeurDicom.Dicom.Json;

/// <summary>
/// The DICOM JSON of one data set, compressed once and for all: raw deflate (RFC 1951) without history,
/// ended by an empty stored block at a byte boundary and without a final block,
/// so that blocks of many instances lie in one gzip member side by side (<see cref="GzipArray"/>).
/// </summary>
/// <param name="Compressed">The deflate blocks.</param>
/// <param name="Size">The length of the JSON.</param>
/// <param name="Crc32">The checksum of the JSON (RFC 1952 8).</param>
public readonly record struct MetadataBlock(ReadOnlyMemory<byte> Compressed, int Size, uint Crc32)
{
    /// <summary>A final block that holds nothing: fixed codes and the end of the block (RFC 1951 3.2.6).</summary>
    internal static ReadOnlySpan<byte> FinalBlock => [0x03, 0x00];

    // A buffer that one enormous header made large is not kept.
    private const int LargestKept = 1 << 20;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _json;

    [ThreadStatic]
    private static MemoryStream? _compressed;

    /// <summary>Writes a data set's DICOM JSON and compresses it.</summary>
    public static MetadataBlock Create(DicomDataSet dataSet, DicomJsonOptions? options = null)
    {
        var json = _json ??= new ArrayBufferWriter<byte>(8192);
        json.ResetWrittenCount();
        DicomJsonWriter.Write(json, dataSet, options);
        var block = Create(json.WrittenSpan);
        if (json.Capacity > LargestKept)
            _json = null;
        return block;
    }

    /// <summary>Compresses JSON that is ready.</summary>
    public static MetadataBlock Create(ReadOnlySpan<byte> json)
    {
        var output = _compressed ??= new MemoryStream(4096);
        output.SetLength(0);
        int length;
        // Optimal is a quarter smaller than Fastest for about 5 µs more, on a header of 2 to 6 kB.
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(json);

            // A sync flush: ends at a byte boundary with an empty stored block.
            // What closing adds, the final block, is cut off.
            deflate.Flush();
            length = (int)output.Length;
        }

        var compressed = output.GetBuffer().AsSpan(0, length).ToArray();
        var block = new MetadataBlock(compressed, json.Length, Json.Crc32.Append(0, json));
        if (output.Capacity > LargestKept)
            _compressed = null;
        return block;
    }

    /// <summary>Gives the JSON back, for a client that takes no gzip.</summary>
    /// <exception cref="InvalidDataException">The bytes are not those that were compressed.</exception>
    public byte[] ToJson()
    {
        var json = new byte[Size];
        using var inflate = Open();
        var read = inflate.ReadAtLeast(json, Size, throwOnEndOfStream: false);
        if (read != Size || inflate.ReadByte() >= 0 || Json.Crc32.Append(0, json) != Crc32)
            throw Damaged();
        return json;
    }

    /// <summary>
    /// As <see cref="ToJson"/>, in pieces, each of which is gone when the next one comes.
    /// What is damaged shows with the last one.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not those that were compressed.</exception>
    public async Task InflateAsync(Func<ReadOnlyMemory<byte>, Task> take)
    {
        var piece = new byte[64 << 10];
        var crc = 0u;
        using var inflate = Open();
        for (var left = Size; left > 0;)
        {
            var read = inflate.ReadAtLeast(
                piece.AsSpan(0, Math.Min(left, piece.Length)), Math.Min(left, piece.Length), throwOnEndOfStream: false);
            left -= read;
            crc = Json.Crc32.Append(crc, piece.AsSpan(0, read));
            if (read == 0 || (left == 0 && (inflate.ReadByte() >= 0 || crc != Crc32)))
                throw Damaged();
            await take(piece.AsMemory(0, read));
        }
    }

    private DeflateStream Open()
    {
        var whole = new byte[Compressed.Length + FinalBlock.Length];
        Compressed.CopyTo(whole);
        FinalBlock.CopyTo(whole.AsSpan(Compressed.Length));
        return new DeflateStream(new MemoryStream(whole), CompressionMode.Decompress);
    }

    private static InvalidDataException Damaged() =>
        new("A metadata block does not hold what its length and checksum say.");
}
