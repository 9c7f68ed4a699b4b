using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;

namespace NeurDicom.Description;

/// <summary>Answers with bytes that are the same until the program is another, and says so with their hash.</summary>
internal abstract class FixedHandler(ApiContext context) : NeurDicomHandler(context)
{
    protected Task SendAsync(string contentType, ReadOnlyMemory<byte> body)
    {
        SetHeader("Content-Type", contentType);
        SetHeader("ETag", $"\"{Convert.ToHexStringLower(SHA256.HashData(body.Span)[..16])}\"");
        if (!CheckEtagHeader())
            return WriteWholeAsync(body);
        SetStatus(StatusCodes.Status304NotModified);
        return Task.CompletedTask;
    }
}

/// <summary>
/// <c>GET /api/openapi.json</c>: the API for programs that write clients, and for the page that tries it.
/// </summary>
[OpenToAll] // It says what the program can do, which is no secret, and nothing of this archive.
[Operation("GET", "Describes the API", Schema = "OpenApi")]
internal sealed class OpenApiHandler(ApiContext context) : FixedHandler(context)
{
    public Task GetAsync() => SendAsync("application/json", OpenApi.Document);
}

/// <summary><c>GET /docs</c> and what it consists of: a page that shows the description and tries the API.</summary>
[OpenToAll] // It holds a form to sign in with.
internal sealed class ApiPageHandler(ApiContext context) : FixedHandler(context)
{
    private byte[] _body = [];
    private string _contentType = "";

    public void Initialize(string file)
    {
        using var resource = typeof(ApiPageHandler).Assembly.GetManifestResourceStream("description/" + file)
            ?? throw new InvalidOperationException($"There is no page {file}.");
        _body = new byte[resource.Length];
        resource.ReadExactly(_body);
        _contentType = Path.GetExtension(file) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
    }

    public Task GetAsync()
    {
        // No inline script, nothing from elsewhere, in no frame; pictures are those that the page fetched itself.
        SetHeader(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob:; form-action "
            + "'self'; frame-ancestors 'none'; base-uri 'none'");
        SetHeader("Referrer-Policy", "no-referrer");
        return SendAsync(_contentType, _body);
    }
}
