using System.Buffers.Binary;

namespace NeurDicom.Imaging;

/// <summary>
/// Segmented Palette Color Lookup Table Data, PS3.3 C.7.9.2: runs of values, straight lines to a value,
/// and references to segments that came before.
/// </summary>
internal static class PaletteSegments
{
    private const int Discrete = 0;
    private const int Linear = 1;
    private const int Indirect = 2;

    /// <summary>The table's entries; null where the segments are broken or make another number of them.</summary>
    /// <param name="bits">8: values are bytes; 16: words.</param>
    public static ushort[]? Expand(ReadOnlySpan<byte> segments, int count, int bits, bool isBigEndian)
    {
        var values = new int[segments.Length / (bits / 8)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = bits == 8 ? segments[isBigEndian && (index ^ 1) < segments.Length ? index ^ 1 : index]
                : isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(segments[(2 * index)..])
                : BinaryPrimitives.ReadUInt16LittleEndian(segments[(2 * index)..]);
        }

        var entries = new List<ushort>(count);
        var isWhole = Run(values, 0, int.MaxValue, bits, count, entries, isReference: false);
        return isWhole && entries.Count == count ? [.. entries] : null;
    }

    private static bool Run(
        ReadOnlySpan<int> values, int at, int segments, int bits, int count, List<ushort> entries, bool isReference)
    {
        for (; segments > 0 && at + 1 < values.Length && entries.Count < count; segments--)
        {
            var (kind, length) = (values[at], values[at + 1]);
            at += 2;
            switch (kind)
            {
                case Discrete when length > 0 && at + length <= values.Length:
                    foreach (var value in values.Slice(at, Math.Min(length, count - entries.Count)))
                        entries.Add((ushort)value);
                    at += length;
                    break;
                case Linear when length > 0 && entries.Count > 0 && at < values.Length:
                    Line(entries, Math.Min(length, count - entries.Count), length, values[at++]);
                    break;
                // A reference refers to segments, never to another reference: so it ends.
                case Indirect when !isReference && Offset(values, at, bits) is { } offset:
                    at += bits == 8 ? 4 : 2;
                    if (!Run(values, offset, length, bits, count, entries, isReference: true))
                        return false;
                    break;
                default:
                    return false;
            }
        }

        return segments == 0 || !isReference || entries.Count == count;
    }

    private static void Line(List<ushort> entries, int steps, int length, int end)
    {
        var start = entries[^1];
        for (var step = 1; step <= steps; step++)
            entries.Add((ushort)Math.Round(start + (end - start) * (double)step / length));
    }

    /// <summary>
    /// Where the referenced segment begins, in values: the offset counts bytes and comes low part first.
    /// </summary>
    private static int? Offset(ReadOnlySpan<int> values, int at, int bits)
    {
        var parts = bits == 8 ? 4 : 2;
        if (at + parts > values.Length)
            return null;
        long offset = 0;
        for (var part = parts - 1; part >= 0; part--)
            offset = (offset << bits) | (uint)values[at + part];
        offset /= bits / 8;
        return offset < values.Length ? (int)offset : null;
    }
}
