using System.Buffers;
using System.Buffers.Binary;

namespace NeurDicom.Imaging;

/// <summary>
/// Turns colour samples and palette indices into red, green and blue of 8 or 16 bits, strip by strip.
/// </summary>
internal static class ColourRenderer
{
    // Divisible by three: a strip holds whole pixels.
    private const int StripLength = 8190;

    // More bits than a picture can show are cut off.
    private const int MostBits = 16;

    /// <param name="samples">Little-endian cells, three to a pixel.</param>
    /// <param name="target">Three samples a pixel, of one byte or of two with the high byte first.</param>
    /// <param name="bitDepth">8 or 16.</param>
    public static void Render(
        ReadOnlySpan<byte> samples, SampleLayout layout, PixelKind kind, Span<byte> target, int bitDepth)
    {
        layout = layout with { Signed = false };
        var bits = Math.Min(layout.BitsStored, MostBits);
        if (kind == PixelKind.Rgb && bitDepth == 8 && layout is { BitsAllocated: 8, BitsStored: 8 })
        {
            samples[..target.Length].CopyTo(target);
            return;
        }

        var strip = ArrayPool<int>.Shared.Rent(StripLength);
        try
        {
            var count = target.Length / (bitDepth / 8);
            for (var start = 0; start < count; start += StripLength)
            {
                var values = strip.AsSpan(0, Math.Min(StripLength, count - start));
                layout.Unpack(samples[(start * (layout.BitsAllocated / 8))..], values);
                if (layout.BitsStored > bits)
                    Narrow(values, layout);
                if (kind == PixelKind.YbrFull)
                    ToRgb(values, bits);
                else if (kind == PixelKind.YbrPartial)
                    PartialToRgb(values, bits);
                Write(values, bits, target[(start * (bitDepth / 8))..], bitDepth);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(strip);
        }
    }

    /// <param name="samples">Little-endian cells, one to a pixel.</param>
    /// <param name="target">Three samples a pixel, of one byte or of two with the high byte first.</param>
    /// <param name="bitDepth">8 or 16.</param>
    public static void Render(
        ReadOnlySpan<byte> samples, SampleLayout layout, Palette palette, Span<byte> target, int bitDepth)
    {
        var entryLength = 3 * (bitDepth / 8);
        var table = new byte[palette.Red.Length * entryLength];
        Span<int> entry = stackalloc int[3];
        for (var index = 0; index < palette.Red.Length; index++)
        {
            (entry[0], entry[1], entry[2]) = (palette.Red[index], palette.Green[index], palette.Blue[index]);
            Write(entry, palette.Bits, table.AsSpan(index * entryLength), bitDepth);
        }

        var strip = ArrayPool<int>.Shared.Rent(StripLength);
        try
        {
            var pixels = target.Length / entryLength;
            var last = palette.Red.Length - 1L;
            for (var start = 0; start < pixels; start += StripLength)
            {
                var values = strip.AsSpan(0, Math.Min(StripLength, pixels - start));
                layout.Unpack(samples[(start * (layout.BitsAllocated / 8))..], values);
                var to = target.Slice(start * entryLength, values.Length * entryLength);
                for (var index = 0; index < values.Length; index++)
                {
                    var place = (int)Math.Clamp(values[index] + (long)layout.Bias - palette.First, 0, last);
                    table.AsSpan(place * entryLength, entryLength).CopyTo(to[(index * entryLength)..]);
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(strip);
        }
    }

    private static void Narrow(Span<int> values, SampleLayout layout)
    {
        // Unsigned values of 32 bits come less 2³¹ (SampleLayout.Bias).
        var flip = layout.Bias == 0 ? 0 : int.MinValue;
        for (var index = 0; index < values.Length; index++)
            values[index] = (int)((uint)(values[index] ^ flip) >> (layout.BitsStored - MostBits));
    }

    /// <summary>PS3.3 C.7.6.3.1.2, YBR_FULL, solved for red, green and blue (ITU-T T.871).</summary>
    private static void ToRgb(Span<int> values, int bits)
    {
        // 14 bits of fraction: with samples of 16 bits the sums still fit.
        const int Round = 1 << 13;
        var (half, most) = (1 << (bits - 1), (1 << bits) - 1);
        for (var index = 0; index + 2 < values.Length; index += 3)
        {
            var luma = (values[index] << 14) + Round;
            var (blue, red) = (values[index + 1] - half, values[index + 2] - half);
            values[index] = Math.Clamp((luma + 22970 * red) >> 14, 0, most);
            values[index + 1] = Math.Clamp((luma - 5638 * blue - 11700 * red) >> 14, 0, most);
            values[index + 2] = Math.Clamp((luma + 29032 * blue) >> 14, 0, most);
        }
    }

    /// <summary>PS3.3 C.7.6.3.1.2, YBR_PARTIAL_422: luma from 16 to 235 of 255, differences from 16 to 240.</summary>
    private static void PartialToRgb(Span<int> values, int bits)
    {
        var most = (1 << bits) - 1;
        var unit = most / 255.0;
        for (var index = 0; index + 2 < values.Length; index += 3)
        {
            var luma = (values[index] - 16 * unit) * 255 / 219;
            var blue = (values[index + 1] - 128 * unit) * 255 / 224;
            var red = (values[index + 2] - 128 * unit) * 255 / 224;
            values[index] = (int)Math.Clamp(luma + 1.402 * red + 0.5, 0, most);
            values[index + 1] = (int)Math.Clamp(luma - 0.344136 * blue - 0.714136 * red + 0.5, 0, most);
            values[index + 2] = (int)Math.Clamp(luma + 1.772 * blue + 0.5, 0, most);
        }
    }

    private static void Write(ReadOnlySpan<int> values, int bits, Span<byte> target, int bitDepth)
    {
        var most = (1L << bits) - 1;
        var scale = (1 << bitDepth) - 1;
        if (bitDepth == 8)
        {
            for (var index = 0; index < values.Length; index++)
                target[index] = bits == 8 ? (byte)values[index] : (byte)((values[index] * scale + most / 2) / most);
            return;
        }

        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteUInt16BigEndian(
                target[(2 * index)..], (ushort)((values[index] * scale + most / 2) / most));
    }
}
