using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Tornado.Internal;

namespace Tornado;

/// <summary>
/// Reads a multipart body (RFC 2046 5.1) part by part while it arrives. Holds no more than the headers of a part and
/// what
/// the connection has buffered. What is malformed is an <see cref="HttpException"/> with status 400, what is too large
/// one
/// with 413. Tornado reads multipart bodies only as a whole.
/// </summary>
public sealed class MultipartReader
{
    private readonly PipeReader _body;
    private readonly MultipartLimits _limits;
    private readonly byte[] _delimiter;
    private readonly bool _allowsPreamble;
    private State _state = State.Start;
    private int _parts;
    private MultipartPart? _current;

    // Bytes at the head of the pipe that are known to belong to the current part.
    private long _known;

    /// <summary>Reads from the body of a request.</summary>
    /// <param name="contentType">The Content-Type with its boundary parameter.</param>
    /// <param name="body">Where the body comes from.</param>
    /// <param name="limits">The limits; by default Tornado's.</param>
    /// <exception cref="HttpException">
    /// 400: there is no boundary, it is too long, or multipart bodies are switched off.
    /// </exception>
    public MultipartReader(string? contentType, PipeReader body, MultipartLimits? limits = null)
    {
        _body = body;
        _limits = limits ?? new MultipartLimits();
        if (!_limits.Enabled)
            throw Malformed("multipart bodies are not accepted");

        var (mediaType, parameters) = HeaderParameters.Parse(contentType ?? "");
        if (parameters.GetValueOrDefault("boundary") is not { Length: > 0 } boundary)
            throw Malformed("no boundary");
        if (boundary.Length > _limits.MaxBoundaryLength)
            throw Malformed("the boundary is too long");

        // RFC 7578 has no use for a preamble, and Tornado refuses it in forms (case K17).
        _allowsPreamble = mediaType != "multipart/form-data";
        if (!mediaType.StartsWith("multipart/", StringComparison.Ordinal))
            throw Malformed("the type is none of multipart");
        _delimiter = Encoding.Latin1.GetBytes("\r\n--" + boundary);
    }

    private enum State
    {
        Start,
        InPart,
        BehindDelimiter,
        End,
    }

