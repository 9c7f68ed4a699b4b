using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace NeurDicom.Handlers;

/// <summary>What a client likes best of what is offered, RFC 9110 12.5.1.</summary>
internal static class AcceptHeader
{
    /// <summary>
    /// The media type with the highest quality; the first of <paramref name="offered"/> where several are liked alike
    /// or there is no header that can be read; null where none is taken.
    /// </summary>
    public static string? Choose(StringValues accept, params ReadOnlySpan<string> offered)
    {
        if (accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept, out var ranges) || ranges.Count == 0)
            return offered[0];

        string? best = null;
        var bestQuality = 0.0;
        foreach (var type in offered)
        {
            var quality = Quality(ranges, type);
            if (quality > bestQuality)
                (best, bestQuality) = (type, quality);
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
            if (own > specificity && type.IsSubsetOf(new MediaTypeHeaderValue(range.MediaType)))
                (quality, specificity) = (range.Quality ?? 1, own);
        }

        return quality;
    }
}
