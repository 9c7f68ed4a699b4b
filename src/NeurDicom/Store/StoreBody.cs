using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using NeurDicom.Archive;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// Reads the instances out of the body of a request while it arrives: one instance, a ZIP archive of them,
/// or a multipart body of both, whose parts may be multipart bodies again.
/// An instance need not be on the disk for the next one to be read, so those of one request share the writer's batches;
/// how many wait is limited, and with them the memory.
/// </summary>
internal sealed partial class StoreBody(
    InstanceArchive archive, InstanceIngest ingest, MultipartLimits limits, Sender sender)
    : IAsyncDisposable
{
    // Each holds at most what the archive keeps of a small instance, 1 MiB.
    private const int MostWaiting = 32;

    // RFC 7578 4.3 and older clients nest once; a mail in a mail is no way to send studies.
    private const int DeepestBody = 4;

    private const int NestedBuffer = 64 << 10;

    private const string Forms =
        "Send an instance as application/dicom, a ZIP archive as application/zip, or any number of both as the parts "
        + "of a multipart/form-data or multipart/related body.";

    private readonly Queue<(string? File, Task<StoreResult> Store)> _waiting = new();
    private string? _file;
    private int _parts;
    private bool _isTooSlow;

    public StoreReport Report { get; } = new();

    /// <summary>How much has come of the files that the body holds.</summary>
    public long Received { get; private set; }

    /// <summary>How many entries the ZIP archive has that is being read; null while none is.</summary>
    public int? Entries { get; private set; }

    /// <summary>
    /// Stores what the request brings. Where its body breaks off, what came before stays stored and is reported,
    /// and the reason is the last entry.
    /// </summary>
    public async Task StoreAsync(HttpRequest request, CancellationToken cancel)
    {
        RefuseCoding(request);
        var type = request.ContentType;
        var isEmpty = request.ContentLength == 0
            || request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
        // An empty file is a file, and has its outcome.
        if (isEmpty && !IsDicom(type))
            throw new ProblemException(StatusCodes.Status400BadRequest, $"The request has no body. {Forms}");

        var isMultipart = IsMultipart(type);
        if (!isMultipart && !IsDicom(type) && !IsZip(type))
        {
            throw new ProblemException(
                StatusCodes.Status415UnsupportedMediaType,
                type is null
                    ? $"The request does not say what its body is. {Forms}"
                    : $"The body's Content-Type is none that is stored. {Forms}")
            {
                // RFC 9110 15.5.16
                Headers = { [HeaderNames.Accept] = "application/dicom, application/zip, multipart/form-data, "
                    + "multipart/related" },
            };
        }

        Exception? broken = null;
        try
        {
            if (isMultipart)
                await StorePartsAsync(new MultipartReader(type, request.BodyReader, limits), 1, cancel);
            else if (IsZip(type))
                await StoreZipAsync(null, Count(request.Body), cancel);
            else
                await BeginAsync(null, Count(request.Body), request.ContentLength, cancel);
        }
        // Kestrel's own is of a body whose length was not known before.
        catch (Exception e) when (e is HttpException
            or BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            broken = e;
        }

        while (_waiting.Count > 0)
            await ReportOldestAsync(cancel);
        if (broken is null)
            return;
        // Of a body that is one instance, and of one that was wrong from its start, the request itself tells.
        if (Report.IsEmpty && _file is null)
            ExceptionDispatchInfo.Throw(broken);
        var refused = broken as HttpException;
        var outcome = refused is { StatusCode: not StatusCodes.Status413PayloadTooLarge }
            ? StoreOutcome.Invalid
            : StoreOutcome.TooLarge;
        var reason = refused?.LogMessage ?? "The request is larger than the server takes (max_request).";
        await Report.AddAsync(_file, new StoreResult(outcome, null, null, reason, []), cancel);
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

    /// <summary>
    /// Refuses a body in a coding: what is stored is what was sent, byte for byte (RFC 9110 15.5.16).
    /// </summary>
    private static void RefuseCoding(HttpRequest request)
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

    private async Task StorePartsAsync(MultipartReader parts, int depth, CancellationToken cancel)
    {
        while (!_isTooSlow && await parts.ReadPartAsync(cancel) is { } part)
        {
            // Those of nested bodies count too.
            if (++_parts >= limits.MaxParts)
                throw new HttpException(
                    StatusCodes.Status413PayloadTooLarge, "Invalid body: multipart: {0}", "too many parts");
            if (IsMultipart(part.ContentType))
                await StoreNestedAsync(part, depth + 1, cancel);
            else if (IsFile(part))
                await StorePartAsync(part, cancel);
        }
    }

    /// <summary>Several files of one field (RFC 7578 4.3), or what a mail program makes of attachments.</summary>
    private async Task StoreNestedAsync(MultipartPart part, int depth, CancellationToken cancel)
    {
        if (depth > DeepestBody)
        {
            await RefuseAsync(part.FileName, StoreOutcome.Invalid, "Multipart bodies are nested too deeply.", cancel);
            return;
        }

        var body = PipeReader.Create(part.Body, new StreamPipeReaderOptions(bufferSize: NestedBuffer, leaveOpen: true));
        try
        {
            await StorePartsAsync(new MultipartReader(part.ContentType, body, limits), depth, cancel);
        }
        catch (HttpException e) when (e.StatusCode != StatusCodes.Status413PayloadTooLarge)
        {
            await RefuseAsync(part.FileName, StoreOutcome.Invalid, e.LogMessage ?? "The part is malformed.", cancel);
        }
        finally
        {
            await body.CompleteAsync();
        }
    }

    private async Task StorePartAsync(MultipartPart part, CancellationToken cancel)
    {
        _file = part.FileName;
        var body = Count(part.Body);
        if (IsZip(part.ContentType))
        {
            await StoreZipAsync(_file, body, cancel);
        }
        else if (IsDicom(part.ContentType))
        {
            await BeginAsync(_file, body, null, cancel);
        }
        else
        {
            // Browsers and curl name the types of files as they like.
            var start = new byte[FileStart.Length];
            var length = await body.ReadAtLeastAsync(start, start.Length, false, cancel);
            // A form whose file was not chosen (HTML, "constructing the entry list").
            if (length == 0 && part.FileName is "")
                return;
            var whole = new PrefixedStream(start.AsMemory(0, length), body);
            if (FileStart.IsZip(start.AsSpan(0, length)))
                await StoreZipAsync(_file, whole, cancel);
            else
                await BeginAsync(_file, whole, null, cancel);
        }

        _file = null;
    }

    /// <summary>Stores an instance, and answers as soon as its bytes are read.</summary>
    private async Task BeginAsync(string? file, Stream body, long? announced, CancellationToken cancel)
    {
        if (_waiting.Count == MostWaiting)
            await ReportOldestAsync(cancel);
        var store = await ingest.BeginAsync(body, announced, sender, cancel);
        if (store.IsCompletedSuccessfully)
            _isTooSlow |= (await store).Outcome == StoreOutcome.TooSlow;
        _waiting.Enqueue((file, store));
    }

    private async Task RefuseAsync(string? file, StoreOutcome outcome, string reason, CancellationToken cancel)
    {
        if (_waiting.Count == MostWaiting)
            await ReportOldestAsync(cancel);
        _waiting.Enqueue((file, Task.FromResult(new StoreResult(outcome, null, null, reason, []))));
    }

    private async Task ReportOldestAsync(CancellationToken cancel)
    {
        var (file, store) = _waiting.Dequeue();
        await Report.AddAsync(file, await store, cancel);
    }

    private CountingStream Count(Stream body) => new(body, count => Received += count);

    // The fields of a form beside its files are not ours. In multipart/related every part is a file (PS3.18 8.6.1.2).
    private static bool IsFile(MultipartPart part) =>
        part.FileName is not null
            || part.Disposition != "form-data"
            || IsDicom(part.ContentType)
            || IsZip(part.ContentType);

    private static bool IsMultipart(string? type) =>
        type?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true;

    private static bool IsDicom(string? type) => MultipartReader.IsMediaType(type, "application/dicom");

    // The second is what browsers on Windows say.
    private static bool IsZip(string? type) =>
        MultipartReader.IsMediaType(type, "application/zip")
            || MultipartReader.IsMediaType(type, "application/x-zip-compressed");
}
