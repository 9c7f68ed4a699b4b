namespace NeurDicom.Dicom;

/// <summary>
/// A value that cannot be written as DICOM. The message names the element and its VR; it never holds the value, since
/// values may identify a patient.
/// </summary>
public sealed class DicomValueException : Exception
{
    /// <summary>What is wrong, in which element.</summary>
    public DicomValueException(Tag tag, Vr vr, string problem)
        : base($"{Name(tag)}{tag} {(vr == Vr.None ? "" : $"{vr}: ")}{problem}.")
    {
        Tag = tag;
        Vr = vr;
        Problem = problem;
    }

    /// <summary>The element.</summary>
    public Tag Tag { get; }

    /// <summary>The VR that it was to be written with.</summary>
    public Vr Vr { get; }

    /// <summary>The message without the element.</summary>
    public string Problem { get; }

    private static string Name(Tag tag) =>
        DataDictionary.Find(tag) is { Keyword.Length: > 0 } entry ? entry.Keyword + " " : "";
}
