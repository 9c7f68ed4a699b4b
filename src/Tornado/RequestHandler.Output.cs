using System.Buffers;
using System.Collections;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tornado.Internal;

namespace Tornado;

// The body of the answer: collected in memory, sent as a whole, or streamed with FlushAsync.
public abstract partial class RequestHandler
{
    private OutputBuffer? _buffer;

    private OutputBuffer Output => _buffer ??= OutputBuffer.Rent();

    /// <summary>
    /// Adds to the body: text as UTF-8, bytes as they are, a dictionary or object as JSON with the Content-Type for it.
    /// <see cref="Finish"/>, the error page and everything else that writes go through here, so that a base class for
    /// JSON
    /// can override it. Tornado: <c>write</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The answer is already finished.</exception>
    /// <exception cref="ArgumentException">
    /// A list, null, a number or a truth value. Lists are refused as Tornado does; <see cref="WriteJson{T}"/> writes
    /// them.
    /// </exception>
    public virtual void Write(object? chunk)
    {
        CheckOpen();
        switch (chunk)
        {
            case string text:
                Output.WriteUtf8(text);
                break;
            case byte[] bytes:
                Output.Write(bytes);
                break;
            case ReadOnlyMemory<byte> bytes:
                Output.Write(bytes.Span);
                break;
            case Memory<byte> bytes:
                Output.Write(bytes.Span);
                break;
            case IEnumerable and not IDictionary when !TornadoJson.IsDictionary(chunk):
                throw new ArgumentException(
                    "Write() only accepts bytes, text, dictionaries and objects. "
                        + "Lists are not accepted for security reasons; use WriteJson.",
                    nameof(chunk));
            case null or IConvertible or ValueType:
                throw new ArgumentException(
                    "Write() only accepts bytes, text, dictionaries and objects.", nameof(chunk));
            default:
                TornadoJson.Write(chunk, Output, Settings.Json);
                SetHeader("Content-Type", "application/json; charset=UTF-8");
                break;
        }
    }

