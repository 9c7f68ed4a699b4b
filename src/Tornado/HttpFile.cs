namespace Tornado;

/// <summary>
/// One uploaded file of a multipart form. Small ones are held in memory; large ones lie in a temporary file that goes
/// away with the request. Tornado: <c>HTTPFile</c>.
/// </summary>
public sealed class HttpFile
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly FileStream? _spilled;

    internal HttpFile(string fileName, string contentType, ReadOnlyMemory<byte> body)
    {
        FileName = fileName;
        ContentType = contentType;
        _memory = body;
        Length = body.Length;
    }

    internal HttpFile(string fileName, string contentType, FileStream spilled)
    {
        FileName = fileName;
        ContentType = contentType;
        _spilled = spilled;
        Length = spilled.Length;
    }

    /// <summary>
    /// The name that the client sent, path parts included: never use it as a path. Tornado: <c>filename</c>.
    /// </summary>
    public string FileName { get; }

    /// <summary>The type that the client sent, else <c>application/unknown</c>. Tornado: <c>content_type</c>.</summary>
    public string ContentType { get; }

    /// <summary>The size in bytes.</summary>
    public long Length { get; }

    /// <summary>
    /// The bytes. A spilled file is read into memory anew with each call; prefer <see cref="OpenRead"/>. Tornado:
    /// <c>body</c>.
    /// </summary>
    public ReadOnlyMemory<byte> Body
    {
        get
        {
            if (_spilled is null)
                return _memory;
            var bytes = new byte[Length];
            using var stream = OpenRead();
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    /// <summary>A seekable stream over the bytes, valid until the request has ended.</summary>
    public Stream OpenRead() => _spilled is null
        ? Internal.MemoryStreams.Over(_memory)
        : new Internal.FileWindow(_spilled.SafeFileHandle, Length);

    internal void Release() => _spilled?.Dispose();
}
