using NeurDicom.Archive;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Store;

/// <summary>One request that stores, from its body to its answer, for every address that takes one.</summary>
internal sealed class StoreExchange(InstanceArchive archive, InstanceIngest ingest, TimeProvider clock)
{
    public async Task RunAsync(RequestHandler handler, Sender sender, CancellationToken cancel)
    {
        var request = handler.Http.Request;
        await using var body = new StoreBody(archive, ingest, handler.Application.Settings.Multipart, sender);
        var asLine = StoreProgress.IsAskedFor(request);
        if (asLine)
            await new StoreProgress(handler, body, clock).FollowAsync(body.StoreAsync(request, cancel));
        else
            await body.StoreAsync(request, cancel);
        await body.Report.SendAsync(handler, asLine, cancel);
    }
}
