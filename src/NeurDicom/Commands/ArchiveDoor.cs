using NeurDicom.Archive;
using NeurDicom.Store;

namespace NeurDicom.Commands;

/// <summary>What became of one file that a command handed in.</summary>
internal sealed record StoreAnswer(StoreOutcome Outcome, string? Reason, IReadOnlyList<string> Warnings);

/// <summary>One version whose bytes were read again.</summary>
/// <param name="Problem">Null: the bytes are what they were when they were stored.</param>
internal readonly record struct VerifiedVersion(string SopInstanceUid, int? Number, long Size, string? Problem);

/// <summary>
/// How a command reaches the archive: through the server that owns the data folder (<see cref="ServerDoor"/>), or, where
/// none runs, by owning the folder itself (<see cref="FolderDoor"/>).
/// </summary>
internal abstract class ArchiveDoor : IAsyncDisposable
{
    public abstract Task<StoreAnswer> StoreAsync(string file, CancellationToken cancel);

    /// <summary>Deletes every patient; gives how many there were.</summary>
    public abstract Task<long> ClearAsync(CancellationToken cancel);

    /// <summary>How many versions <see cref="VerifyAsync"/> will read, as far as known.</summary>
    public abstract Task<long> CountAsync(CancellationToken cancel);

    public abstract IAsyncEnumerable<VerifiedVersion> VerifyAsync(CancellationToken cancel);

    public abstract ValueTask DisposeAsync();

    /// <exception cref="DataFolderException">The folder cannot be used; the message says what to do.</exception>
    public static ArchiveDoor Open(Settings settings, TextWriter error) =>
        DataFolder.IsOwned(settings.Data) ? new ServerDoor(settings.Data) : FolderDoor.Take(settings, error);
}
