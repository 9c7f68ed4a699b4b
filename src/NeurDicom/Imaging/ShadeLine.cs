using System.Numerics;
using System.Runtime.CompilerServices;

namespace NeurDicom.Imaging;

/// <summary>
/// Shades of 8 bits along a straight line between black and white, several pixels at once.
/// Used only where it gives, for every value in use, just the shade that the table has.
/// </summary>
internal readonly record struct ShadeLine(int Low, float Factor, float Offset)
{
    /// <summary>The line through a table's unrounded shades; null where it does not give every one of them.</summary>
    /// <param name="table">The shade of each value from <paramref name="low"/> on.</param>
    /// <param name="line">
    /// Shade, not cut off at black and white, is this factor times the stored value plus this offset.
    /// </param>
    public static ShadeLine? Fit((double Factor, double Offset) line, ReadOnlySpan<ushort> table, int low, double bias)
    {
        var fitted = new ShadeLine(
            low, (float)(line.Factor * 255), (float)(((low + bias) * line.Factor + line.Offset) * 255));
        const int Piece = 1024;
        Span<int> values = stackalloc int[Piece];
        Span<byte> shades = stackalloc byte[Piece];
        for (var start = 0; start < table.Length; start += Piece)
        {
            var part = table.Slice(start, Math.Min(Piece, table.Length - start));
            for (var index = 0; index < part.Length; index++)
                values[index] = low + start + index;
            fitted.Apply(values[..part.Length], shades);
            for (var index = 0; index < part.Length; index++)
            {
                if (shades[index] != part[index])
                    return null;
            }
        }

        return fitted;
    }

    // The first pictures of a server are as fast as the later ones: loops like these are slow until they are optimised.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(ReadOnlySpan<int> values, Span<byte> shades)
    {
        var lows = new Vector<int>(Low);
        var factors = new Vector<float>(Factor);
        var offsets = new Vector<float>(Offset);
        var index = 0;
        for (; index <= values.Length - Vector<byte>.Count; index += Vector<byte>.Count)
        {
            var first = Shade(values, index, lows, factors, offsets);
            var second = Shade(values, index + Vector<int>.Count, lows, factors, offsets);
            var third = Shade(values, index + 2 * Vector<int>.Count, lows, factors, offsets);
            var fourth = Shade(values, index + 3 * Vector<int>.Count, lows, factors, offsets);
            var front = Vector.Narrow(first, second).As<short, ushort>();
            var back = Vector.Narrow(third, fourth).As<short, ushort>();
            Vector.Narrow(front, back).CopyTo(shades[index..]);
        }

        for (; index < values.Length; index++)
        {
            var shade = (values[index] - Low) * Factor + Offset;
            shades[index] = (byte)(Math.Min(Math.Max(shade, 0), 255) + 0.5f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Shade(
        ReadOnlySpan<int> values, int index, Vector<int> lows, Vector<float> factors, Vector<float> offsets)
    {
        var shade = Vector.ConvertToSingle(new Vector<int>(values[index..]) - lows) * factors + offsets;
        shade = Vector.Min(Vector.Max(shade, Vector<float>.Zero), new Vector<float>(255));
        return Vector.ConvertToInt32(shade + new Vector<float>(0.5f));
    }
}
