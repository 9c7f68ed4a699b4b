using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace NeurDicom.Handlers;

/// <summary>
/// Answers with bytes whose hash is known: entity tag and <c>If-None-Match</c> before any work, ranges
/// (RFC 9110 13 and 14), streamed in pieces.
/// </summary>
internal abstract class BytesHandler(ApiContext context) : NeurDicomHandler(context)
{
    // What fits goes out in one packet train with its head.
    private const int Piece = 64 << 10;

    private long _begin;

    protected override void SetDefaultHeaders()
    {
        base.SetDefaultHeaders();
        Http.Response.Headers.ContentType = "application/octet-stream";
    }

    /// <summary>Sends a representation, or as much of it as the request asks for.</summary>
    /// <param name="content">Seekable.</param>
    /// <param name="etag">Strong, in quotes.</param>
    /// <param name="window">
    /// The part of <paramref name="content"/> that is the representation; null for all of it.
    /// </param>
    protected async Task WriteContentAsync(
        Stream content, string etag, DateTimeOffset modified, string contentType, ByteRange? window = null)
    {
        _begin = window?.First ?? 0;
        var size = window?.Length ?? content.Length;
        SetHeader(HeaderNames.ETag, etag);
        SetHeader(HeaderNames.LastModified, modified);
        SetHeader(HeaderNames.AcceptRanges, "bytes");
        if (!MeetsPreconditions(etag, modified))
            throw new ProblemException(
                StatusCodes.Status412PreconditionFailed, "The file is not the one that the request names.");
        if (IsNotModified(modified))
        {
            SetStatus(StatusCodes.Status304NotModified);
            return;
        }

        SetHeader(HeaderNames.ContentType, contentType);
        var ranges = ByteRanges.Select(Http.Request, size, etag, modified);
        switch (ranges)
        {
            case null:
                SetHeader(HeaderNames.ContentLength, size);
                await CopyAsync(content, new ByteRange(0, size));
                break;
            case []:
                throw new ProblemException(StatusCodes.Status416RangeNotSatisfiable, $"The file has {size} bytes.")
                {
                    Headers = { [HeaderNames.ContentRange] = $"bytes */{size}" },
                };
            case [var range]:
                SetStatus(StatusCodes.Status206PartialContent);
                SetHeader(HeaderNames.ContentRange, range.ToString(size));
                SetHeader(HeaderNames.ContentLength, range.Length);
                await CopyAsync(content, range);
                break;
            default:
                await CopySeveralAsync(content, ranges, size, contentType);
                break;
        }
    }

    // RFC 9110 13.1.1 and 13.1.4, in the order of 13.2.2: the date counts only where there is no tag.
    // Tags compare strongly.
    private bool MeetsPreconditions(string etag, DateTimeOffset modified)
    {
        var headers = Http.Request.Headers;
        if (headers.IfMatch.Count > 0)
        {
            return EntityTagHeaderValue.TryParseList(headers.IfMatch.OfType<string>().ToList(), out var tags)
                && tags.Any(tag => tag.Tag == "*" || (!tag.IsWeak && tag.Tag == etag));
        }

        return !HeaderUtilities.TryParseDate(headers.IfUnmodifiedSince.ToString(), out var since)
            || modified.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }

    private bool IsNotModified(DateTimeOffset modified)
    {
        // RFC 9110 13.2.2: the date counts only where there is no tag to compare.
        if (Http.Request.Headers.IfNoneMatch.Count > 0)
            return CheckEtagHeader();
        return HeaderUtilities.TryParseDate(Http.Request.Headers.IfModifiedSince.ToString(), out var since)
            && modified.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }

    /// <summary>Several ranges as <c>multipart/byteranges</c>, RFC 9110 14.6.</summary>
    private async Task CopySeveralAsync(
        Stream content, IReadOnlyList<ByteRange> ranges, long size, string contentType)
    {
        var boundary = "neurdicom" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        var heads = ranges.Select(range =>
            $"\r\n--{boundary}\r\nContent-Type: {contentType}\r\nContent-Range: {range.ToString(size)}\r\n\r\n")
            .ToList();
        var end = $"\r\n--{boundary}--\r\n";
        SetStatus(StatusCodes.Status206PartialContent);
        SetHeader(HeaderNames.ContentType, $"multipart/byteranges; boundary={boundary}");
        SetHeader(
            HeaderNames.ContentLength, heads.Sum(head => head.Length) + ranges.Sum(range => range.Length) + end.Length);
        for (var i = 0; i < ranges.Count; i++)
        {
            Write(heads[i]);
            await CopyAsync(content, ranges[i]);
        }

        Write(end);
    }

    private async Task CopyAsync(Stream content, ByteRange range)
    {
        if (Request.Method == "HEAD")
            return;

        content.Position = _begin + range.First;
        for (var left = range.Length; left > 0;)
        {
            var memory = OutputWriter.GetMemory((int)Math.Min(left, Piece));
            var read = await content.ReadAsync(memory[..(int)Math.Min(left, memory.Length)], Aborted);
            if (read == 0)
                throw new EndOfStreamException();
            OutputWriter.Advance(read);
            left -= read;
            if (left > 0)
                await FlushAsync();
        }
    }
}
