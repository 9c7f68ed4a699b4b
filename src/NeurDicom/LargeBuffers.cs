using System.Buffers;

namespace NeurDicom;

/// <summary>
/// Memory for one answer. What is larger than most answers ever are does not go through the shared pool,
/// which would keep it, for every thread, long after the one request that wanted it.
/// </summary>
internal static class LargeBuffers
{
    // The pool's arrays are powers of two, as this is, so the length tells where an array came from.
    private const int LargestPooled = 4 << 20;

    public static byte[] Rent(int length) =>
        length <= LargestPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    public static void Return(byte[] buffer)
    {
        if (buffer.Length <= LargestPooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
