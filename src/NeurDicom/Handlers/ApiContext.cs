using Microsoft.Extensions.Logging;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>What every handler of the API works with: who may ask, and the archive.</summary>
internal sealed class ApiContext(
    Authentication authentication, RequestGuard guard, InstanceArchive archive, ILogger<ApiContext> logger)
{
    public Authentication Authentication { get; } = authentication;

    public RequestGuard Guard { get; } = guard;

    public InstanceArchive Archive { get; } = archive;

    public ArchiveIndex Index => Archive.Index;

    public ILogger Logger { get; } = logger;
}
