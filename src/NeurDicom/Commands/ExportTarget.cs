using NeurDicom.Export;

namespace NeurDicom.Commands;

/// <summary>
/// Where an export goes: a folder or a ZIP file. It is made beside its place under another name, readable by its owner
/// only, and takes its name when it is complete; what fails leaves nothing.
/// </summary>
internal sealed class ExportTarget : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private readonly bool _isZip;
    private bool _isComplete;

    private ExportTarget(string path, bool isZip)
    {
        _path = path;
        _isZip = isZip;
        _partial = Path.Join(Path.GetDirectoryName(path), $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.part");
    }

    /// <exception cref="IOException">There is something already, or no place for it.</exception>
    public static ExportTarget Create(string path, string dataFolder)
    {
        // A script whose variable is empty.
        if (path.Length == 0)
            throw new IOException("The target has no name; an export goes to a new folder or file.");
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Exists(path))
            throw new IOException($"{path} is there already; an export goes to a new folder or file.");
        var parent = Path.GetDirectoryName(path);
        if (parent is null || !Directory.Exists(parent))
            throw new IOException($"There is no folder {parent} that {Path.GetFileName(path)} could be made in.");
        if (IsInside(RealPath(parent), RealPath(Path.GetFullPath(dataFolder))))
            throw new IOException($"{path} would lie in the data folder; an export goes elsewhere.");
        return new ExportTarget(path, path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Writes what comes as a ZIP archive.</summary>
    /// <param name="write">Writes the archive into the stream it is given.</param>
    /// <returns>Files, without the DICOMDIR.</returns>
    public async Task<long> WriteAsync(
        Func<Stream, CancellationToken, Task> write, Action<long> written, CancellationToken cancel)
    {
        var files = _isZip
            ? await WriteZipAsync(write, written, cancel)
            : await WriteFolderAsync(write, written, cancel);

        // Neither replaces what has come meanwhile.
        if (_isZip)
            File.Move(_partial, _path, overwrite: false);
        else
            Directory.Move(_partial, _path);
        _isComplete = true;
        return files;
    }

    public void Dispose()
    {
        if (_isComplete)
            return;
        if (_isZip)
            File.Delete(_partial);
        else if (Directory.Exists(_partial))
            Directory.Delete(_partial, recursive: true);
    }

    private async Task<long> WriteZipAsync(
        Func<Stream, CancellationToken, Task> write, Action<long> written, CancellationToken cancel)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(_partial, options);
        await write(new WatchedStream(file, written), cancel);
        await file.FlushAsync(cancel);

        // Reading its end proves that it has one.
        file.Position = 0;
        using var zip = new System.IO.Compression.ZipArchive(
            file, System.IO.Compression.ZipArchiveMode.Read, leaveOpen: true);
        return zip.Entries.Count - 1;
    }

    private async Task<long> WriteFolderAsync(
        Func<Stream, CancellationToken, Task> write, Action<long> written, CancellationToken cancel)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_partial);
        else
            Directory.CreateDirectory(
                _partial, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var pipe = new System.IO.Pipelines.Pipe();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var writing = FeedAsync();
        var unpacker = new FileSetUnpacker(pipe.Reader.AsStream(), _partial, written);
        try
        {
            await unpacker.RunAsync(both.Token);
        }
        finally
        {
            // A full disk ends the reading of the archive too.
            // Nothing is thrown here: what came first is what went wrong.
            await both.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return unpacker.Files - 1;

        async Task FeedAsync()
        {
            Exception? failure = null;
            try
            {
                await using var stream = pipe.Writer.AsStream(leaveOpen: true);
                await write(stream, both.Token);
            }
            catch (Exception e)
            {
                failure = e;
            }

            await pipe.Writer.CompleteAsync(failure);
        }
    }

    // A link that leads nowhere is something too.
    private static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static bool IsInside(string path, string folder) =>
        path == folder
            || path.StartsWith(
                Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path with every symbolic link in it followed.</summary>
    private static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!;
        var names = path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
        {
            real = Path.Join(real, name);
            if (new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true) is { } target)
                real = target.FullName == path ? real : RealPath(target.FullName);
        }

        return real;
    }

    private sealed class WatchedStream(Stream inner, Action<long> written) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancel = default)
        {
            await inner.WriteAsync(buffer, cancel);
            written(buffer.Length);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancel) =>
            WriteAsync(buffer.AsMemory(offset, count), cancel).AsTask();

        public override Task FlushAsync(CancellationToken cancel) => inner.FlushAsync(cancel);

        public override void Flush() => inner.Flush();

        public override void Write(byte[] buffer, int offset, int count)
        {
            inner.Write(buffer, offset, count);
            written(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
