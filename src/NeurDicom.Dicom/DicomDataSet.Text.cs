using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

/// <summary>Values that are text with a meaning.</summary>
public sealed partial class DicomDataSet
{
    /// <summary>The first value as a person's name; null where it is absent or has no text.</summary>
    public PersonName? GetPersonName(Tag tag)
    {
        if (!TryGet(tag, out var element) || element.GetStrings() is not [var text, ..])
            return null;

        var name = PersonName.Parse(text);
        return name.IsEmpty ? null : name;
    }

    /// <summary>The first value of a DA as a date; null where it is absent or none.</summary>
    public DateOnly? GetDate(Tag tag) => DicomDate.TryParse(FirstValue(tag), out var date) ? date : null;

    /// <summary>The first value of a TM; null where it is absent or none.</summary>
    public DicomTime? GetTime(Tag tag) => DicomTime.TryParse(FirstValue(tag), out var time) ? time : null;

    /// <summary>The first value of a DT; null where it is absent or none.</summary>
    public DicomDateTime? GetDateTime(Tag tag) =>
        DicomDateTime.TryParse(FirstValue(tag), out var moment) ? moment : null;

    /// <summary>The first value of an AS; null where it is absent or none.</summary>
    public DicomAge? GetAge(Tag tag) => DicomAge.TryParse(FirstValue(tag), out var age) ? age : null;

    private ReadOnlySpan<byte> FirstValue(Tag tag)
    {
        if (!TryGet(tag, out var element))
            return [];

        var value = element.ValueSpan;
        var end = value.IndexOf((byte)'\\');
        return end < 0 ? value : value[..end];
    }
}
