using NeurDicom.Dicom;

namespace NeurDicom.Index;

/// <summary>
/// What the index keeps of one instance's header: decoded, trimmed, bounded in length; null where absent.
/// </summary>
internal sealed record InstanceAttributes
{
    public required Uid SopInstanceUid { get; init; }
    public required Uid SeriesInstanceUid { get; init; }
    public required Uid StudyInstanceUid { get; init; }
    public required string SopClassUid { get; init; }
    public required string TransferSyntaxUid { get; init; }

    public string PatientId { get; init; } = "";
    public string? IssuerOfPatientId { get; init; }
    public string? PatientName { get; init; }
    public string? PatientSex { get; init; }
    public string? PatientAge { get; init; }
    public string? PatientBirthDate { get; init; }

    public string? StudyId { get; init; }
    public string? StudyDate { get; init; }
    public string? StudyTime { get; init; }
    public string? StudyDescription { get; init; }
    public string? AccessionNumber { get; init; }
    public string? ReferringPhysicianName { get; init; }

    public string? Modality { get; init; }
    public string? SeriesNumber { get; init; }
    public string? SeriesDescription { get; init; }
    public string? SeriesDate { get; init; }
    public string? SeriesTime { get; init; }
    public string? Manufacturer { get; init; }
    public string? StationName { get; init; }
    public string? PatientPosition { get; init; }
    public string? BodyPartExamined { get; init; }
    public string? ProtocolName { get; init; }

    public long? InstanceNumber { get; init; }
    public long? Rows { get; init; }
    public long? Columns { get; init; }
    public long? Frames { get; init; }
    public long? BitsAllocated { get; init; }
    public long? BitsStored { get; init; }
    public string? PhotometricInterpretation { get; init; }
    public string? ColorSpace { get; init; }
    public string? PixelSpacing { get; init; }
    public string? PixelAspectRatio { get; init; }
    public long? SmallestImagePixelValue { get; init; }
    public long? LargestImagePixelValue { get; init; }
}