    /// <summary>Adds bytes to the body, past <see cref="Write"/>.</summary>
    /// <exception cref="InvalidOperationException">The answer is already finished.</exception>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        CheckOpen();
        Output.Write(bytes);
    }

    /// <summary>
    /// Adds any value, lists too, as compact JSON by <see cref="ApplicationSettings.Json"/> or the options given, and
    /// sets the
    /// Content-Type for it. Tornado has no such member.
    /// </summary>
    /// <exception cref="InvalidOperationException">The answer is already finished.</exception>
    public void WriteJson<T>(T value, JsonSerializerOptions? options = null)
    {
        CheckOpen();
        using (var json = new Utf8JsonWriter(Output, new JsonWriterOptions { SkipValidation = true }))
            JsonSerializer.Serialize(json, value, options ?? Settings.Json);
        SetHeader("Content-Type", "application/json; charset=UTF-8");
    }

    /// <summary>
    /// The buffer behind <see cref="Write"/>, for writers that fill an IBufferWriter. Not to be kept.
    /// </summary>
    /// <exception cref="InvalidOperationException">The answer is already finished.</exception>
    public IBufferWriter<byte> OutputWriter
    {
        get
        {
            CheckOpen();
            return Output;
        }
    }

    /// <summary>
    /// Completes the answer after writing <paramref name="chunk"/>, if any: entity tag, Content-Length, then head and
    /// body go
    /// out. Called by itself after the verb. Code after it still runs and can no longer write. Tornado: <c>finish</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// Called twice, or there is a body where the status has none.
    /// </exception>
    public void Finish(object? chunk = null)
    {
        if (IsFinished)
            throw new InvalidOperationException("finish() called twice");
        if (chunk is not null)
            Write(chunk);
        Seal();
        _sending = SendAsync(flush: true);
    }

    /// <summary>
    /// Sends what was written so far, the head first, and waits while the client is slow. An answer begun so has no
    /// entity
    /// tag and no Content-Length unless one was set. Tornado: <c>flush</c>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client went away; let it pass.</exception>
    public async Task FlushAsync()
    {
        if (IsFinished)
            return;
        if (!HeadSent)
        {
            if (HasNoBody(StatusCode))
                StripBodyHeaders();
            SealHead();
        }
        await (_sending = SendAsync(flush: true));
        Aborted.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Streams everything that is left in <paramref name="source"/> to the client, in pieces, as fast as the client
    /// takes
    /// them. Set Content-Length before where it is known. For HEAD only the head is sent. Tornado has no such member.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client went away; let it pass.</exception>
    public async Task WriteFromAsync(Stream source, CancellationToken cancel = default)
    {
        CheckOpen();
        await FlushAsync();
        if (IsHead)
            return;

        var body = Http.Response.BodyWriter;
        while (await source.ReadAsync(body.GetMemory(PieceSize), cancel) is > 0 and var read)
        {
            body.Advance(read);
            await body.FlushAsync(Aborted);
            Aborted.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Answers with a redirect, 302 or 301, and finishes; what was written before is its body. Tornado:
    /// <c>redirect</c>.
    /// </summary>
    /// <param name="url">Where to; characters that a URL may not have are percent-encoded.</param>
    /// <param name="permanent">301 instead of 302.</param>
    /// <param name="status">Another status, from 300 to 399.</param>
    /// <exception cref="InvalidOperationException">The head is already sent.</exception>
    /// <exception cref="ArgumentException">The URL holds a control character.</exception>
    public void Redirect(string url, bool permanent = false, int? status = null)
    {
        if (HeadSent)
            throw new InvalidOperationException("Cannot redirect after headers have been written");
        if (status is < 300 or > 399)
            throw new ArgumentOutOfRangeException(nameof(status), status, "A redirect has a status from 300 to 399.");
        SetStatus(status ?? (permanent ? 301 : 302));
        SetHeader("Location", UrlText.EncodeLocation(url));
        Finish();
    }

    private const int PieceSize = 64 * 1024;

    private bool IsHead => Request.Method == "HEAD";

    private void CheckOpen()
    {
        if (IsFinished)
            throw new InvalidOperationException("Cannot write() after finish()");
    }

    /// <summary>
    /// The finish after the verb: the server itself flushes an answer that has not begun when the request ends.
    /// </summary>
    private void FinishLast()
    {
        var hasBegun = HeadSent;
        Seal();
        _sending = SendAsync(flush: hasBegun);
    }

    /// <summary>Decides everything about the answer that is still open; after it nothing can be written.</summary>
    private void Seal()
    {
        if (!HeadSent)
        {
            ApplyEtag();
            if (HasNoBody(StatusCode))
            {
                if (_buffer?.Length > 0)
                    throw new InvalidOperationException($"Cannot send body with {StatusCode}");
                StripBodyHeaders();
            }
            else if (Http.Response.Headers.ContentLength is null)
            {
                // RFC 9110 15.3.6: a 205 has no content; Kestrel refuses to write any.
                if (StatusCode == 205)
                    _buffer?.Clear();
                Http.Response.Headers.ContentLength = _buffer?.Length ?? 0;
            }
            SealHead();
        }
        IsFinished = true;
    }

    private void SealHead()
    {
        if (StatusPhrases.ForResponse(StatusCode, _reason) is { } phrase)
            // Every server has it.
            Http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>()!.ReasonPhrase = phrase;
        AppendCookies();

        // What is left of a body is not worth reading: tell the client that the connection ends (case S14, RFC 9110
        // 15.5.14).
        if (Request.BodyFailure?.StatusCode == 413 || (_plan.ReceivesData && !_bodyDrained && Request.HasBody))
            Http.Response.Headers.Connection = "close";
        // RFC 9113 8.2.2: a message of HTTP/2 has no such header.
        if (HttpProtocol.IsHttp2(Http.Request.Protocol))
            Http.Response.Headers.Connection = default;
        HeadSent = true;
    }

    /// <summary>
    /// Sends head and buffer. The parts of an answer follow each other even where nobody waited for the one before; a
    /// large
    /// buffer is taken from the handler and sent in pieces, so that a slow client does not make the server hold it
    /// twice.
    /// </summary>
    private async Task SendAsync(bool flush)
    {
        var before = _sending;
        var large = _buffer?.Length > PieceSize ? _buffer : null;
        if (large is not null)
            _buffer = null;
        try
        {
            if (!before.IsCompletedSuccessfully)
                await before;
            if (!Http.Response.HasStarted)
                await Http.Response.StartAsync(Aborted);
            if (large is not null && !IsHead)
                await WritePiecesAsync(large);
        }
        finally
        {
            large?.Return();
        }

        var body = Http.Response.BodyWriter;
        if (large is null && _buffer is { Length: > 0 } buffer)
        {
            if (!IsHead)
                body.Write(buffer.Written);
            buffer.Clear();
        }
        if (flush || large is not null)
            await body.FlushAsync(Aborted);
    }

    private async Task WritePiecesAsync(OutputBuffer buffer)
    {
        var body = Http.Response.BodyWriter;
        for (var at = 0; at < buffer.Length; at += PieceSize)
        {
            body.Write(buffer.Written.Slice(at, Math.Min(PieceSize, buffer.Length - at)));
            await body.FlushAsync(Aborted);
        }
    }

    private static bool HasNoBody(int status) => status is 204 or 304 or (>= 100 and < 200);

    private void StripBodyHeaders()
    {
        // RFC 9110 15.3.5 and 15.4.5.
        var headers = Http.Response.Headers;
        headers.Remove("Content-Type");
        headers.Remove("Content-Encoding");
        headers.Remove("Content-Language");
    }

    private void ReturnBuffer()
    {
        _buffer?.Return();
        _buffer = null;
    }
}
