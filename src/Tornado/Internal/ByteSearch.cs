using System.Buffers;

namespace Tornado.Internal;

internal static class ByteSearch
{
    /// <summary>
    /// Where a short text begins in a sequence, across its segments, or -1. Vectorised inside each segment.
    /// </summary>
    public static long IndexOf(ReadOnlySequence<byte> sequence, ReadOnlySpan<byte> text)
    {
        if (sequence.IsSingleSegment)
            return sequence.FirstSpan.IndexOf(text);

        Span<byte> seam = stackalloc byte[2 * text.Length];
        var carried = 0;
        var passed = 0L;
        foreach (var segment in sequence)
        {
            var span = segment.Span;

            // What may begin in the segments before and end in this one.
            if (carried > 0)
            {
                var added = Math.Min(text.Length - 1, span.Length);
                span[..added].CopyTo(seam[carried..]);
                if (seam[..(carried + added)].IndexOf(text) is >= 0 and var across)
                    return passed - carried + across;
            }
            if (span.IndexOf(text) is >= 0 and var inside)
                return passed + inside;
            passed += span.Length;

            if (span.Length >= text.Length - 1)
            {
                carried = text.Length - 1;
                span[^carried..].CopyTo(seam);
            }
            else
            {
                span.CopyTo(seam[carried..]);
                var all = carried + span.Length;
                carried = Math.Min(all, text.Length - 1);
                seam[(all - carried)..all].CopyTo(seam);
            }
        }
        return -1;
    }
}
