using System.Buffers.Binary;

namespace NeurDicom.Dicom.Json;

/// <summary>
/// The checksum of gzip (RFC 1952 8), by eight tables at once, and what the runtime's own packages lack:
/// the checksum of two runs of bytes from the checksums of each.
/// </summary>
public static class Crc32
{
    // The polynomial with its bits reversed.
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Tables = BuildTables();

    // Entry k is x^(2^k) modulo the polynomial.
    private static readonly uint[] Powers = BuildPowers();

    /// <summary>Goes on with a checksum; the one of no bytes is 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var tables = Tables.AsSpan(0, 8 * 256);
        crc = ~crc;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[(7 * 256) + (byte)low] ^ tables[(6 * 256) + (byte)(low >> 8)] ^
                tables[(5 * 256) + (byte)(low >> 16)] ^ tables[(4 * 256) + (byte)(low >> 24)] ^
                tables[(3 * 256) + (byte)high] ^ tables[(2 * 256) + (byte)(high >> 8)] ^
                tables[256 + (byte)(high >> 16)] ^ tables[(byte)(high >> 24)];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            crc = tables[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>The checksum of two runs of bytes, one after the other.</summary>
    /// <param name="secondLength">How many bytes the second run has.</param>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        // Appending n bytes multiplies by x^(8n).
        var factor = 1u << 31;
        for (var (n, k) = (secondLength, 3); n > 0; n >>= 1, k++)
        {
            if ((n & 1) != 0)
                factor = Multiply(Powers[k & 31], factor);
        }

        return Multiply(factor, first) ^ second;
    }

    private static uint Multiply(uint a, uint b)
    {
        var product = 0u;
        for (var bit = 1u << 31; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
                product ^= b;
            b = (b >> 1) ^ (Polynomial & (0 - (b & 1)));
        }

        return product;
    }

    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (Polynomial & (0 - (crc & 1)));
            tables[i] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
            tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }

    private static uint[] BuildPowers()
    {
        var powers = new uint[32];
        powers[0] = 1u << 30;
        for (var k = 1; k < powers.Length; k++)
            powers[k] = Multiply(powers[k - 1], powers[k - 1]);
        return powers;
    }
}
