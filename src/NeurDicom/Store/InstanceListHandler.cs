using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// <c>GET /api/instances</c>, and <c>POST /api/instances</c> to store: one instance as <c>application/dicom</c>, or any
/// number of them as parts of a multipart body.
/// </summary>
[StreamRequestBody(MaxBodySize = -1)]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "POST")]
internal sealed class InstanceListHandler(
    ApiContext context, InstanceQueries instances, InstanceIngest ingest, Settings settings)
    : ListHandler(context, instances)
{
    protected override async Task PrepareAsync()
    {
        Request.MaxBodySize = settings.MaxRequest;
        await base.PrepareAsync();
    }

    public async Task PostAsync()
    {
        StoreBody.RefuseCoding(Http.Request);
        await using var store = new StoreBody(ingest);
        var contentType = Request.Headers["Content-Type"];
        if (MultipartReader.IsMediaType(contentType, "application/dicom"))
            await store.StoreBodyAsync(Request.BodyStream, Http.Request.ContentLength, Sender, Aborted);
        else if (contentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true)
            await store.StorePartsAsync(new MultipartReader(contentType, Request.BodyReader, Application.Settings.Multipart), Sender, Aborted);
        else
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "Expected application/dicom or multipart/form-data.");
        await store.Report.SendAsync(this, Aborted);
    }
}
