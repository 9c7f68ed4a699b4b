using System.Text.Json.Nodes;

namespace NeurDicom.Dicom.Json;

/// <summary>How a data set is written as DICOM JSON.</summary>
public sealed record DicomJsonOptions
{
    /// <summary>The options used where none are given.</summary>
    public static DicomJsonOptions Default { get; } = new();

    /// <summary>Values of OB, OD, OF, OL, OV, OW and UN with more bytes than this are not inline.</summary>
    public int LargestInline { get; init; } = 1024;

    /// <summary>
    /// Write a BulkDataURI for what is not inline (PS3.18 F.2.6). Off: those elements are left out.
    /// </summary>
    public bool WriteBulkDataUris { get; init; } = true;

    /// <summary>
    /// What stands before <c>GGGGEEEE</c> in a BulkDataURI, or <c>GGGGEEEE/item/GGGGEEEE</c> within sequences.
    /// </summary>
    public string BulkDataPrefix { get; init; } = "bulk/";

    /// <summary>
    /// Values of one's own, as the <c>default</c> of a JSON encoder in Python: asked for every element, also within
    /// sequences, for what stands in its <c>Value</c>. Null: as it is written otherwise.
    /// </summary>
    public Func<DicomElement, JsonArray?>? Convert { get; init; }
}
