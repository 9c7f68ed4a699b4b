using NeurDicom.Archive;

namespace NeurDicom.Store;

/// <summary>
/// Takes one DICOM instance into the archive. Every door leads here: upload, later STOW-RS and C-STORE, and the
/// <c>store</c> command.
/// </summary>
internal sealed class InstanceIngest(ArchiveWriter writer)
{
    /// <param name="body">The bytes as they arrive; read to the end or to the first limit. Not disposed.</param>
    public async Task<StoreResult> StoreAsync(Stream body, Sender sender, CancellationToken cancel)
    {
        await Task.Yield();
        _ = writer;
        throw new NotImplementedException();
    }
}
