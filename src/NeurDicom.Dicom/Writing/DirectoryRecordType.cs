namespace NeurDicom.Dicom;

/// <summary>A key of a directory record.</summary>
/// <param name="Type">As the standard gives it: 1, 2, or 3 for 1C, which is written where the file has it.</param>
internal readonly record struct RecordKey(Tag Tag, int Type);

/// <summary>
/// The types of directory records and their keys (PS3.3 F.5), and which one a SOP class has (PS3.3 Table F.4-1).
/// </summary>
internal sealed class DirectoryRecordType(string name, params RecordKey[] keys)
{
    private const string Storage = "1.2.840.10008.5.1.4.1.1.";

    private static readonly RecordKey[] Content =
        [One(Tag.ContentDate), One(Tag.ContentTime), One(Tag.InstanceNumber)];

    /// <summary>The Content Identification Macro, PS3.3 Table 10-12.</summary>
    private static readonly RecordKey[] Identified =
    [
        One(Tag.InstanceNumber), One(Tag.ContentLabel), Two(Tag.ContentDescription), Two(Tag.ContentCreatorName),
    ];

    private static readonly DirectoryRecordType Image = new("IMAGE", One(Tag.InstanceNumber));

    private static readonly DirectoryRecordType Waveform = new("WAVEFORM", Content);

    private static readonly DirectoryRecordType Presentation = new(
        "PRESENTATION",
        [
            One(Tag.PresentationCreationDate), One(Tag.PresentationCreationTime), .. Identified,
            Three(Tag.ReferencedSeriesSequence), Three(Tag.BlendingSequence),
        ]);

    private static readonly DirectoryRecordType SrDocument = new(
        "SR DOCUMENT",
        [
            .. Content, One(Tag.CompletionFlag), One(Tag.VerificationFlag), Three(Tag.VerificationDateTime),
            One(Tag.ConceptNameCodeSequence), Three(Tag.ContentSequence),
        ]);

    private static readonly DirectoryRecordType KeyObject = new(
        "KEY OBJECT DOC", [.. Content, One(Tag.ConceptNameCodeSequence), Three(Tag.ContentSequence)]);

    private static readonly DirectoryRecordType EncapsulatedDocument = new(
        "ENCAP DOC",
        Two(Tag.ContentDate), Two(Tag.ContentTime), One(Tag.InstanceNumber), Two(Tag.DocumentTitle),
        Three(Tag.HL7InstanceIdentifier), Two(Tag.ConceptNameCodeSequence), One(Tag.MIMETypeOfEncapsulatedDocument));

    private static readonly DirectoryRecordType Radiotherapy = new(
        "RADIOTHERAPY",
        One(Tag.InstanceNumber), Three(Tag.UserContentLabel), Three(Tag.UserContentLongLabel),
        Two(Tag.ContentDescription),
        Two(Tag.ContentCreatorName));

    private static readonly DirectoryRecordType Dose =
        new("RT DOSE", One(Tag.InstanceNumber), One(Tag.DoseSummationType));

    private static readonly DirectoryRecordType StructureSet = new(
        "RT STRUCTURE SET",
        One(Tag.InstanceNumber), One(Tag.StructureSetLabel), Two(Tag.StructureSetDate), Two(Tag.StructureSetTime));

    private static readonly DirectoryRecordType Plan = new(
        "RT PLAN", One(Tag.InstanceNumber), One(Tag.RTPlanLabel), Two(Tag.RTPlanDate), Two(Tag.RTPlanTime));

    private static readonly DirectoryRecordType TreatmentRecord = new(
        "RT TREAT RECORD", One(Tag.InstanceNumber), Two(Tag.TreatmentDate), Two(Tag.TreatmentTime));

    private static readonly DirectoryRecordType Spectroscopy = new(
        "SPECTROSCOPY",
        [
            One(Tag.ImageType), .. Content, Three(Tag.ReferencedImageEvidenceSequence), One(Tag.NumberOfFrames),
            One(Tag.Rows),
            One(Tag.Columns), One(Tag.DataPointRows), One(Tag.DataPointColumns),
        ]);

    private static readonly DirectoryRecordType Raw = new(
        "RAW DATA", One(Tag.ContentDate), One(Tag.ContentTime), Two(Tag.InstanceNumber));

