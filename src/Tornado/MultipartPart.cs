using Tornado.Internal;

namespace Tornado;

/// <summary>One part of a multipart body while it arrives. Valid until the next part is read.</summary>
public sealed class MultipartPart
{
    private readonly MultipartReader _reader;
    private readonly Dictionary<string, string> _headers;
    private long _read;

    internal MultipartPart(MultipartReader reader, Dictionary<string, string> headers)
    {
        _reader = reader;
        _headers = headers;
        Body = new PartStream(this);
        var (disposition, parameters) = HeaderParameters.Parse(headers.GetValueOrDefault("Content-Disposition") ?? "");
        Disposition = disposition;
        Name = parameters.GetValueOrDefault("name");
        FileName = parameters.GetValueOrDefault("filename");
    }

    /// <summary>The headers of the part, names without regard to case.</summary>
    public IReadOnlyDictionary<string, string> Headers => _headers;

    /// <summary>The value of Content-Disposition without its parameters, else empty.</summary>
    public string Disposition { get; }

    /// <summary>The field name, or null.</summary>
    public string? Name { get; }

    /// <summary>
    /// The file name that the client sent, path parts included, or null: never use it as a path. <c>filename*</c> wins.
    /// </summary>
    public string? FileName { get; }

    /// <summary>The Content-Type of the part, or null.</summary>
    public string? ContentType => _headers.GetValueOrDefault("Content-Type");

    /// <summary>The bytes as they arrive: forward only, asynchronous only.</summary>
    public Stream Body { get; }

    /// <summary>Copies what has arrived, up to the size of <paramref name="into"/>; 0 at the end of the part.</summary>
    /// <exception cref="HttpException">400: malformed; 413: the part is too large.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel = default)
        => _reader.ReadBodyAsync(this, into, cancel);

    internal void Count(int bytes, long? limit)
    {
        _read += bytes;
        if (_read > limit)
            throw new HttpException(413, "A part is larger than {0} bytes", limit);
    }
}
