using NeurDicom.Archive;
using NeurDicom.Export;
using NeurDicom.Index;

namespace NeurDicom.Commands;

/// <summary>What became of one file that a command handed in.</summary>
internal sealed record StoreAnswer(StoreOutcome Outcome, string? Reason, IReadOnlyList<string> Warnings);

/// <summary>
/// How a command reaches the archive: through the server that owns the data folder (<see cref="ServerDoor"/>), or,
/// where none runs, by owning the folder itself (<see cref="FolderDoor"/>).
/// </summary>
internal abstract class ArchiveDoor : IAsyncDisposable
{
    /// <param name="length">How many bytes there are to be; null where that is not known.</param>
    public abstract Task<StoreAnswer> StoreAsync(Stream bytes, long? length, CancellationToken cancel);

    /// <summary>Deletes every patient; gives how many there were.</summary>
    public abstract Task<long> ClearAsync(CancellationToken cancel);

    /// <summary>How many instances there are.</summary>
    public abstract Task<long> CountInstancesAsync(CancellationToken cancel);

    /// <summary>The ids of what a person calls by id, UID or Patient ID.</summary>
    public abstract Task<IReadOnlyList<long>> FindAsync(Level level, string key, bool isId, CancellationToken cancel);

    /// <summary>Writes a file-set as a ZIP archive.</summary>
    /// <param name="begin">Called before the first byte: how many instances and bytes there are to come.</param>
    public abstract Task ExportAsync(
        ExportSelection selection, Stream output, Action<long, long> begin, CancellationToken cancel);

    /// <summary>The archive's own verification; without its last step where it was cut short.</summary>
    public abstract IAsyncEnumerable<VerificationStep> VerifyAsync(CancellationToken cancel);

    public abstract ValueTask DisposeAsync();

    /// <exception cref="DataFolderException">The folder cannot be used; the message says what to do.</exception>
    public static ArchiveDoor Open(Settings settings, TextWriter error) =>
        DataFolder.IsOwned(settings.Data) ? new ServerDoor(settings.Data) : FolderDoor.Take(settings, error);
}
