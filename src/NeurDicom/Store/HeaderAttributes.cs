using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NeurDicom.Dicom;
using NeurDicom.Dicom.Text;
using NeurDicom.Index;

namespace NeurDicom.Store;

/// <summary>
/// Takes from a data set what the index keeps: decoded by the file's character set, without control characters,
/// bounded in length. What cannot be understood is left out and told; it never keeps an instance from being stored.
/// </summary>
internal sealed class HeaderAttributes(DicomFile file, List<string> warnings)
{
    // The longest value of a VR that the index keeps is LO with 64 characters (PS3.5 6.2), and real files go beyond it.
    private const int LongestText = 1024;

    private readonly DicomDataSet _header = file.DataSet;

    /// <summary>The attributes; null, and a reason, where it cannot be filed.</summary>
    public InstanceAttributes? Read(out string? reason)
    {
        var study = Uid(Tag.StudyInstanceUid, "Study Instance", out var studyReason);
        var series = Uid(Tag.SeriesInstanceUid, "Series Instance", out var seriesReason);
        var instance = Uid(Tag.SopInstanceUid, "SOP Instance", out var instanceReason);
        reason = instanceReason ?? seriesReason ?? studyReason;
        if (study is null || series is null || instance is null)
            return null;

        return new InstanceAttributes
        {
            SopInstanceUid = instance.Value,
            SeriesInstanceUid = series.Value,
            StudyInstanceUid = study.Value,
            SopClassUid = SopClass(),
            TransferSyntaxUid = file.TransferSyntax.Uid.Value,

            PatientId = PatientId(),
            IssuerOfPatientId = Given(Tag.IssuerOfPatientID),
            PatientName = Text(Tag.PatientName),
            PatientSex = Text(Tag.PatientSex),
            PatientAge = Text(Tag.PatientAge),
            PatientBirthDate = Date(Tag.PatientBirthDate, "Patient's Birth Date"),

            StudyId = Text(Tag.StudyID),
            StudyDate = Date(Tag.StudyDate, "Study Date"),
            StudyTime = Time(Tag.StudyTime, "Study Time"),
            StudyDescription = Text(Tag.StudyDescription),
            AccessionNumber = Text(Tag.AccessionNumber),
            ReferringPhysicianName = Text(Tag.ReferringPhysicianName),

            Modality = Given(Tag.Modality),
            SeriesNumber = Text(Tag.SeriesNumber),
            SeriesDescription = Text(Tag.SeriesDescription),
            SeriesDate = Date(Tag.SeriesDate, "Series Date"),
            SeriesTime = Time(Tag.SeriesTime, "Series Time"),
            Manufacturer = Text(Tag.Manufacturer),
            StationName = Text(Tag.StationName),
            PatientPosition = Text(Tag.PatientPosition),
            BodyPartExamined = Text(Tag.BodyPartExamined),
            ProtocolName = Text(Tag.ProtocolName),

            InstanceNumber = Number(Tag.InstanceNumber, "Instance Number", int.MinValue),
            Rows = Number(Tag.Rows, "Rows", 0),
            Columns = Number(Tag.Columns, "Columns", 0),
            Frames = Number(Tag.NumberOfFrames, "Number of Frames", 1),
            BitsAllocated = Number(Tag.BitsAllocated, "Bits Allocated", 0),
            BitsStored = Number(Tag.BitsStored, "Bits Stored", 0),
            PhotometricInterpretation = Text(Tag.PhotometricInterpretation),
            ColorSpace = Text(Tag.ColorSpace),
            PixelSpacing = Text(Tag.PixelSpacing),
            PixelAspectRatio = Text(Tag.PixelAspectRatio),
            SmallestImagePixelValue = Number(Tag.SmallestImagePixelValue, "Smallest Image Pixel Value", int.MinValue),
            LargestImagePixelValue = Number(Tag.LargestImagePixelValue, "Largest Image Pixel Value", int.MinValue),
        };
    }

    /// <summary>
    /// Whether a refusal says that a UID is missing or none: a client's only way to tell it from damage.
    /// </summary>
    public static bool IsAboutUid(string? reason) => reason is not null
        && (reason.EndsWith(UidIsMissing, StringComparison.Ordinal)
            || reason.EndsWith(UidIsNone, StringComparison.Ordinal));

    private const string UidIsMissing = " UID is missing.";
    private const string UidIsNone = " UID is not a UID.";

    private Uid? Uid(Tag tag, string name, out string? reason)
    {
        var uid = _header.GetUid(tag);
        reason = uid is not null ? null
            : _header.TryGet(tag, out var element) && !element.IsEmpty ? name + UidIsNone
            : name + UidIsMissing;
        if (uid is { IsStrict: false })
            warnings.Add($"{name} UID has a component with a leading zero (PS3.5 9.1).");
        return uid;
    }

    private string SopClass()
    {
        if ((_header.GetUid(Tag.SopClassUid) ?? file.Meta.GetUid(Tag.MediaStorageSopClassUid)) is { } uid)
            return uid.Value;
        warnings.Add("SOP Class UID is missing.");
        return "";
    }

    private string PatientId()
    {
        var whole = Clean(Tag.PatientID);
        if (whole.Length <= LongestText)
            return whole;
        // Cut, but never so that two patients become one.
        warnings.Add("Patient ID is longer than the index keeps and was cut.");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)).AsSpan(0, 8));
        return $"{Cut(whole, LongestText)}#{hash}";
    }

    private string? Given(Tag tag) => Text(tag) is { Length: > 0 } text ? text : null;

    // Empty is not absent: the original's lists tell "" from null.
    private string? Text(Tag tag)
    {
        var text = Clean(tag);
        return text.Length switch
        {
            0 => _header.TryGet(tag, out _) ? "" : null,
            <= LongestText => text,
            _ => Cut(text, LongestText),
        };
    }

    private string? Date(Tag tag, string name)
    {
        if (Given(tag) is not { } text)
            return null;
        if (DicomDate.TryParse(text, out var date))
            return date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        warnings.Add($"{name} is not a date.");
        return null;
    }

    private string? Time(Tag tag, string name)
    {
        if (Given(tag) is not { } text)
            return null;
        if (DicomTime.TryParse(text, out _))
            return text;
        warnings.Add($"{name} is not a time.");
        return null;
    }

    private long? Number(Tag tag, string name, long least)
    {
        if (!_header.TryGet(tag, out var element) || element.IsEmpty)
            return null;
        if (element.TryGetInt64(0, out var number) && number >= least)
            return number;
        warnings.Add($"{name} is not a number that makes sense.");
        return null;
    }

    /// <summary>
    /// Without control characters: they say nothing in a list, and a NUL ends a text for some who read it.
    /// </summary>
    private string Clean(Tag tag)
    {
        var text = _header.GetString(tag);
        if (text is null)
            return "";
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.Contains('\x7F'))
            return text;
        warnings.Add($"The value holds control characters (element {tag}).");
        return string.Concat(text.Where(c => !char.IsControl(c))).Trim(' ');
    }

    private static string Cut(string text, int length) =>
        char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
}
