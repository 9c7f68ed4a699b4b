using NeurDicom.Accounts;
using NeurDicom.Handlers;
using Tornado;

namespace NeurDicom.Pages;

/// <summary><c>GET /assets/:name</c>: what the pages look like and can do in a browser.</summary>
[OpenToAll] // The page on which people sign in needs them.
internal sealed class AssetHandler(ApiContext context) : NeurDicomHandler(context)
{
    public async Task GetAsync(string name)
    {
        var asset = Assets.Find(name) ?? throw new HttpException(404);
        SetHeader("Content-Type", asset.MediaType);
        // RFC 9111 5.2.2 and RFC 8246: the address changes with the content.
        SetHeader("Cache-Control", "public, max-age=31536000, immutable");
        SetHeader("Cross-Origin-Resource-Policy", "same-origin");
        SetHeader("Content-Security-Policy", "default-src 'none'; sandbox");
        SetHeader("ETag", $"\"{asset.Name}\"");
        if (CheckEtagHeader())
            SetStatus(304);
        else
            await WriteWholeAsync(asset.Bytes);
    }
}
