namespace NeurDicom.Dicom;

/// <summary>
/// Bytes that cannot be read as DICOM. The message says what is wrong and where; it never holds a value, since values
/// may identify a patient.
/// </summary>
public sealed class DicomFormatException : FormatException
{
    /// <summary>What is wrong, at which byte of the file, in which element.</summary>
    public DicomFormatException(string message, long position, Tag? tag = null)
        : base(tag is { } known ? $"{message} (element {known} at byte {position})" : $"{message} (at byte {position})")
    {
        Problem = message;
        Position = position;
        Tag = tag;
    }

    /// <summary>A limit of <see cref="DicomLimits"/> is exceeded; the bytes may be right.</summary>
    public bool IsLimit { get; init; }

    /// <summary>The message without the place.</summary>
    public string Problem { get; }

    /// <summary>The byte of the file, counted from 0; in deflated data, of the file as if it were inflated.</summary>
    public long Position { get; }

    /// <summary>The element, where one had been recognised.</summary>
    public Tag? Tag { get; }
}
