namespace NeurDicom.Archive;

/// <summary>Sizes that are part of the design rather than settings; tests choose smaller ones.</summary>
/// <param name="LargeFrom">What is larger gets a file of its own; what is not is kept in memory while it
/// arrives.</param>
/// <param name="Punch">False: as if the file system could not free a part of a file.</param>
/// <param name="Segment">A segment that would grow beyond this is sealed, and the next one opened.</param>
internal sealed record ArchiveSizes(int LargeFrom = 1 << 20, long Segment = 256L << 20, bool Punch = true)
{
    public static readonly ArchiveSizes Default = new();
}
