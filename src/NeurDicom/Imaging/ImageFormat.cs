using Microsoft.Net.Http.Headers;

namespace NeurDicom.Imaging;

/// <summary>What a picture is sent as.</summary>
internal enum ImageFormat
{
    Jpeg,
    Png,
}

internal static class ImageFormats
{
    public static string MediaType(this ImageFormat format) => format == ImageFormat.Png ? "image/png" : "image/jpeg";

    /// <summary>Reads the value of <c>format=</c>.</summary>
    public static ImageFormat? Parse(string text) => text.ToUpperInvariant() switch
    {
        "JPEG" or "JPG" or "IMAGE/JPEG" => ImageFormat.Jpeg,
        "PNG" or "IMAGE/PNG" => ImageFormat.Png,
        _ => null,
    };

    /// <summary>
    /// The format that an Accept header likes best (RFC 9110 12.5.1); the first of <paramref name="offered"/> where it likes
    /// several alike or there is no header; null where it takes none of them.
    /// </summary>
    public static ImageFormat? Choose(IList<string> accept, params ReadOnlySpan<ImageFormat> offered)
    {
        if (accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept, out var ranges) || ranges.Count == 0)
            return offered[0];

        ImageFormat? best = null;
        var bestQuality = 0.0;
        foreach (var format in offered)
        {
            var quality = Quality(ranges, format.MediaType());
            if (quality > bestQuality)
                (best, bestQuality) = (format, quality);
        }

        return best;
    }

    /// <summary>The quality of the most specific range that covers the type.</summary>
    private static double Quality(IList<MediaTypeHeaderValue> ranges, string mediaType)
    {
        var type = new MediaTypeHeaderValue(mediaType);
        var quality = 0.0;
        var specificity = -1;
        foreach (var range in ranges)
        {
            var own = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            if (own > specificity && type.IsSubsetOf(WithoutQuality(range)))
                (quality, specificity) = (range.Quality ?? 1, own);
        }

        return quality;
    }

    private static MediaTypeHeaderValue WithoutQuality(MediaTypeHeaderValue range) => new(range.MediaType);
}
