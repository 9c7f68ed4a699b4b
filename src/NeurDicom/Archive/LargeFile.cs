using Microsoft.Win32.SafeHandles;

namespace NeurDicom.Archive;

/// <summary>
/// A file of its own, <c>large/VERSION</c>, while it is being written. A row says so before the file is made, so that
/// a start after a crash finds and removes it; disposing of it unadopted removes it at once.
/// </summary>
internal sealed class LargeFile : IAsyncDisposable
{
    private readonly ArchiveWriter _writer;
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private LargeFile(ArchiveWriter writer, long version, string path)
    {
        _writer = writer;
        _path = path;
        Version = version;
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    public long Version { get; }

    public long Length { get; private set; }

    /// <summary>The version's row is committed: the file stays.</summary>
    public bool IsAdopted { get; set; }

    public static async Task<LargeFile> CreateAsync(ArchiveWriter writer, SegmentFiles files, CancellationToken cancel)
    {
        var version = await writer.AnnounceLargeAsync(cancel);
        try
        {
            return new LargeFile(writer, version, files.PathOfLarge(version));
        }
        catch
        {
            writer.ForgetLarge(version);
            throw;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await RandomAccess.WriteAsync(_file, bytes, Length, cancel);
        Length += bytes.Length;
    }

    /// <summary>What was written, as a stream of its own.</summary>
    public Stream OpenRead() =>
        new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Bytes and name are on the disk.</summary>
    public void Flush()
    {
        Disk.Flush(_file);
        Disk.FlushFolder(Path.GetDirectoryName(_path)!);
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        // After a commit that failed nobody knows whether the row is there: the next start finds out.
        if (!IsAdopted && !_writer.IsBroken)
        {
            File.Delete(_path);
            _writer.ForgetLarge(Version);
        }

        return ValueTask.CompletedTask;
    }
}
