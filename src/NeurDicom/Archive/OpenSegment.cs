using Microsoft.Win32.SafeHandles;

namespace NeurDicom.Archive;

/// <summary>The segment file that is being appended to. Only the writer's thread touches it.</summary>
internal sealed class OpenSegment : IDisposable
{
    private readonly SafeFileHandle _file;

    private OpenSegment(long number, SafeFileHandle file, long length)
    {
        Number = number;
        _file = file;
        Length = length;
    }

    public long Number { get; }

    /// <summary>Committed bytes; what lies behind them belongs to no row.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Makes a new segment file, flushed with its name. An older file of that number was never committed.
    /// </summary>
    public static OpenSegment Create(SegmentFiles files, long number)
    {
        var path = files.PathOf(number);
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var header = SegmentRecord.FileHeader();
            RandomAccess.Write(file, header, 0);
            Disk.Flush(file);
            Disk.FlushFolder(Path.GetDirectoryName(path)!);
            return new OpenSegment(number, file, header.Length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens the segment as the index knows it and cuts off what lies behind its committed length.</summary>
    /// <param name="missing">How many committed bytes the file lacks; zero unless the disk lost what it had
    /// confirmed.</param>
    /// <exception cref="DataFolderException">
    /// The file is not a segment of this form: nothing is cut off then.
    /// </exception>
    public static OpenSegment Reopen(SegmentFiles files, long number, long length, out long missing)
    {
        var file = File.OpenHandle(
            files.PathOf(number), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var found = RandomAccess.GetLength(file);
        Span<byte> header = stackalloc byte[SegmentRecord.FileHeaderLength];
        if (found >= header.Length
            && (RandomAccess.Read(file, header, 0) < header.Length || !SegmentRecord.IsFileHeader(header)))
        {
            file.Dispose();
            throw new DataFolderException(
                $"{files.PathOf(number)} does not begin as a segment of this program does: it is another file, was "
                + "written by another release, or the disk has damaged it. Put it back from a copy, or move it away "
                + "with the index to start anew.");
        }

        missing = Math.Max(0, length - found);
        if (found != length)
        {
            RandomAccess.SetLength(file, length);
            Disk.Flush(file);
        }

        return new OpenSegment(number, file, length);
    }

    /// <summary>Writes behind the committed bytes, in one call; <see cref="Commit"/> makes them count.</summary>
    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> parts) => RandomAccess.Write(_file, parts, Length);

    public void Flush() => Disk.Flush(_file);

    public void Commit(long length) => Length = length;

    /// <summary>Takes back what was appended and not committed.</summary>
    public void Cut()
    {
        if (RandomAccess.GetLength(_file) > Length)
            RandomAccess.SetLength(_file, Length);
    }

    public void Dispose() => _file.Dispose();
}
