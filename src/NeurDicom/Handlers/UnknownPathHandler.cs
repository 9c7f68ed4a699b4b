using NeurDicom.Accounts;
using Tornado;

namespace NeurDicom.Handlers;

/// <summary>Every path that no route matches: 404 as a problem document, whoever asks and however.</summary>
// Open to all: that a path does not exist is no secret, and the original said so before it asked for sign-in.
[OpenToAll]
internal sealed class UnknownPathHandler(ApiContext context) : JsonHandler(context)
{
    protected override async Task PrepareAsync()
    {
        await base.PrepareAsync();
        throw new HttpException(404);
    }
}
