using System.Globalization;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Dicom;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/instances/:id/bulk/GGGGEEEE</c>, within sequences <c>…/GGGGEEEE/item/GGGGEEEE</c>: the value of an
/// element that is too large to stand in <c>/tags</c>, whose <c>BulkDataURI</c> leads here (PS3.18 F.2.6).
/// The bytes are those of the file, in the byte order of its transfer syntax.
/// </summary>
[Operation(
    "GET", "Gives the value of a large element", Detail = "The path is one of a BulkDataURI in the tags.",
    Answers = ["application/octet-stream"])]
[RequiredAuth(Role.Reader)]
internal sealed class BulkHandler(ApiContext context) : BytesHandler(context)
{
    // A deflated data set has no places in the file, so its values are held in memory.
    private const int LargestInflated = 64 << 20;

    private static readonly DicomReadOptions Plain = new() { LargestValue = 1024 };
    private static readonly DicomReadOptions Inflated = new() { LargestValue = LargestInflated };

    public async Task GetAsync(long id, string path)
    {
        using var instance = await Context.Archive.OpenAsync(id, version: null, Aborted)
            ?? throw NotFound(Level.Instance, id);
        await using var content = instance.OpenBytes();
        var isDeflated = instance.TransferSyntax == TransferSyntax.DeflatedExplicitVrLittleEndian.Uid.Value;
        var file = DicomFile.Read(content, isDeflated ? Inflated : Plain);
        var etag = $"\"{Convert.ToHexStringLower(instance.Sha256.Span)}-{path.Replace('/', '-')}\"";
        var contentType = $"application/octet-stream; transfer-syntax={instance.TransferSyntax}";

        if (isDeflated)
        {
            await using var value = new MemoryStream(FindInflated(file, path).ToArray(), writable: false);
            await WriteContentAsync(value, etag, instance.StoredAt, contentType);
            return;
        }

        var place = Find(file, path);
        if (place.First + place.Length > instance.Size)
            throw Refused("The file ends before the end of this element.");
        await WriteContentAsync(content, etag, instance.StoredAt, contentType, place);
    }

    private static ByteRange Find(DicomFile file, string path)
    {
        // Reading ends where the pixels begin, so they are not among the elements.
        if (file.PixelData is { } pixels && path == pixels.Tag.ToHexString())
        {
            return pixels.IsEncapsulated
                ? throw Refused("The pixel data is compressed; it cannot be had as one value.")
                : new ByteRange(pixels.ValuePosition, pixels.Length);
        }

        var element = FindElement(file, path);
        return new ByteRange(element.ValuePosition, element.Length);
    }

    private static ReadOnlyMemory<byte> FindInflated(DicomFile file, string path)
    {
        if (file.PixelData is { } pixels && path == pixels.Tag.ToHexString())
            throw Refused("The pixel data of a deflated file cannot be had alone.");
        var element = FindElement(file, path);
        return element.IsDeferred ? throw Refused("The value is too large to be inflated.") : element.Value;
    }

    private static DicomElement FindElement(DicomFile file, string path)
    {
        var steps = path.Split('/');
        var dataSet = file.DataSet;
        for (var i = 0; i + 2 < steps.Length; i += 2)
        {
            var items = dataSet.GetSequence(ReadTag(steps[i]));
            dataSet = int.TryParse(steps[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var item)
                && item < items.Count
                ? items[item]
                : throw NoElement();
        }

        return dataSet.TryGet(ReadTag(steps[^1]), out var element) && !element.IsSequence && !element.IsEncapsulated
            ? element
            : throw NoElement();
    }

    private static Tag ReadTag(string digits)
    {
        return new Tag(uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    private static ProblemException NoElement()
    {
        return new ProblemException(StatusCodes.Status404NotFound, "The instance has no such element with a value.");
    }

    private static ProblemException Refused(string detail)
    {
        return new ProblemException(StatusCodes.Status422UnprocessableEntity, detail);
    }
}
