using System.Buffers.Binary;
using System.Globalization;

namespace NeurDicom.Replay;

/// <summary>What raw pixels must be, from the file that holds them: bug 28 of golden.md.</summary>
internal static class Probe
{
    private const uint BitsAllocated = 0x0028_0100;
    private const uint PixelRepresentation = 0x0028_0103;

    /// <summary>Checks that an answer has (v − min) · 255 / (max − min) of the instance that was asked for.</summary>
    public static string? IsScaled(Exchange exchange)
    {
        if (exchange.Answer.Status != 200)
            return $"the status is {exchange.Answer.Status}";
        var expected = Scale(Values(File.ReadAllBytes(FileOf(exchange)), exchange.Answer.Body.Length));
        var differing = exchange.Answer.Body.Zip(expected).Count(pair => pair.First != pair.Second);
        return differing == 0 ? null : $"{differing} of {expected.Length} bytes are others";
    }

    /// <summary>Checks that 16-bit values reach from 0 to 65,535.</summary>
    public static string? ReachesTop(Exchange exchange)
    {
        var values = Numbers(exchange.Answer.Body, 16, isSigned: false);
        return (values.Min(), values.Max()) == (0, 65535) ? null : $"the values reach from {values.Min()} to {values.Max()}";
    }

    public static byte[] Scale(IReadOnlyList<int> values)
    {
        var (min, max) = values.Count == 0 ? (0, 0) : (values.Min(), values.Max());
        return [.. values.Select(v => max == min ? (byte)0 : (byte)Math.Round((v - min) * 255.0 / (max - min), MidpointRounding.AwayFromZero))];
    }

    /// <summary>Stored numbers, little endian.</summary>
    public static IReadOnlyList<int> Numbers(ReadOnlySpan<byte> stored, int bits, bool isSigned)
    {
        var values = new int[stored.Length * 8 / bits];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (bits, isSigned) switch
            {
                (8, _) => stored[i],
                (16, true) => BinaryPrimitives.ReadInt16LittleEndian(stored[(2 * i)..]),
                (16, false) => BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]),
                _ => throw new InvalidOperationException($"{bits} bits are not recorded."),
            };
        }

        return values;
    }

    // px_ct_raw sent no file; px_ct_upload had sent px_ct.dcm. The others ask for one of the hundred by its id.
    private static string FileOf(Exchange exchange)
    {
        var recordings = exchange.Recordings!; // Not null: recorded calls come from recordings.
        var name = exchange.Call.Name;
        if (name.StartsWith("px_", StringComparison.Ordinal))
            return recordings.Sample(name[..name.LastIndexOf("_raw", StringComparison.Ordinal)] + ".dcm");
        var id = int.Parse(exchange.Call.Path.Split('/')[3], CultureInfo.InvariantCulture);
        return Directory.EnumerateFiles(recordings.Instances, "*.dcm", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ElementAt(id - 1);
    }

    // All of these files are Implicit VR Little Endian, without compression, and end with their pixels.
    private static IReadOnlyList<int> Values(byte[] file, int pixels)
    {
        var bits = Number(BitsAllocated);
        var length = pixels * bits / 8;
        return Numbers(file.AsSpan(file.Length - length), bits, Number(PixelRepresentation) == 1);

        int Number(uint tag)
        {
            byte[] head = [(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8), 2, 0, 0, 0];
            var at = file.AsSpan().IndexOf(head);
            return BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at + head.Length));
        }
    }
}
