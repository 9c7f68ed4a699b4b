using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using NeurDicom.Archive;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// The answer to a request that stores: one entry for each file, in the order in which they came (API.md).
/// A request may hold a million of them, so entries beyond the first megabytes wait on the disk until the status is
/// known.
/// </summary>
internal sealed class StoreReport : IAsyncDisposable
{
    private const int MemoryThreshold = 4 << 20;
    private const int Piece = 16 << 10;
    private const int LongestFileName = 1024;
    private const int LargestAtOnce = 64 << 10;

    private readonly FileBufferingWriteStream _entries = new(MemoryThreshold);
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<StoreOutcome> _refusals = [];
    private string? _reason;

    public StoreReport()
    {
        _json = new Utf8JsonWriter(_entries, RowJson.Options);
        _json.WriteStartObject();
        _json.WriteStartArray("instances"u8);
    }

    /// <summary>How many entries of ZIP archives were passed over: folders, DICOMDIR, what is hidden.</summary>
    public int Skipped { get; set; }

    /// <summary>Told of every entry as it is added; for who shows them in another form.</summary>
    public Action<string?, StoreResult>? Added { get; set; }

    public int Stored { get; private set; }

    public int AlreadyStored { get; private set; }

    public int Refused { get; private set; }

    public bool IsEmpty => Stored + AlreadyStored + Refused == 0;

    /// <summary>
    /// The status of the whole: 200 where all is stored, 202 where some is, else why nothing is. What was sent can only
    /// be wrong in itself (400, 413, 415) where nothing was wrong on our side (409, 507).
    /// </summary>
    private int StatusCode
    {
        get
        {
            if (_refusals.Count == 0)
                return 200;
            if (Stored + AlreadyStored > 0)
                return 202;
            StoreOutcome[] weightiest =
            [
                StoreOutcome.Conflict, StoreOutcome.OutOfSpace, StoreOutcome.TooSlow, StoreOutcome.TooLarge,
                StoreOutcome.NotDicom, StoreOutcome.Invalid,
            ];
            return weightiest.Where(_refusals.Contains).DefaultIfEmpty(_refusals.First()).First().ToHttpStatus();
        }
    }

    /// <param name="file">The name that the client gave it, or null.</param>
    public async Task AddAsync(string? file, StoreResult result, CancellationToken cancel)
    {
        Added?.Invoke(file, result);
        if (result.Outcome.IsRefused())
        {
            _refusals.Add(result.Outcome);
            _reason ??= result.Reason;
            Refused++;
        }
        else if (result.Outcome == StoreOutcome.Stored)
        {
            Stored++;
        }
        else
        {
            AlreadyStored++;
        }

        _json.WriteStartObject();
        _json.WriteString("file"u8, file is { Length: > LongestFileName } ? file[..LongestFileName] : file);
        if (result.Id is { } id)
            _json.WriteNumber("id"u8, id);
        else
            _json.WriteNull("id"u8);
        _json.WriteString("sop_instance_uid"u8, result.SopInstanceUid?.ToString());
        _json.WriteString("outcome"u8, result.Outcome.ToWord());
        _json.WriteString("reason"u8, result.Reason);
        _json.WriteStartArray("warnings"u8);
        foreach (var warning in result.Warnings)
            _json.WriteStringValue(warning);
        _json.WriteEndArray();
        _json.WriteEndObject();
        if (_json.BytesPending >= Piece)
            await _json.FlushAsync(cancel);
    }

    /// <summary>
    /// Sends the answer; where nothing was stored it is a problem document (RFC 9457) with the entries as a further
    /// member.
    /// </summary>
    /// <param name="asLine">Sends it as the last line of <see cref="StoreProgress"/>, with its status in it.</param>
    public async Task SendAsync(RequestHandler handler, bool asLine, CancellationToken cancel)
    {
        var status = IsEmpty ? 400 : StatusCode;
        if (IsEmpty)
            _reason = "The body holds no files.";
        if (IsEmpty && !asLine)
            throw new ProblemException(status, _reason!); // Set right above.

        End(status, asLine);
        await _json.FlushAsync(cancel);
        if (asLine)
        {
            _entries.WriteByte((byte)'\n');
            handler.SetHeader("Content-Type", StoreProgress.MediaType);
        }
        else
        {
            handler.SetStatus(status);
            handler.SetHeader("Content-Length", _entries.Length);
            if (status >= 400)
                handler.SetHeader("Content-Type", "application/problem+json");
        }

        if (_entries.Length <= LargestAtOnce)
        {
            // Head and body in one piece.
            using var whole = new MemoryStream((int)_entries.Length);
            await _entries.DrainBufferAsync(whole, cancel);
            handler.WriteBytes(whole.GetBuffer().AsSpan(0, (int)whole.Length));
        }
        else
        {
            await handler.FlushAsync();
            await _entries.DrainBufferAsync(handler.Http.Response.Body, cancel);
        }
    }

    private void End(int status, bool asLine)
    {
        _json.WriteEndArray();
        if (Skipped > 0)
            _json.WriteNumber("skipped"u8, Skipped);
        if (status >= 400)
        {
            var detail = _reason ?? "Nothing of it was stored.";
            _json.WriteString("type"u8, "about:blank"u8);
            _json.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
            _json.WriteNumber("status"u8, status);
            _json.WriteString("detail"u8, detail);
            _json.WriteString("message"u8, detail);
        }
        else if (asLine)
        {
            _json.WriteNumber("status"u8, status);
        }

        _json.WriteEndObject();
    }

    public async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync();
        await _entries.DisposeAsync();
    }
}
