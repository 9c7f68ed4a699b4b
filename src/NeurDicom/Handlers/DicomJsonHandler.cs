using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace NeurDicom.Handlers;

/// <summary>
/// Answers with DICOM JSON (PS3.18 F.2) where the client asks for it, and with the original's form where not.
/// </summary>
internal abstract class DicomJsonHandler(ApiContext context) : JsonHandler(context)
{
    private const string DicomJson = "application/dicom+json";
    private const string PlainJson = "application/json";

    /// <summary>Whether the client prefers DICOM JSON; 406 where it takes neither form.</summary>
    protected bool PrefersDicomJson()
    {
        Http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        var type = AcceptHeader.Choose(Http.Request.Headers.Accept, PlainJson, DicomJson)
            ?? throw new ProblemException(
                StatusCodes.Status406NotAcceptable, $"This is to be had as {PlainJson} and {DicomJson}.");
        return type == DicomJson;
    }

    protected void SetDicomJson()
    {
        SetHeader(HeaderNames.ContentType, DicomJson);
    }
}
