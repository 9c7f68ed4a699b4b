using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace NeurDicom.Imaging;

/// <summary>
/// Turns the cells of a native grey frame into shades of 8 or 16 bits.
/// It goes through the frame in strips that stay in the processor's cache, once for the values in use and once for the
/// shades, so that the table of shades is no larger than the frame's own range and a large frame needs no second copy
/// of itself.
/// </summary>
internal static class GreyscaleRenderer
{
    private const int StripLength = 8192;

    private const int MaxTableLength = 65_536;

    /// <param name="frame">Little-endian cells, rows from the top.</param>
    /// <param name="shades">One byte a pixel, or two with the high byte first.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <param name="givenRange">Stands in place of the frame's own lowest and highest modality value.</param>
    public static void Render(
        ReadOnlySpan<byte> frame, SampleLayout layout, GreyscaleMapping mapping, Span<byte> shades, int bitDepth,
        (double Low, double High)? givenRange = null)
    {
        var pixels = shades.Length / (bitDepth / 8);
        var strip = ArrayPool<int>.Shared.Rent(StripLength);
        var table = ArrayPool<ushort>.Shared.Rent(MaxTableLength);
        try
        {
            var (low, high) = FindRange(frame, layout, pixels, strip);
            var range = givenRange
                ?? (mapping.NeedsRange
                    ? FindModalityRange(frame, layout, mapping, pixels, strip, (low, high))
                    : default);
            var scale = (1 << bitDepth) - 1;

            // A table pays when it has no more entries than there are pixels.
            var length = (long)high - low + 1;
            var usesTable = length <= Math.Min(MaxTableLength, pixels);
            if (usesTable)
            {
                for (var index = 0; index < length; index++)
                    table[index] = Quantise(mapping.ToShade(low + index + layout.Bias, range), scale);
            }

            var line = usesTable && bitDepth == 8 && mapping.Line(range) is { } straight
                ? ShadeLine.Fit(straight, table.AsSpan(0, (int)length), low, layout.Bias)
                : null;
            foreach (var (start, count) in Strips(pixels))
            {
                var values = strip.AsSpan(0, count);
                Unpack(frame, layout, start, values);
                var target = shades.Slice(start * (bitDepth / 8), count * (bitDepth / 8));
                if (line is { } even)
                    even.Apply(values, target);
                else if (usesTable)
                    LookUp(values, table.AsSpan(0, (int)length), low, target, bitDepth);
                else
                    Compute(values, layout.Bias, mapping, range, target, bitDepth);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(strip);
            ArrayPool<ushort>.Shared.Return(table);
        }
    }

    private static IEnumerable<(int Start, int Count)> Strips(int pixels)
    {
        for (var start = 0; start < pixels; start += StripLength)
            yield return (start, Math.Min(StripLength, pixels - start));
    }

    private static void Unpack(ReadOnlySpan<byte> frame, SampleLayout layout, int start, Span<int> values) =>
        layout.Unpack(frame[(start * (layout.BitsAllocated / 8))..], values);

    private static ushort Quantise(double shade, int scale) => (ushort)(shade * scale + 0.5);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LookUp(
        ReadOnlySpan<int> values, ReadOnlySpan<ushort> table, int low, Span<byte> target, int bitDepth)
    {
        if (bitDepth == 8)
        {
            target = target[..values.Length];
            for (var index = 0; index < values.Length; index++)
                target[index] = (byte)table[values[index] - low];
            return;
        }

        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteUInt16BigEndian(target[(2 * index)..], table[values[index] - low]);
    }

    private static void Compute(
        ReadOnlySpan<int> values, double bias, GreyscaleMapping mapping, (double Low, double High) range,
        Span<byte> target, int bitDepth)
    {
        for (var index = 0; index < values.Length; index++)
        {
            var shade = mapping.ToShade(values[index] + bias, range);
            if (bitDepth == 8)
                target[index] = (byte)Quantise(shade, 255);
            else
                BinaryPrimitives.WriteUInt16BigEndian(target[(2 * index)..], Quantise(shade, 65_535));
        }
    }

    /// <summary>
    /// The lowest and highest stored value, padding included; of single bits both, also where only one is there.
    /// </summary>
    public static (double Low, double High) FindRange(ReadOnlySpan<byte> frame, SampleLayout layout, int pixels)
    {
        if (layout.BitsStored == 1)
            return layout.Signed ? (-1, 0) : (0, 1);
        var strip = ArrayPool<int>.Shared.Rent(StripLength);
        try
        {
            var (low, high) = FindRange(frame, layout, pixels, strip);
            return (low + layout.Bias, high + layout.Bias);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(strip);
        }
    }

    /// <summary>The lowest and highest unpacked value, padding included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int Low, int High) FindRange(
        ReadOnlySpan<byte> frame, SampleLayout layout, int pixels, int[] strip)
    {
        var low = int.MaxValue;
        var high = int.MinValue;
        foreach (var (start, count) in Strips(pixels))
        {
            var values = strip.AsSpan(0, count);
            Unpack(frame, layout, start, values);

            var index = 0;
            var lows = new Vector<int>(low);
            var highs = new Vector<int>(high);
            for (; index <= count - Vector<int>.Count; index += Vector<int>.Count)
            {
                var value = new Vector<int>(values[index..]);
                lows = Vector.Min(lows, value);
                highs = Vector.Max(highs, value);
            }

            for (var lane = 0; lane < Vector<int>.Count; lane++)
            {
                low = Math.Min(low, lows[lane]);
                high = Math.Max(high, highs[lane]);
            }

            for (; index < count; index++)
            {
                low = Math.Min(low, values[index]);
                high = Math.Max(high, values[index]);
            }
        }

        return (low, high);
    }

    /// <summary>
    /// The lowest and highest modality value of the pixels that are not padding, or of all when every one is.
    /// </summary>
    private static (double Low, double High) FindModalityRange(
        ReadOnlySpan<byte> frame, SampleLayout layout, GreyscaleMapping mapping, int pixels, int[] strip,
        (int Low, int High) all)
    {
        // One bit is black or white, also when the frame has only one of them.
        if (layout.BitsStored == 1)
            return Ordered(mapping.ToModality(layout.Signed ? -1 : 0), mapping.ToModality(layout.Signed ? 0 : 1));

        var (low, high) = (all.Low + layout.Bias, all.High + layout.Bias);
        var hasPadding = mapping.Padding is { } padding && padding.Low <= high && padding.High >= low;
        if (!hasPadding && mapping.ModalityLut is null)
            return Ordered(mapping.ToModality(low), mapping.ToModality(high));

        var (paddingLow, paddingHigh) = hasPadding
            ? mapping.Padding!.Value
            : (double.PositiveInfinity, double.NegativeInfinity);
        var found = (Low: double.PositiveInfinity, High: double.NegativeInfinity);
        foreach (var (start, count) in Strips(pixels))
        {
            var values = strip.AsSpan(0, count);
            Unpack(frame, layout, start, values);
            foreach (var value in values)
            {
                var stored = value + layout.Bias;
                if (stored >= paddingLow && stored <= paddingHigh)
                    continue;
                var modality = mapping.ToModality(stored);
                found.Low = Math.Min(found.Low, modality);
                found.High = Math.Max(found.High, modality);
            }
        }

        return found.Low <= found.High ? found : Ordered(mapping.ToModality(low), mapping.ToModality(high));
    }

    private static (double Low, double High) Ordered(double one, double other) =>
        one <= other ? (one, other) : (other, one);
}