    /// <summary>Whether a Content-Type is of this media type, whatever its parameters.</summary>
    public static bool IsMediaType(string? contentType, string mediaType)
    {
        var value = contentType.AsSpan();
        var end = value.IndexOf(';');
        return (end < 0 ? value : value[..end]).Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The next part, or null behind the last one. What was not read of the part before is passed over.
    /// </summary>
    /// <exception cref="HttpException">400: malformed; 413: a limit is exceeded.</exception>
    public async Task<MultipartPart?> ReadPartAsync(CancellationToken cancel = default)
    {
        if (_state == State.Start)
            await ReadStartAsync(cancel);
        while (_state == State.InPart)
            await SkipAsync(cancel);
        if (_state == State.BehindDelimiter)
            await ReadDelimiterEndAsync(cancel);
        if (_state == State.End)
            return null;

        if (++_parts >= _limits.MaxParts)
            throw new HttpException(413, "Invalid body: multipart: {0}", "too many parts");
        _current = new MultipartPart(this, await ReadHeadersAsync(cancel));
        return _current;
    }

    /// <summary>Copies bytes of the current part; 0 at its end.</summary>
    internal async ValueTask<int> ReadBodyAsync(MultipartPart part, Memory<byte> into, CancellationToken cancel)
    {
        if (into.Length == 0)
            return 0;
        while (part == _current && _state == State.InPart)
        {
            var read = await _body.ReadAsync(cancel);
            var buffer = read.Buffer;
            Examine(buffer, read.IsCompleted);
            if (_known > 0)
            {
                var length = (int)Math.Min(_known, into.Length);
                buffer.Slice(0, length).CopyTo(into.Span);
                _known -= length;
                _body.AdvanceTo(buffer.GetPosition(length));
                part.Count(length, _limits.MaxPartSize);
                return length;
            }
            EndOrWait(buffer, read.IsCompleted);
        }
        return 0;
    }

    private static HttpException Malformed(string what) => new(400, "Invalid body: multipart: {0}", what);

    /// <summary>Gives the buffer back first: the server reads the rest of a body that was refused.</summary>
    private HttpException Refuse(string what, ReadOnlySequence<byte> buffer)
    {
        _body.AdvanceTo(buffer.Start, buffer.End);
        return Malformed(what);
    }

    private async ValueTask SkipAsync(CancellationToken cancel)
    {
        var read = await _body.ReadAsync(cancel);
        Examine(read.Buffer, read.IsCompleted);
        if (_known > 0)
        {
            _body.AdvanceTo(read.Buffer.GetPosition(_known));
            _known = 0;
            return;
        }
        EndOrWait(read.Buffer, read.IsCompleted);
    }

    /// <summary>Finds out how much of the buffer belongs to the part, unless that is known already.</summary>
    private void Examine(ReadOnlySequence<byte> buffer, bool completed)
    {
        if (_known > 0)
            return;
        var from = 0L;
        while (true)
        {
            var at = ByteSearch.IndexOf(buffer.Slice(from), _delimiter);
            if (at < 0)
            {
                // The last bytes may be the beginning of a delimiter.
                _known = completed ? buffer.Length : Math.Max(from, buffer.Length - (_delimiter.Length - 1));
                if (completed)
                    throw Refuse("no final boundary found", buffer);
                return;
            }
            _known = from + at;

            // "--boundaryX" is data; only "--boundary" CRLF and "--boundary--" are delimiters. RFC 2046 also allows
            // blanks.
            var behind = buffer.Slice(_known + _delimiter.Length);
            if (behind.Length < 2 || IsDelimiterEnd(behind))
                return;
            from = _known + _delimiter.Length;
        }
    }

    private static bool IsDelimiterEnd(ReadOnlySequence<byte> behind)
    {
        Span<byte> two = stackalloc byte[2];
        behind.Slice(0, 2).CopyTo(two);
        return two is [(byte)'\r', (byte)'\n'] or [(byte)'-', (byte)'-'] or [(byte)' ' or (byte)'\t', _];
    }

    /// <summary>At the front of the buffer is a delimiter, or too little to tell.</summary>
    private void EndOrWait(ReadOnlySequence<byte> buffer, bool completed)
    {
        if (buffer.Length >= _delimiter.Length + 2
            && ByteSearch.IndexOf(buffer.Slice(0, _delimiter.Length), _delimiter) == 0)
        {
            _state = State.BehindDelimiter;
            _body.AdvanceTo(buffer.GetPosition(_delimiter.Length));
        }
        else if (completed)
        {
            throw Refuse("no final boundary found", buffer);
        }
        else
        {
            _body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private async Task ReadStartAsync(CancellationToken cancel)
    {
        // The first delimiter stands at the start of the body and so lacks the line break in front of it.
        var first = _delimiter.AsMemory(2);
        while (true)
        {
            var read = await _body.ReadAsync(cancel);
            var buffer = read.Buffer;
            if (buffer.Length >= first.Length || read.IsCompleted)
            {
                if (buffer.Length >= first.Length && ByteSearch.IndexOf(buffer.Slice(0, first.Length), first.Span) == 0)
                {
                    _body.AdvanceTo(buffer.GetPosition(first.Length));
                    _state = State.BehindDelimiter;
                    return;
                }
                var at = _allowsPreamble ? ByteSearch.IndexOf(buffer, _delimiter) : -1;
                if (at >= 0)
                {
                    _body.AdvanceTo(buffer.GetPosition(at + _delimiter.Length));
                    _state = State.BehindDelimiter;
                    return;
                }
                if (!_allowsPreamble || read.IsCompleted)
                    throw Refuse("it does not begin with its boundary", buffer);
                if (buffer.Length > _limits.MaxPartHeaderSize)
                    throw Refuse("the preamble is too long", buffer);
            }
            _body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private async Task ReadDelimiterEndAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = await _body.ReadAsync(cancel);
            var buffer = read.Buffer;
            if (buffer.Length >= 2)
            {
                if (ByteSearch.IndexOf(buffer.Slice(0, 2), "--"u8) == 0)
                {
                    _body.AdvanceTo(buffer.GetPosition(2));
                    _state = State.End;
                    return;
                }
                var line = ByteSearch.IndexOf(buffer, "\r\n"u8);
                if (line >= 0 && IsBlank(buffer.Slice(0, line)))
                {
                    _body.AdvanceTo(buffer.GetPosition(line + 2));
                    _state = State.InPart;
                    return;
                }
                if (line >= 0 || buffer.Length > 256)
                    throw Refuse("a boundary is followed by text", buffer);
            }
            if (read.IsCompleted)
                throw Refuse("no final boundary found", buffer);
            _body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            if (segment.Span.IndexOfAnyExcept((byte)' ', (byte)'\t') >= 0)
                return false;
        }
        return true;
    }

    private async Task<Dictionary<string, string>> ReadHeadersAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = await _body.ReadAsync(cancel);
            var buffer = read.Buffer;
            if (buffer.Length >= 2 && ByteSearch.IndexOf(buffer.Slice(0, 2), "\r\n"u8) == 0)
            {
                // A part without headers begins with the empty line.
                _body.AdvanceTo(buffer.GetPosition(2));
                return HeaderParameters.ParseLines("");
            }
            var end = ByteSearch.IndexOf(buffer, "\r\n\r\n"u8);
            if ((end < 0 ? buffer.Length : end) > _limits.MaxPartHeaderSize)
                throw Refuse("the headers of a part are too large", buffer);
            if (end >= 0)
            {
                var text = Encoding.UTF8.GetString(buffer.Slice(0, end));
                _body.AdvanceTo(buffer.GetPosition(end + 4));
                return text.Contains(Encoding.Latin1.GetString(_delimiter), StringComparison.Ordinal)
                    ? throw Malformed("a part has no end of headers")
                    : HeaderParameters.ParseLines(text);
            }
            if (read.IsCompleted)
                throw Refuse("a part has no end of headers", buffer);
            _body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

}
