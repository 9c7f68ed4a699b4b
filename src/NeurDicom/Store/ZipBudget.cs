namespace NeurDicom.Store;

/// <summary>
/// How far the entries of one ZIP archive may inflate, each and all together. Deflate packs at most 1032 to 1;
/// slices hold 2 to 1, and only masks and blank pictures come near the limit,
/// which is why little is let through whatever its ratio.
/// </summary>
internal sealed class ZipBudget(long archiveLength, int ratio)
{
    private const long FreeEntry = 16L << 20;
    private const long FreeArchive = 64L << 20;

    private long _left = Math.Max(FreeArchive, Multiply(archiveLength, ratio));

    public int Ratio { get; } = ratio;

    /// <summary>The most that an entry of this compressed size may inflate to.</summary>
    public long LimitOf(long compressed) => Math.Max(FreeEntry, Multiply(compressed, Ratio));

    /// <summary>Counts what was inflated; several entries may be read at once.</summary>
    /// <returns>False: it was too much.</returns>
    public bool Take(int count) => Interlocked.Add(ref _left, -count) >= 0;

    // Sizes in a directory may be anything.
    private static long Multiply(long size, int ratio) => size > long.MaxValue / ratio ? long.MaxValue : size * ratio;
}
