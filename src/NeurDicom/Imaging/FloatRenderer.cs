using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NeurDicom.Imaging;

/// <summary>
/// Turns the cells of Float and Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25) into shades of 8 or 16 bits.
/// </summary>
internal static class FloatRenderer
{
    /// <param name="frame">Little-endian cells of 4 or 8 bytes.</param>
    /// <param name="shades">One byte a pixel, or two with the high byte first. What is no number is black.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <param name="givenRange">Stands in place of the frame's own lowest and highest modality value.</param>
    public static void Render(
        ReadOnlySpan<byte> frame, int cellLength, GreyscaleMapping mapping, Span<byte> shades, int bitDepth,
        (double Low, double High)? givenRange = null)
    {
        var pixels = shades.Length / (bitDepth / 8);
        var range = givenRange ?? (mapping.NeedsRange ? FindRange(frame, cellLength, mapping, pixels) : default);
        var scale = (1 << bitDepth) - 1;
        for (var index = 0; index < pixels; index++)
        {
            var value = Read(frame, cellLength, index);
            var shade = double.IsNaN(value) ? 0 : mapping.ToShade(value, range);
            var quantised = (int)((double.IsNaN(shade) ? 0 : shade) * scale + 0.5);
            if (bitDepth == 8)
                shades[index] = (byte)quantised;
            else
                BinaryPrimitives.WriteUInt16BigEndian(shades[(2 * index)..], (ushort)quantised);
        }
    }

    public static double Read(ReadOnlySpan<byte> cells, int cellLength, int index) => cellLength == 4
        ? MemoryMarshal.Read<float>(cells[(4 * index)..])
        : MemoryMarshal.Read<double>(cells[(8 * index)..]);

    /// <summary>The lowest and highest number that is finite and no padding.</summary>
    public static (double Low, double High) FindRange(
        ReadOnlySpan<byte> frame, int cellLength, GreyscaleMapping mapping, int pixels)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var index = 0; index < pixels; index++)
        {
            var stored = Read(frame, cellLength, index);
            if (!double.IsFinite(stored)
                || (mapping.Padding is { } padding && stored >= padding.Low && stored <= padding.High))
                continue;
            var value = mapping.ToModality(stored);
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return low <= high ? (low, high) : (0, 0);
    }
}
