using NeurDicom.Accounts;
using NeurDicom.Handlers;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// <c>POST /api/instances/upload</c>: a form with files, as the original's web client sends it; whatever the fields are
/// called, and all files of a field. It takes what <c>POST /api/instances</c> takes.
/// </summary>
[Operation(
    "POST", "Stores the files of a form", Bodies = ["multipart/form-data", "application/zip"], Schema = "StoreAnswer")]
[StreamRequestBody(MaxBodySize = -1)]
[RequiredAuth(Role.Writer)]
internal sealed class UploadHandler(ApiContext context, StoreExchange exchange, Settings settings)
    : JsonHandler(context)
{
    protected override async Task PrepareAsync()
    {
        Request.MaxBodySize = settings.MaxRequest;
        await base.PrepareAsync();
    }

    public Task PostAsync() => exchange.RunAsync(this, Sender, Aborted);
}
