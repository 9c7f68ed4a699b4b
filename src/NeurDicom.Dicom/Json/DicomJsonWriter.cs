using System.Buffers;

namespace NeurDicom.Dicom.Json;

/// <summary>Writes data sets as the DICOM JSON Model: PS3.18 Annex F.</summary>
/// <remarks>
/// <para>
/// Group 0002, group lengths (F.2.2), padding and what stands twice are left out; elements are in ascending order.
/// Specific Character Set says ISO_IR 192 where it stands, since the text is UTF-8. Pixel data is never inline.
/// </para>
/// <para>
/// DS and IS are numbers with the digits they have in the file. Text that is no number, or that no double can hold, is
/// written as a string, which Table F.2.3-1 allows for these two.
/// FL and FD have no such way: NaN and infinities are null, as empty values are (F.2.5). SV and UV are numbers. An
/// element without a value has <c>vr</c> only; a sequence without items has an empty array.
/// </para>
/// </remarks>
public static class DicomJsonWriter
{
    /// <summary>Writes one object for the data set.</summary>
    public static void Write(IBufferWriter<byte> output, DicomDataSet dataSet, DicomJsonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(dataSet);

        Span<BulkStep> path = stackalloc BulkStep[DicomLimits.MaxDepth + 1];
        var writer = new DataSetJson(output, options ?? DicomJsonOptions.Default, path);
        writer.Write(dataSet);
        writer.Flush();
    }
}

/// <summary>A step on the way to a value within sequences: the sequence, and which of its items.</summary>
internal readonly record struct BulkStep(uint Tag, int Item);
