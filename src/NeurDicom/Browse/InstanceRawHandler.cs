using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/instances/:id/raw</c>: pixels without a picture around them, in the <c>format</c> that is asked for. All
/// frames follow one another; <c>frame</c> chooses one, counted from 1.
/// </summary>
[Operation(
    "GET", "Gives the pixels without a picture around them", Detail = "Takes ranges.",
    Answers = ["application/octet-stream"])]
[Query("format", "LUM_8|LUM_16|RGB_24|native|npy", "How the pixels are laid out; npy is NumPy's file.")]
[Query("frame", "integer", "Counted from 1; without it all frames follow one another.")]
[RequiredAuth(Role.Reader)]
internal sealed class InstanceRawHandler(ApiContext context, InstanceRenderer renderer) : BytesHandler(context)
{
    public async Task GetAsync(long id)
    {
        var request = ReadRequest();
        using var instance = await Context.Archive.OpenAsync(id, version: null, Aborted)
            ?? throw NotFound(Level.Instance, id);
        var etag = request.EntityTag(instance.Sha256.Span);
        SetHeader(HeaderNames.ETag, etag);
        if (CheckEtagHeader())
        {
            SetStatus(StatusCodes.Status304NotModified);
            return;
        }

        await using var bytes = instance.OpenBytes();
        var rendering = await RawPixels.OpenAsync(bytes, request, renderer.Budget, Aborted);
        if (rendering is not Rendering.Raw { Pixels: var pixels })
            throw RenderingProblem.Of(rendering, request.Frame ?? 1);

        await using (pixels)
        {
            Describe(pixels);
            var ending = pixels.Format == RawFormat.Npy ? "npy" : "raw";
            SetHeader(HeaderNames.ContentDisposition, $"attachment; filename=\"{instance.SopInstanceUid}.{ending}\"");
            RequireSpeed();
            await WriteContentAsync(pixels, etag, instance.StoredAt, "application/octet-stream");
        }
    }

    private RawRequest ReadRequest()
    {
        var request = new RawRequest { HeadOnly = HttpMethods.IsHead(Request.Method) };
        if (GetQueryArgument("format", null) is { Length: > 0 } word)
        {
            request = request with
            {
                Format = RawFormats.Parse(word)
                    ?? throw RenderingProblem.Invalid("format", $"format is {RawFormats.Words}."),
            };
        }

        if (GetQueryArgument("frame", null) is not { Length: > 0 } text)
            return request;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var frame) && frame >= 1
            ? request with { Frame = frame }
            : throw RenderingProblem.Invalid("frame", "frame is a whole number from 1 on.");
    }

    /// <summary>What a program needs to know that gets nothing but numbers.</summary>
    private void Describe(RawPixels pixels)
    {
        var picture = pixels.Description;
        SetHeader("X-Image-Width", picture.Columns);
        SetHeader("X-Image-Height", picture.Rows);
        SetHeader("X-Image-Frames", pixels.Frames);
        SetHeader("X-Image-Samples", pixels.Samples);
        SetHeader("X-Image-Bits", pixels.Bits);
        SetHeader("X-Image-Format", pixels.Format switch
        {
            RawFormat.Lum8 => "LUM_8",
            RawFormat.Lum16 => "LUM_16",
            RawFormat.Rgb24 => "RGB_24",
            RawFormat.Npy => "npy",
            _ => "native",
        });
        SetHeader("X-Image-Photometric", PixelKinds.Printable(picture.PhotometricInterpretation));
        if (pixels.Range is not { } range)
            return;
        SetHeader("X-Image-Minimum", range.Low.ToString("R", CultureInfo.InvariantCulture));
        SetHeader("X-Image-Maximum", range.High.ToString("R", CultureInfo.InvariantCulture));
    }
}
