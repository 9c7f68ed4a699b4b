using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Shouldly;

namespace NeurDicom.Tests.Imaging;

/// <summary>A PNG read back by the letter of ISO/IEC 15948, with checksums counted bit by bit; grey or in colour, not interlaced.</summary>
internal sealed record PngPicture(int Width, int Height, int BitDepth, byte[] Samples, int Channels)
{
    public static PngPicture Read(ReadOnlySpan<byte> png)
    {
        png[..8].SequenceEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }).ShouldBeTrue();
        png = png[8..];

        byte[] header = [];
        using var compressed = new MemoryStream();
        var types = new List<string>();
        while (!png.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png);
            types.Add(Encoding.ASCII.GetString(png.Slice(4, 4)));
            BinaryPrimitives.ReadUInt32BigEndian(png[(8 + length)..]).ShouldBe(Checksum(png.Slice(4, 4 + length)));
            var content = png.Slice(8, length);
            if (types[^1] == "IHDR")
                header = content.ToArray();
            if (types[^1] == "IDAT")
                compressed.Write(content);
            png = png[(12 + length)..];
        }

        types[0].ShouldBe("IHDR");
        types[^1].ShouldBe("IEND");
        header[10..].ShouldBe(new byte[] { 0, 0, 0 });
        var channels = header[9] switch { 0 => 1, 2 => 3, _ => throw new InvalidDataException("neither grey nor RGB") };
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        return new PngPicture(width, height, header[8], Inflate(compressed, width, height, header[8] / 8 * channels), channels);
    }

    private static byte[] Inflate(MemoryStream compressed, int width, int height, int sampleLength)
    {
        compressed.Position = 0;
        using var inflated = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionMode.Decompress))
            zlib.CopyTo(inflated);

        var rowLength = width * sampleLength;
        var filtered = inflated.ToArray();
        filtered.Length.ShouldBe((rowLength + 1) * height);
        var samples = new byte[rowLength * height];
        for (var row = 0; row < height; row++)
        {
            filtered[row * (rowLength + 1)].ShouldBe((byte)1, "the writer uses the filter Sub alone");
            for (var index = 0; index < rowLength; index++)
            {
                var left = index < sampleLength ? 0 : samples[row * rowLength + index - sampleLength];
                samples[row * rowLength + index] = (byte)(filtered[row * (rowLength + 1) + 1 + index] + left);
            }
        }

        return samples;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
