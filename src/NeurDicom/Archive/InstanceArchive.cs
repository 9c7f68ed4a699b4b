using Microsoft.Extensions.Logging;
using NeurDicom.Index;

namespace NeurDicom.Archive;

/// <summary>The opened archive: bytes and rows of one data folder.</summary>
internal sealed class InstanceArchive : IAsyncDisposable
{
    public ArchiveIndex Index => throw new NotImplementedException();

    public ArchiveWriter Writer => throw new NotImplementedException();

    public DataFolder Folder => throw new NotImplementedException();

    /// <summary>Opens what lies in the folder and repairs what a crash left; the folder stays the caller's.</summary>
    public static InstanceArchive Open(
        DataFolder folder, Settings settings, TimeProvider clock, ILoggerFactory logs, ArchiveSizes? sizes = null) =>
        throw new NotImplementedException();

    /// <summary>The bytes of an instance's current or given version; null where there is none.</summary>
    public Task<StoredInstance?> OpenAsync(long instance, int? version, CancellationToken cancel) =>
        throw new NotImplementedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
