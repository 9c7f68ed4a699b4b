using System.Runtime.InteropServices;

namespace Tornado.Internal;

internal static class MemoryStreams
{
    /// <summary>A read-only stream over the bytes, without a copy where an array stands behind them.</summary>
    public static MemoryStream Over(ReadOnlyMemory<byte> bytes)
        => MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Array is { } array
            ? new MemoryStream(array, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
