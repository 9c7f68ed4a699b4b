namespace NeurDicom.Export;

/// <summary>
/// Bytes that are put aside for later: in memory while they are few, then in a file that has no name any more, so that
/// nothing is left of it whatever happens.
/// </summary>
internal sealed class SpoolStream(string folder) : Stream
{
    private const int MostInMemory = 256 << 10;

    private Stream _inner = new MemoryStream();

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _inner.Length;

    public override long Position
    {
        get => _inner.Position;
        set => _inner.Position = value;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_inner is MemoryStream memory && memory.Position + buffer.Length > MostInMemory)
            MoveToFile(memory);
        _inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => _inner.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => _inner.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => _inner.Seek(offset, origin);

    public override void SetLength(long value) => _inner.SetLength(value);

    public override void Flush() => _inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }

    private void MoveToFile(MemoryStream memory)
    {
        var path = Path.Join(folder, $".spool-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        try
        {
            // What is open stays readable; a crash then leaves nothing. Elsewhere it goes when it is closed.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            var position = memory.Position;
            memory.WriteTo(file);
            file.Position = position;
        }
        catch
        {
            file.Dispose();
            throw;
        }

        memory.Dispose();
        _inner = file;
    }
}
