using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace NeurDicom.Imaging;

/// <summary>
/// Writes pictures of 8 and 16 bits, grey or in colour, as PNG (ISO/IEC 15948; RFC 2083 has the same layout).
/// </summary>
internal static class PngWriter
{
    private const int SignatureLength = 8;
    private const int HeaderLength = 13;
    private const int ChunkOverhead = 12;
    private const byte ColourTypeGrey = 0;
    private const byte ColourTypeRgb = 2;
    private const byte FilterSub = 1;

    // How many bytes of filtered rows are handed to deflate at once.
    private const int StripLength = 64 * 1024;

    /// <param name="pixels">Rows from the top without padding; 16-bit samples have the high byte first.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    public static EncodedImage Encode(ReadOnlySpan<byte> pixels, int width, int height, int bitDepth, int channels = 1)
    {
        var sampleLength = bitDepth / 8 * channels;
        var rowLength = checked(width * sampleLength);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, checked(rowLength * height));

        // Deflate's fixed codes make at most nine bits of eight; the rest is room for block and chunk headers.
        var filteredLength = checked((rowLength + 1) * height);
        var buffer = LargeBuffers.Rent(checked(filteredLength + filteredLength / 8 + 4096));
        try
        {
            ReadOnlySpan<byte> signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
            signature.CopyTo(buffer);
            var position = SignatureLength;

            var header = buffer.AsSpan(position + 8, HeaderLength);
            BinaryPrimitives.WriteInt32BigEndian(header, width);
            BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
            header[8] = (byte)bitDepth;
            header[9] = channels == 1 ? ColourTypeGrey : ColourTypeRgb;
            header[10..].Clear(); // deflate, the five filters, not interlaced
            position = CloseChunk(buffer, position, "IHDR"u8, HeaderLength);

            position = CloseChunk(
                buffer, position, "IDAT"u8, Deflate(pixels, rowLength, sampleLength, buffer, position + 8));
            position = CloseChunk(buffer, position, "IEND"u8, 0);

            var image = new EncodedImage(buffer, position);
            buffer = null;
            return image;
        }
        finally
        {
            if (buffer is not null)
                LargeBuffers.Return(buffer);
        }
    }

    /// <summary>Writes length, type and checksum around the data that lie eight bytes behind the start.</summary>
    private static int CloseChunk(byte[] buffer, int start, ReadOnlySpan<byte> type, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(start), length);
        type.CopyTo(buffer.AsSpan(start + 4));
        var end = start + 8 + length;
        BinaryPrimitives.WriteUInt32BigEndian(
            buffer.AsSpan(end), PngChecksum.Compute(buffer.AsSpan(start + 4, 4 + length)));
        return start + ChunkOverhead + length;
    }

    private static int Deflate(ReadOnlySpan<byte> pixels, int rowLength, int sampleLength, byte[] buffer, int start)
    {
        using var target = new MemoryStream(buffer, start, buffer.Length - start - 2 * ChunkOverhead);
        // A viewer waits for the picture on a fast line: the fastest level costs a tenth of the default's time.
        using (var deflate = new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            var rowsInStrip = Math.Max(1, StripLength / (rowLength + 1));
            var strip = LargeBuffers.Rent(rowsInStrip * (rowLength + 1));
            try
            {
                while (!pixels.IsEmpty)
                {
                    var used = 0;
                    for (var row = 0; row < rowsInStrip && !pixels.IsEmpty; row++)
                    {
                        FilterRow(pixels[..rowLength], strip.AsSpan(used, rowLength + 1), sampleLength);
                        pixels = pixels[rowLength..];
                        used += rowLength + 1;
                    }

                    deflate.Write(strip, 0, used);
                }
            }
            finally
            {
                LargeBuffers.Return(strip);
            }
        }

        return (int)target.Position;
    }

    /// <summary>Each byte less the one before it, which suits the smooth ramps of medical images.</summary>
    private static void FilterRow(ReadOnlySpan<byte> row, Span<byte> filtered, int sampleLength)
    {
        filtered[0] = FilterSub;
        filtered = filtered[1..];
        row[..sampleLength].CopyTo(filtered);

        var index = sampleLength;
        for (; index <= row.Length - Vector<byte>.Count; index += Vector<byte>.Count)
        {
            var difference = new Vector<byte>(row[index..]) - new Vector<byte>(row[(index - sampleLength)..]);
            difference.CopyTo(filtered[index..]);
        }

        for (; index < row.Length; index++)
            filtered[index] = (byte)(row[index] - row[index - sampleLength]);
    }
}
