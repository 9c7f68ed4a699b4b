using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/instances/:id/image</c>: one frame as JPEG or PNG, through rescale and window.
/// <c>frame</c> counts from 1;
/// <c>window</c> is <c>centre,width</c> or <c>auto</c> and takes the place of the file's own.
/// </summary>
[Operation("GET", "Draws a frame", Answers = ["image/jpeg", "image/png"])]
[Query("frame", "integer", "Counted from 1.")]
[Query("window", "string", "centre,width, or auto; else the file's own.")]
[Query("preset", "string", "The name of a window, instead of its numbers.")]
[Query("width", "integer", "The picture is made to fit, and keeps its proportions.")]
[Query("height", "integer", "As width.")]
[Query("format", "jpeg|png", "Instead of the Accept header.")]
[Query("quality", "integer", "Of a JPEG, 1 to 100.")]
[Query("bits", "integer", "8, or 16 for a PNG.")]
[RequiredAuth(Role.Reader)]
internal sealed class InstanceImageHandler(ApiContext context, InstanceRenderer renderer)
    : ImageHandler(context, renderer)
{
    public async Task GetAsync(long id)
    {
        var request = ReadImageRequest();
        using var instance = await Context.Archive.OpenAsync(id, version: null, Aborted)
            ?? throw NotFound(Level.Instance, id);

        await WriteImageAsync(instance, request);
    }
}
