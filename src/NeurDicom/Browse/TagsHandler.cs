using System.Text;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Handlers;
using NeurDicom.Store;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/instances/:id/tags</c>: the whole data set but its pixel data, in the original's form
/// (<see cref="NamedTags"/>) or, for <c>Accept: application/dicom+json</c>, as a DICOM JSON object (PS3.18 F.2).
/// </summary>
[RequiredAuth(Role.Reader)]
internal sealed class TagsHandler(ApiContext context) : DicomJsonHandler(context)
{
    public async Task GetAsync(long id)
    {
        var isDicomJson = PrefersDicomJson();
        using var instance = await Context.Archive.OpenAsync(id, version: null, Aborted)
            ?? throw NotFound(Level.Instance, id);

        // What is shown depends on the stored bytes and the form alone.
        SetHeader("ETag", $"\"{Convert.ToHexStringLower(instance.Sha256.Span)}-{(isDicomJson ? "dicom" : "named")}\"");
        if (CheckEtagHeader())
        {
            SetStatus(StatusCodes.Status304NotModified);
            return;
        }

        var metadata = instance.ReadMetadata().ToJson();
        if (metadata.Length == 0)
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "The tags of this instance cannot be shown.");

        if (isDicomJson)
        {
            SetDicomJson();
            WriteBytes(metadata);
        }
        else
        {
            NamedTags.Write(OutputWriter, metadata, ReadCharacterSet(instance));
        }
    }

    /// <summary>It stands at the beginning of the data set, and the beginning is all that is read.</summary>
    private static string? ReadCharacterSet(StoredInstance instance)
    {
        Span<byte> beginning = stackalloc byte[2048];
        beginning = beginning[..instance.Read(beginning, 0)];
        var walker = new DicomWalker(beginning, totalLength: instance.Size);
        while (walker.Read())
        {
            if (walker.Tag == Tag.SpecificCharacterSet)
                return Encoding.ASCII.GetString(walker.Value).TrimEnd(' ', '\0');
            if (!walker.IsMeta && walker.Tag.CompareTo(Tag.SpecificCharacterSet) > 0)
                break;
        }

        return null;
    }
}
