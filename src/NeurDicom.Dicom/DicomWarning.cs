namespace NeurDicom.Dicom;

/// <summary>Something that breaks the standard and was read all the same. The message never holds a value.</summary>
public sealed record DicomWarning(Tag? Tag, long Position, string Message)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Tag is { } tag ? $"{Message} (element {tag} at byte {Position})" : $"{Message} (at byte {Position})";
}
