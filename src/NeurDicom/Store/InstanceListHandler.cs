using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// <c>GET /api/instances</c>, and <c>POST /api/instances</c> to store: one instance, a ZIP archive,
/// or any number of both as parts of a multipart body (<see cref="StoreBody"/>).
/// </summary>
[Operation("GET", "Lists instances", Schema = "Instance[]")]
[ListOf(Level.Instance)]
[Operation(
    "POST", "Stores instances",
    Detail = "The answer comes when bytes and index are on the disk. 202 where some were refused, 4xx where all were.",
    Bodies = ["application/dicom", "application/zip", "multipart/form-data", "multipart/related"],
    Schema = "StoreAnswer")]
[StreamRequestBody(MaxBodySize = -1)]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "POST")]
internal sealed class InstanceListHandler(
    ApiContext context, InstanceQueries instances, StoreExchange exchange, Settings settings)
    : ListHandler(context, instances)
{
    protected override async Task PrepareAsync()
    {
        Request.MaxBodySize = settings.MaxRequest;
        await base.PrepareAsync();
    }

    public Task PostAsync() => exchange.RunAsync(this, Sender, Aborted);
}