    private static readonly DirectoryRecordType Assessment = new(
        "ASSESSMENT", One(Tag.InstanceNumber), One(Tag.InstanceCreationDate), Two(Tag.InstanceCreationTime));

    private static readonly DirectoryRecordType Stereometric = new("STEREOMETRIC", Content);

    private static readonly DirectoryRecordType SurfaceScan = new("SURFACE SCAN", Content);

    /// <summary>What the standard has no type for, PS3.3 F.5.</summary>
    public static DirectoryRecordType Private { get; } = new("PRIVATE", Three(Tag.InstanceNumber));

    // By the end of the UID; the longest that fits counts, and "x." stands for all below.
    private static readonly Dictionary<string, DirectoryRecordType> BySopClass = new(StringComparer.Ordinal)
    {
        ["4.2"] = Spectroscopy,
        ["9."] = Waveform,
        ["9.100."] = Presentation,
        ["11."] = Presentation,
        ["66"] = Raw,
        ["66.1"] = Described("REGISTRATION"),
        ["66.2"] = Described("FIDUCIAL"),
        ["66.3"] = Described("REGISTRATION"),
        ["66.5"] = Described("SURFACE"),
        ["66.6"] = Described("TRACT"),
        ["67"] = Described("VALUE MAP"),
        ["68."] = SurfaceScan,
        ["77.1.5.3"] = Stereometric,
        ["78."] = Described("MEASUREMENT"),
        ["78.6"] = SrDocument,
        ["79.1"] = SrDocument,
        ["80.1"] = Described("MEASUREMENT"),
        ["88."] = SrDocument,
        ["88.59"] = KeyObject,
        ["90.1"] = Assessment,
        ["91.1"] = Described("ANNOTATION"),
        ["104."] = EncapsulatedDocument,
        ["200."] = Private,
        ["201."] = Private,
        ["481."] = Radiotherapy,
        ["481.1"] = Image,
        ["481.2"] = Dose,
        ["481.3"] = StructureSet,
        ["481.4"] = TreatmentRecord,
        ["481.5"] = Plan,
        ["481.6"] = TreatmentRecord,
        ["481.7"] = TreatmentRecord,
        ["481.8"] = Plan,
        ["481.9"] = TreatmentRecord,
        ["481.23"] = Image,
        ["481.24"] = Image,
    };

    /// <summary>PS3.3 F.5.1.</summary>
    public static DirectoryRecordType Patient { get; } = new("PATIENT", Two(Tag.PatientName), One(Tag.PatientID));

    /// <summary>PS3.3 F.5.2.</summary>
    public static DirectoryRecordType Study { get; } = new(
        "STUDY",
        One(Tag.StudyDate), One(Tag.StudyTime), Two(Tag.StudyDescription), One(Tag.StudyInstanceUid), One(Tag.StudyID),
        Two(Tag.AccessionNumber));

    /// <summary>PS3.3 F.5.3; the description is ours, since viewers show it.</summary>
    public static DirectoryRecordType Series { get; } = new(
        "SERIES", One(Tag.Modality), One(Tag.SeriesInstanceUid), One(Tag.SeriesNumber), Three(Tag.SeriesDescription));

    public string Name { get; } = name;

    public IReadOnlyList<RecordKey> Keys { get; } = keys;

    public static DirectoryRecordType Of(Uid sopClass)
    {
        var uid = sopClass.Value;
        if (!uid.StartsWith(Storage, StringComparison.Ordinal))
            return Private;

        var end = uid[Storage.Length..];
        if (BySopClass.TryGetValue(end, out var found))
            return found;
        for (var dot = end.LastIndexOf('.'); dot > 0; dot = end.LastIndexOf('.', dot - 1))
        {
            if (BySopClass.TryGetValue(end[..(dot + 1)], out found))
                return found;
        }

        return Image;
    }

    private static DirectoryRecordType Described(string name) =>
        new(name, [One(Tag.ContentDate), One(Tag.ContentTime), .. Identified]);

    private static RecordKey One(Tag tag) => new(tag, 1);

    private static RecordKey Two(Tag tag) => new(tag, 2);

    private static RecordKey Three(Tag tag) => new(tag, 3);
}
