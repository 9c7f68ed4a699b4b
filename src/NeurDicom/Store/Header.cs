using System.Runtime.InteropServices;
using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Dicom.Json;
using NeurDicom.Index;

namespace NeurDicom.Store;

/// <summary>What a file says of itself, as far as storing needs it: or why it cannot be stored.</summary>
internal sealed class Header
{
    private const int MostWarnings = 20;

    public StoreResult? Refusal { get; private init; }

    public InstanceAttributes Attributes { get; private init; } = null!;

    /// <summary>DICOM JSON without bulk data, compressed.</summary>
    public MetadataBlock Metadata { get; private init; }

    public List<string> Warnings { get; private init; } = [];

    /// <param name="options">Pixel data is walked over and not read: so it shows when it is cut off.</param>
    public static Header Read(ReadOnlyMemory<byte> bytes, DicomReadOptions options)
    {
        try
        {
            return Of(DicomFile.Read(bytes, options), []);
        }
        catch (DicomFormatException e) when (MemoryMarshal.TryGetArray(bytes, out var array))
        {
            return OfDamaged(new MemoryStream(array.Array!, array.Offset, array.Count, writable: false), options, e);
        }
    }

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, DicomReadOptions)"/>
    public static Header Read(Stream file, DicomReadOptions options)
    {
        try
        {
            return Of(DicomFile.Read(file, options), []);
        }
        catch (DicomFormatException e)
        {
            return OfDamaged(file, options, e);
        }
    }

    /// <summary>
    /// Damage behind the header and outside the pixels is told, and the instance is taken all the same.
    /// </summary>
    private static Header OfDamaged(Stream file, DicomReadOptions options, DicomFormatException damage)
    {
        // What has more elements than the limit allows is not read a second time, and not stored.
        if (damage.IsLimit)
            return Refuse(StoreOutcome.NotDicom, damage.Message);
        try
        {
            file.Position = 0;
            var header = DicomFile.Read(file, options with { ReadPixelData = false });
            var isWhole = !header.Encoding.IsDeflated
                // A lost delimiter or broken padding behind the last fragment costs nobody a pixel.
                && PixelDataOutline.Read(
                    file, header, options.Limits)?.State is PixelDataState.Complete or PixelDataState.NotDelimited;
            return isWhole ? Of(header, [damage.Message]) : Refuse(StoreOutcome.NotDicom, damage.Message);
        }
        catch (DicomFormatException)
        {
            return Refuse(StoreOutcome.NotDicom, damage.Message);
        }
    }

    private static Header Of(DicomFile file, List<string> warnings)
    {
        var uid = file.DataSet.GetUid(Tag.SopInstanceUid);
        if (file.Meta.GetUid(Tag.MediaStorageSopClassUid)?.Value == FileStart.DirectoryClass)
            return Refuse(StoreOutcome.NotDicom, "A DICOMDIR is an index of files and is not stored.", uid);
        if (!file.TransferSyntax.IsKnown)
            return Refuse(StoreOutcome.Unsupported, $"Transfer syntax {file.TransferSyntax.Uid} is not known.", uid);

        warnings.AddRange(file.Warnings.Take(MostWarnings).Select(warning => warning.ToString()));
        var attributes = new HeaderAttributes(file, warnings).Read(out var reason);
        if (warnings.Count < MostWarnings)
            warnings.AddRange(
                ValueRules.Check(file.DataSet, MostWarnings - warnings.Count).Select(warning => warning.ToString()));
        return attributes is null
            ? Refuse(StoreOutcome.Invalid, reason!, uid)
            : new Header
            {
                Attributes = attributes,
                Metadata = MetadataBlock.Create(file.DataSet),
                Warnings = warnings,
            };
    }

    private static Header Refuse(StoreOutcome outcome, string reason, Uid? sopInstanceUid = null) =>
        new() { Refusal = new StoreResult(outcome, null, sopInstanceUid, reason, []) };
}
