using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NeurDicom.Archive;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// Reads the instances out of the body of a request while it arrives. A part need not be on the disk for the next one to
/// be read, so the parts of one request share the writer's batches; how many wait is limited, and with them the memory.
/// </summary>
internal sealed class StoreBody(InstanceIngest ingest) : IAsyncDisposable
{
    // Each holds at most what the archive keeps of a small instance, 1 MiB.
    private const int MostWaiting = 32;

    private readonly Queue<(string? File, Task<StoreResult> Store)> _waiting = new();

    public StoreReport Report { get; } = new();

    /// <summary>Refuses a body in a coding: what is stored is what was sent, byte for byte (RFC 9110 15.5.16).</summary>
    public static void RefuseCoding(HttpRequest request)
    {
        var codings = request.Headers.ContentEncoding.ToString();
        if (codings.Length > 0 && !codings.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(
                StatusCodes.Status415UnsupportedMediaType, "Send the body as it is; no Content-Encoding is taken.")
            {
                Headers = { [HeaderNames.AcceptEncoding] = "identity" },
            };
        }
    }

    /// <summary>Stores a body that is one instance.</summary>
    /// <param name="announced">The request's Content-Length, where it has one.</param>
    public async Task StoreBodyAsync(Stream body, long? announced, Sender sender, CancellationToken cancel)
    {
        await Report.AddAsync(null, await ingest.StoreAsync(body, announced, sender, cancel), cancel);
    }

    /// <summary>
    /// Stores every part of a multipart body that is a file. Where the body breaks off, what came before stays stored and
    /// is reported, and the reason is the last entry.
    /// </summary>
    public async Task StorePartsAsync(MultipartReader parts, Sender sender, CancellationToken cancel)
    {
        Exception? broken = null;
        try
        {
            await ReadPartsAsync(parts, sender, cancel);
        }
        // Kestrel's own is of a body whose length was not known before.
        catch (Exception e) when (e is HttpException or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            broken = e;
        }

        while (_waiting.Count > 0)
            await ReportOldestAsync(cancel);
        if (broken is null)
            return;
        if (Report.IsEmpty)
            ExceptionDispatchInfo.Throw(broken);
        var refused = broken as HttpException;
        var outcome = refused is { StatusCode: not StatusCodes.Status413PayloadTooLarge } ? StoreOutcome.Invalid : StoreOutcome.TooLarge;
        await Report.AddAsync(null, new StoreResult(outcome, null, null, refused?.LogMessage ?? broken.Message, []), cancel);
    }

    private async Task ReadPartsAsync(MultipartReader parts, Sender sender, CancellationToken cancel)
    {
        while (await parts.ReadPartAsync(cancel) is { } part)
        {
            if (!IsFile(part))
                continue;
            if (_waiting.Count == MostWaiting)
                await ReportOldestAsync(cancel);
            _waiting.Enqueue((part.FileName, await ingest.BeginAsync(part.Body, announced: null, sender, cancel)));
        }
    }

    // The fields of a form beside its files are not ours. In multipart/related every part is a file (PS3.18 8.6.1.2).
    private static bool IsFile(MultipartPart part)
    {
        return part.FileName is not null || part.Disposition != "form-data" || part.ContentType is "application/dicom";
    }

    private async Task ReportOldestAsync(CancellationToken cancel)
    {
        var (file, store) = _waiting.Dequeue();
        await Report.AddAsync(file, await store, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        // After a failure some may still be under way; what becomes of them nobody asks any more.
        foreach (var (_, store) in _waiting)
        {
            await store.ContinueWith(
                static ended => _ = ended.Exception,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        await Report.DisposeAsync();
    }
}
