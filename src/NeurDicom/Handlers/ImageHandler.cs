using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NeurDicom.Archive;
using NeurDicom.Imaging;

namespace NeurDicom.Handlers;

/// <summary>
/// Answers with a picture (the seeds' <c>ImageHandler</c>): what the request asks for, entity tag and
/// <c>If-None-Match</c> before any work, the reason where there is no picture.
/// </summary>
internal abstract class ImageHandler(ApiContext context, InstanceRenderer renderer) : NeurDicomHandler(context)
{
    // An explanation (0028,1055) is an LO: 64 characters at most (PS3.5 6.2).
    private const int LongestPreset = 64;

    // Rows and Columns have 16 bits.
    private const int LongestSide = 65_535;

    /// <summary>
    /// Reads <c>frame</c>, <c>window</c> or <c>preset</c>, <c>width</c>, <c>height</c>, <c>format</c>, <c>quality</c>
    /// and
    /// <c>bits</c>, and the Accept header.
    /// </summary>
    protected ImageRequest ReadImageRequest()
    {
        var format = ReadFormat();
        var request = new ImageRequest
        {
            Format = format,
            Frame = ReadNumber("frame", 1, int.MaxValue) ?? 1,
            Quality = ReadNumber("quality", 1, 100) ?? ImageRequest.StandardQuality,
            BitDepth = ReadNumber("bits", 8, 16) ?? 8,
            Width = ReadNumber("width", 1, LongestSide),
            Height = ReadNumber("height", 1, LongestSide),
            Preset = ReadPreset(),
        };
        if (request.BitDepth != 8 && (request.BitDepth != 16 || format != ImageFormat.Png))
            throw Invalid("bits", "bits is 8, or 16 for a PNG.");

        return GetQueryArgument("window", null) switch
        {
            null or "" => request,
            _ when request.Preset is not null =>
                throw Invalid("preset", "window and preset are two names for one thing; one of them is enough."),
            "auto" => request with { IgnoresFileWindow = true },
            var text => request with { Window = ReadWindow(text) },
        };
    }

    /// <summary>Draws and sends, or answers 304, 404 or 422.</summary>
    protected async Task WriteImageAsync(StoredInstance instance, ImageRequest request)
    {
        SetHeader(HeaderNames.ETag, request.EntityTag(instance.Sha256.Span));
        if (CheckEtagHeader())
        {
            SetStatus(StatusCodes.Status304NotModified);
            return;
        }

        await using var bytes = instance.OpenBytes();
        switch (await renderer.RenderAsync(bytes, request, Aborted))
        {
            case Rendering.Picture { Image: var image }:
                using (image)
                {
                    SetHeader(HeaderNames.ContentType, request.Format.MediaType());
                    await WriteWholeAsync(image.Bytes);
                }

                break;
            case var nothing:
                throw RenderingProblem.Of(nothing, request.Frame);
        }
    }

    private ImageFormat ReadFormat()
    {
        Http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        if (GetQueryArgument("format", null) is not { Length: > 0 } text)
        {
            string[] offered = Array.ConvertAll(renderer.Formats.ToArray(), static each => each.MediaType());
            var type = AcceptHeader.Choose(Http.Request.Headers.Accept, offered) ?? throw NoneAcceptable();
            return renderer.Formats[Array.IndexOf(offered, type)];
        }

        var format = ImageFormats.Parse(text) ?? throw Invalid("format", "format is jpeg or png.");
        return renderer.Formats.Contains(format) ? format : throw NoLibrary();
    }

    private ProblemException NoneAcceptable() => renderer.Formats.Contains(ImageFormat.Jpeg)
        ? new ProblemException(
            StatusCodes.Status406NotAcceptable, "A picture is to be had as image/jpeg and image/png.")
        : NoLibrary();

    private static ProblemException NoLibrary() => new(StatusCodes.Status503ServiceUnavailable,
        "This server writes no JPEG because libjpeg-turbo (Debian: libturbojpeg0) is not installed; "
            + "image/png is to be had.");

    private static Window ReadWindow(string text)
    {
        if (!Window.TryParse(text, out var window))
            throw Invalid(
                "window", "window is auto, or centre,width with linear, linear-exact or sigmoid behind it if wanted.");
        return window.IsDefined
            ? window
            : throw Invalid(
                "window", "The width of a linear window is at least 1, of the others more than 0 (PS3.3 C.11.2.1.2).");
    }

    private string? ReadPreset()
    {
        if (GetQueryArgument("preset", null) is not { Length: > 0 } text)
            return null;
        return text.Length <= LongestPreset
            ? text
            : throw Invalid("preset", $"preset has at most {LongestPreset} characters.");
    }

    private int? ReadNumber(string name, int least, int most)
    {
        if (GetQueryArgument(name, null) is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most
            ? number
            : throw Invalid(
                name, string.Create(CultureInfo.InvariantCulture, $"{name} is a whole number from {least} to {most}."));
    }

    private static ProblemException Invalid(string name, string problem) => RenderingProblem.Invalid(name, problem);
}
