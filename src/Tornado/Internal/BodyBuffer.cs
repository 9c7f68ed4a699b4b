using System.Buffers;
using System.IO.Pipelines;

namespace Tornado.Internal;

internal static class BodyBuffer
{
    // What a client announces is believed only this far; beyond it memory follows what has arrived.
    private const int LargestTrusted = 64 * 1024;

    /// <summary>Reads a body to its end; the limit on its size is Kestrel's.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(
        PipeReader body, long? length, CancellationToken cancel)
    {
        if (length == 0)
            return default;
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(length ?? 4096, 1, LargestTrusted));
        while (true)
        {
            var read = await body.ReadAsync(cancel);
            foreach (var segment in read.Buffer)
                buffer.Write(segment.Span);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return buffer.WrittenMemory;
        }
    }
}
