using System.Globalization;

namespace NeurDicom.Archive;

/// <summary>Sizes that are part of the design rather than settings; tests choose smaller ones.</summary>
/// <param name="LargeFrom">What is larger gets a file of its own; what is not is kept in memory while it
/// arrives.</param>
/// <param name="Punch">False: as if the file system could not free a part of a file.</param>
/// <param name="Segment">A segment that would grow beyond this is sealed, and the next one opened.</param>
internal sealed record ArchiveSizes(
    int LargeFrom = 1 << 20, long Segment = ArchiveSizes.StandardSegment, bool Punch = true)
{
    /// <summary>
    /// Those of the design. The test that kills the server asks for small segments and for compaction, so that it also
    /// hits those; see tests/NeurDicom.Durability. Never set these variables otherwise.
    /// </summary>
    public static readonly ArchiveSizes Default = new()
    {
        Segment = long.TryParse(
            Environment.GetEnvironmentVariable("DURABILITY_SEGMENT_SIZE"), NumberStyles.None,
            CultureInfo.InvariantCulture, out var size)
            ? size
            : StandardSegment,
        Punch = Environment.GetEnvironmentVariable("DURABILITY_PUNCH") != "0",
    };

    private const long StandardSegment = 256L << 20;
}
