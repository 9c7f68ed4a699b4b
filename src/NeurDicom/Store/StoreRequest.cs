using System.Buffers;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// Reads the instances out of the body of a request while it arrives. A small part is held until its batch is on the
/// disk, so that the parts behind it can join the batch; a large one goes to the disk as it comes. So memory depends on
/// neither the size nor the number of the parts.
/// </summary>
internal sealed class StoreRequest(InstanceIngest ingest) : IAsyncDisposable
{
    // What the archive keeps in memory itself; larger parts are streamed.
    private const int SmallPart = 1 << 20;

    // Parts of one request that wait for their batch at the same time.
    private const int MostWaiting = 32;

    private readonly Queue<Waiting> _waiting = new();

    public StoreReport Report { get; } = new();

    /// <summary>Stores a body that is one instance.</summary>
    public async Task StoreBodyAsync(Stream body, Sender sender, CancellationToken cancel)
    {
        await Report.AddAsync(null, await ingest.StoreAsync(body, sender, cancel), cancel);
    }

    /// <summary>Stores every part of a multipart body that is a file.</summary>
    public async Task StorePartsAsync(MultipartReader parts, Sender sender, CancellationToken cancel)
    {
        while (await parts.ReadPartAsync(cancel) is { } part)
        {
            if (!IsFile(part))
                continue;
            while (_waiting.Count >= MostWaiting)
                await ReportOldestAsync(cancel);
            await StartAsync(part, sender, cancel);
        }

        while (_waiting.Count > 0)
            await ReportOldestAsync(cancel);
    }

    // The fields of a form beside its files are not ours. In multipart/related every part is a file (PS3.18 8.6.1.2).
    private static bool IsFile(MultipartPart part)
    {
        return part.FileName is not null || part.Disposition != "form-data" || part.ContentType is "application/dicom";
    }

    private async Task StartAsync(MultipartPart part, Sender sender, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallPart);
        var length = await part.Body.ReadAtLeastAsync(buffer.AsMemory(0, SmallPart), SmallPart, false, cancel);
        if (length < SmallPart)
        {
            var store = ingest.StoreAsync(new MemoryStream(buffer, 0, length, writable: false), sender, cancel);
            _waiting.Enqueue(new Waiting(part.FileName, store, buffer));
            return;
        }

        var large = ingest.StoreAsync(new PrefixedStream(buffer.AsMemory(0, length), part.Body), sender, cancel);
        _waiting.Enqueue(new Waiting(part.FileName, large, buffer));

        // The next part cannot be read before this one has been.
        await large;
    }

    private async Task ReportOldestAsync(CancellationToken cancel)
    {
        var oldest = _waiting.Peek();
        var result = await oldest.Store;
        await Report.AddAsync(oldest.File, result, cancel);
        _waiting.Dequeue();
        ArrayPool<byte>.Shared.Return(oldest.Buffer);
    }

    public async ValueTask DisposeAsync()
    {
        // After a failure some may still be under way, and they read from the buffers.
        foreach (var waiting in _waiting)
        {
            await waiting.Store.ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            ArrayPool<byte>.Shared.Return(waiting.Buffer);
        }

        await Report.DisposeAsync();
    }

    private readonly record struct Waiting(string? File, Task<StoreResult> Store, byte[] Buffer);
}
