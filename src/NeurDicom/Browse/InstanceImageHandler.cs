using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/instances/:id/image</c>: one frame as JPEG or PNG, through rescale and window. <c>frame</c> counts from 1;
/// <c>window</c> is <c>centre,width</c> or <c>auto</c> and takes the place of the file's own.
/// </summary>
[RequiredAuth(Role.Reader)]
internal sealed class InstanceImageHandler(ApiContext context, InstanceRenderer renderer) : ImageHandler(context, renderer)
{
    public async Task GetAsync(long id)
    {
        var request = ReadImageRequest();
        using var instance = await Context.Archive.OpenAsync(id, version: null, Aborted)
            ?? throw NotFound(Level.Instance, id);

        await WriteImageAsync(instance, request);
    }
}
