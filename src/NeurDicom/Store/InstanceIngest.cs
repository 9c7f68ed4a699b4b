using NeurDicom.Archive;
using NeurDicom.Index;

namespace NeurDicom.Store;

/// <summary>
/// Takes one DICOM instance into the archive. Every door leads here: upload, later STOW-RS and C-STORE, and the
/// <c>store</c> command.
/// </summary>
internal sealed class InstanceIngest(ArchiveWriter writer, TimeProvider? clock = null) : IDisposable
{
    private const int PlacesPerStore = 4;

    /// <summary>ZIP archives that are unpacked at one time; each holds a list of where its entries begin.</summary>
    public SemaphoreSlim Unpacking { get; } = new(8);

    /// <summary>Where bodies wait for their senders.</summary>
    public SlowLane Lane { get; } = new(PlacesPerStore * writer.Settings.MaxStores, clock ?? TimeProvider.System);

    /// <param name="body">The bytes as they arrive; read to the end or to the first limit. Not disposed of.</param>
    /// <param name="announced">How long the sender says that they are,
    /// so that what cannot be taken is refused before it is read; null where the sender does not say.</param>
    public async Task<StoreResult> StoreAsync(Stream body, long? announced, Sender sender, CancellationToken cancel)
    {
        return await await BeginAsync(body, announced, sender, cancel);
    }

    /// <summary>
    /// As <see cref="StoreAsync"/>, in two steps: the outer task ends when the body has been read, so that the next one
    /// behind it can be, the inner one when the instance is durable.
    /// </summary>
    public async Task<Task<StoreResult>> BeginAsync(
        Stream body, long? announced, Sender sender, CancellationToken cancel)
    {
        var reception = await Reception.ReadAsync(body, announced, writer, Lane, cancel);
        return CompleteAsync(reception, sender, cancel);
    }

    public void Dispose()
    {
        Lane.Dispose();
        Unpacking.Dispose();
    }

    private async Task<StoreResult> CompleteAsync(Reception reception, Sender sender, CancellationToken cancel)
    {
        await using (reception)
        {
            // Whether it is new is decided inside the writer's transaction: two senders may ask at once.
            return reception.Refusal ?? await writer.StoreAsync(reception.Arrival!, sender, cancel);
        }
    }
}
