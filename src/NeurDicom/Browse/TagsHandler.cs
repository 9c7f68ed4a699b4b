using System.Text;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Dicom.Json;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/instances/:id/tags</c>: the whole data set but its pixel data, in the original's form
/// (<see cref="NamedTags"/>) or, for <c>Accept: application/dicom+json</c>, as a DICOM JSON object (PS3.18 F.2).
/// </summary>
[Operation(
    "GET", "Shows every element but the pixels", Answers = ["application/json", "application/dicom+json"],
    Schema = "Tags")]
[RequiredAuth(Role.Reader)]
internal sealed class TagsHandler(ApiContext context, TagsCache cache) : DicomJsonHandler(context)
{
    private const int LargestAtOnce = 1 << 20;

    // Changes when the same bytes are shown in another way, so that what browsers have kept is not taken for it.
    private const int Revision = 2;

    internal static readonly SemaphoreSlim LargeAnswers = new(2);

    public async Task GetAsync(long id)
    {
        var isDicomJson = PrefersDicomJson();
        var replacements = Context.Archive.Writer.Replacements;
        if (cache.Find(id, isDicomJson, replacements) is { } known)
        {
            if (isDicomJson)
                SetDicomJson();
            SetHeader("ETag", known.Etag);
            if (CheckEtagHeader())
                SetStatus(StatusCodes.Status304NotModified);
            else
                WriteBytes(known.Body);
            return;
        }

        using var instance = await Context.Archive.OpenAsync(id, version: null, Aborted)
            ?? throw NotFound(Level.Instance, id);

        // What is shown depends on the stored bytes and the form alone.
        var form = isDicomJson ? "dicom" : "named";
        SetHeader("ETag", $"\"{Convert.ToHexStringLower(instance.Sha256.Span)}-{form}{Revision}\"");
        if (CheckEtagHeader())
        {
            SetStatus(StatusCodes.Status304NotModified);
            return;
        }

        var metadata = instance.ReadMetadata();
        if (metadata.Size == 0)
            throw new ProblemException(
                StatusCodes.Status422UnprocessableEntity, "The tags of this instance cannot be shown.");

        if (isDicomJson)
            SetDicomJson();
        if (metadata.Size > LargestAtOnce)
        {
            await WriteLargeAsync(metadata, isDicomJson, instance);
            return;
        }

        var body = metadata.ToJson();
        if (!isDicomJson)
            body = NamedTags.Make(body, ReadCharacterSet(instance));

        cache.Add(id, isDicomJson, new CachedTags(body, Http.Response.Headers.ETag.ToString(), replacements));
        WriteBytes(body);
    }

    /// <summary>
    /// A small file can hold a million elements and be tens of megabytes of text: as DICOM JSON it is inflated piece by
    /// piece as the client takes it, and named, which needs all of it, for few clients at a time.
    /// </summary>
    private async Task WriteLargeAsync(MetadataBlock metadata, bool isDicomJson, StoredInstance instance)
    {
        if (isDicomJson)
        {
            SetHeader("Content-Length", metadata.Size);
            RequireSpeed(metadata.Size);
            if (Request.Method == "HEAD")
                return;
            await metadata.InflateAsync(piece =>
            {
                WriteBytes(piece.Span);
                return FlushAsync();
            });
            return;
        }

        // Held until it is sent, for so long is its memory.
        await LargeAnswers.WaitAsync(Aborted);
        try
        {
            // On a thread of its own: the few of the pool are there for the other requests.
            var characterSet = ReadCharacterSet(instance);
            var text = await Task.Factory.StartNew(
                () => NamedTags.MakeLarge(metadata.ToJson(), characterSet),
                Aborted,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            await WriteWholeAsync(text);
        }
        finally
        {
            // A hundred megabytes and more are garbage now, which left alone piles up to gigabytes.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
            LargeAnswers.Release();
        }
    }

    /// <summary>It stands at the beginning of the data set, which mostly is among the file's first bytes.</summary>
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
                return null;
        }

        // Deflated, or behind a long meta information: the whole header is read, which takes longer.
        using var bytes = instance.OpenBytes();
        var dataSet = DicomFile.Read(bytes, new DicomReadOptions { LargestValue = 1024 }).DataSet;
        return dataSet.TryGet(Tag.SpecificCharacterSet, out var element) && !element.IsDeferred
            ? Encoding.ASCII.GetString(element.Value.Span).TrimEnd(' ', '\0')
            : null;
    }
}
