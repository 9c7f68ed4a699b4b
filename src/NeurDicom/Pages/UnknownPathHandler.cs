using NeurDicom.Accounts;
using NeurDicom.Handlers;
using Tornado;

namespace NeurDicom.Pages;

/// <summary>
/// Every path that no route matches: 404, whoever asks and however; below /api as a problem document.
/// </summary>
// Open to all: that a path does not exist is no secret, and the original said so before it asked for sign-in.
[OpenToAll]
internal sealed class UnknownPathHandler(ApiContext context) : HtmlHandler(context)
{
    protected override bool WantsHtml => base.WantsHtml && !Request.Path.StartsWith("/api/", StringComparison.Ordinal);

    protected override async Task PrepareAsync()
    {
        if (WantsHtml)
            await base.PrepareAsync();
        throw new HttpException(404);
    }
}
