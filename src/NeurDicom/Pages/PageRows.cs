using NeurDicom.Dicom.Text;

namespace NeurDicom.Pages;

// What the pages read of the rows that the API lists (LevelQueries): the same queries, the same members.

internal sealed record PatientRow(
    long Id, string? PatientId, string? PatientName, string? PatientSex, string? PatientAge, string? PatientBirthdate)
{
    /// <summary>The name as it is read, with its Chinese, Japanese or Korean form behind it.</summary>
    public string DisplayName
    {
        get
        {
            var name = PersonName.Parse(PatientName);
            var display = name.ToDisplayString();
            return !name.Alphabetic.IsEmpty && !name.Ideographic.IsEmpty
                ? $"{display} ({name.Ideographic.ToDisplayString()})"
                : display;
        }
    }
}

internal sealed record SeriesRow(
    long Id,
    string? SeriesInstanceUid,
    string? SeriesNumber,
    string? Modality,
    string? BodyPartExamined,
    string? ProtocolName,
    long ImagesCount,
    string? SeriesDescription,
    string? SeriesDate,
    string? SeriesTime,
    string? Manufacturer,
    string? StationName);

internal sealed record StudyRow(
    long Id,
    string? StudyId,
    string? StudyInstanceUid,
    string? StudyDescription,
    PatientRow Patient,
    IReadOnlyList<string> Modalities,
    long ImagesCount,
    IReadOnlyList<SeriesRow> Series,
    string? StudyDate,
    string? StudyTime,
    string? AccessionNumber,
    string? ReferringPhysicianName);

internal sealed record InstanceRow(
    long Id,
    string? SopInstanceUid,
    long? Rows,
    long? Columns,
    string? PhotometricInterpretation,
    long? InstanceNumber,
    string? SopClassUid,
    string? TransferSyntaxUid,
    long? Frames,
    long Size,
    InstanceParent? Parent);

internal sealed record InstanceParent(InstanceSeries Series);

internal sealed record InstanceSeries(long Id, string? Modality);
