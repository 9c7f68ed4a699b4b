using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace NeurDicom.Handlers;

/// <summary>Answers with DICOM JSON (PS3.18 F.2) where the client asks for it, and with the original's form where not.</summary>
internal abstract class DicomJsonHandler(ApiContext context) : JsonHandler(context)
{
    private const string DicomJson = "application/dicom+json";
    private const string PlainJson = "application/json";

    /// <summary>Whether the client prefers DICOM JSON; 406 where it takes neither form.</summary>
    protected bool PrefersDicomJson()
    {
        Http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        var accepted = Http.Request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
            return false;

        var (dicom, plain) = (Quality(accepted, DicomJson), Quality(accepted, PlainJson));
        if (dicom <= 0 && plain <= 0)
            throw new ProblemException(StatusCodes.Status406NotAcceptable, $"This is to be had as {PlainJson} and {DicomJson}.");
        return dicom > plain;
    }

    protected void SetDicomJson()
    {
        SetHeader(HeaderNames.ContentType, DicomJson);
    }

    // The most specific range that matches decides (RFC 9110 12.5.1).
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type)
    {
        var offered = MediaTypeHeaderValue.Parse(type);
        var best = accepted
            .Where(range => range.MatchesAllTypes || offered.IsSubsetOf(WithoutQuality(range)))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .ThenByDescending(range => range.Quality ?? 1)
            .FirstOrDefault();
        return best is null ? 0 : best.Quality ?? 1;
    }

    private static MediaTypeHeaderValue WithoutQuality(MediaTypeHeaderValue range)
    {
        return new MediaTypeHeaderValue(range.MediaType);
    }
}
