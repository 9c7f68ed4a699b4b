namespace NeurDicom.Index;

/// <summary>Where a version's bytes and its metadata lie: the opaque locator of the <c>versions</c> row.</summary>
/// <param name="Segment">Null: the file <c>large/VERSION</c>.</param>
/// <param name="Offset">Of the first byte of the file, behind the record's header; 0 in a large file.</param>
internal readonly record struct VersionPlace(
    long Version,
    long? Segment,
    long Offset,
    long Size,
    long MetadataSegment,
    long MetadataOffset,
    int MetadataLength,
    long MetadataSize,
    uint MetadataCrc32);
