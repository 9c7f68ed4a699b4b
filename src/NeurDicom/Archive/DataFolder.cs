using System.Diagnostics;
using System.Globalization;

namespace NeurDicom.Archive;

/// <summary>
/// The folder that holds everything: the index, <c>segments/</c>, <c>large/</c>. One process owns it at a
/// time, by an exclusive lock on the file <c>lock</c>.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // IsOwned holds the lock for a moment too.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // sun_path of unix(7) has 108 bytes with its end; the 104 of other systems leave room for it too.
    private const int LongestSocketFile = 103;

    private readonly FileStream _lock;
    private readonly string? _place;

    private DataFolder(string path, FileStream owned)
    {
        Path = path;
        _lock = owned;
        _place = PlaceOf(owned);
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    public string IndexFile => System.IO.Path.Combine(Path, "index.db");

    public string SegmentsFolder => System.IO.Path.Combine(Path, "segments");

    public string LargeFolder => System.IO.Path.Combine(Path, "large");

    /// <summary>What is being received and belongs to no row; whatever a start finds in it goes.</summary>
    public string IncomingFolder => System.IO.Path.Combine(Path, "incoming");

    /// <summary>Where the command line finds the server that owns the folder.</summary>
    public string SocketFile => SocketFileOf(Path);

    /// <exception cref="DataFolderException">The path is too long for a socket.</exception>
    public static string SocketFileOf(string path)
    {
        var file = System.IO.Path.Combine(System.IO.Path.GetFullPath(path), "socket");
        return System.Text.Encoding.UTF8.GetByteCount(file) <= LongestSocketFile
            ? file
            : throw new DataFolderException(
                $"The path of the data folder is too long: a server's socket lies in it, and {file} has more than "
                    + $"{LongestSocketFile} bytes.");
    }

    /// <summary>Makes the folder where there is none, and takes its lock.</summary>
    /// <exception cref="DataFolderException">Another process owns the folder, or it cannot be made or
    /// written.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        RefuseFile(path);
        try
        {
            // Only a folder that is made here gets the mode: an existing one keeps what its owner chose.
            if (!Directory.Exists(path))
                MakeFolder(path);

            var folder = new DataFolder(path, TakeLock(path));
            MakeFolder(folder.SegmentsFolder);
            MakeFolder(folder.LargeFolder);
            MakeFolder(folder.IncomingFolder);
            foreach (var left in Directory.EnumerateFiles(folder.IncomingFolder))
                File.Delete(left);
            // SQLite gives what it makes beside the index the same mode. Others may look into an existing folder.
            if (!File.Exists(folder.IndexFile))
                WriteOwnerFile(folder.IndexFile, []);
            return folder;
        }
        catch (UnauthorizedAccessException e)
        {
            throw NotPermitted(path, e);
        }
        catch (IOException e)
        {
            throw new DataFolderException($"The data folder {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Whether an archive lies in a folder; nothing is made.</summary>
    /// <exception cref="DataFolderException">The folder is none, or cannot be looked into.</exception>
    public static bool HoldsArchive(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        RefuseFile(path);
        try
        {
            // Segments without their index are an archive too, a damaged one, and no empty folder.
            return Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(
                entry => System.IO.Path.GetFileName(entry) is "index.db" or "segments");
        }
        catch (UnauthorizedAccessException e)
        {
            throw NotPermitted(path, e);
        }
    }

    /// <summary>
    /// Whether a process owns the folder at this moment; the command line then goes through that one.
    /// </summary>
    public static bool IsOwned(string path)
    {
        var file = LockFileOf(System.IO.Path.GetFullPath(path));
        if (!File.Exists(file))
            return false;
        try
        {
            using var free = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException e) when (!IsReadOnly(e))
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody can own it who cannot write to it; who tries gets to know why.
            return false;
        }
    }

    /// <summary>
    /// Whether the folder still lies where it was opened.
    /// It may be removed, moved or unmounted under a running process, which notices nothing:
    /// what it has open goes on to work.
    /// </summary>
    public bool IsInPlace() => File.Exists(LockFileOf(Path)) && PlaceOf(_lock) == _place;

    /// <summary>
    /// Writes a file that only the owner may read, whole or not at all, and flushes it with its folder.
    /// </summary>
    public static void WriteOwnerFile(string file, ReadOnlySpan<byte> bytes)
    {
        var fresh = file + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        using (var stream = new FileStream(fresh, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, file, overwrite: true);
        Disk.FlushFolder(System.IO.Path.GetDirectoryName(file)!);
    }

    public void Dispose() => _lock.Dispose();

    private static string LockFileOf(string path) => System.IO.Path.Combine(path, "lock");

    private static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly);
        if (System.IO.Path.GetDirectoryName(path) is { } parent)
            Disk.FlushFolder(parent);
    }

    private static void RefuseFile(string path)
    {
        if (File.Exists(path))
            throw new DataFolderException(
                $"{path} is a file, not a folder; --data names the folder that holds the archive.");
    }

    private static DataFolderException NotPermitted(string path, Exception e) => new(
        $"This user may not read and write in the data folder {path}; run the command as the folder's owner, or name "
            + "another folder with --data.",
        e);

    private static FileStream TakeLock(string path)
    {
        var file = LockFileOf(path);
        for (var started = Stopwatch.GetTimestamp(); ; Thread.Sleep(Pause))
        {
            try
            {
                return TakeLockNow(file);
            }
            catch (IOException e)
                when (File.Exists(file) && !IsReadOnly(e) && Stopwatch.GetElapsedTime(started) < Patience)
            {
                // Once more.
            }
            catch (IOException e) when (File.Exists(file) && !IsReadOnly(e))
            {
                throw new DataFolderException($"The data folder {path} is in use by {OwnerOf(file)}.", e);
            }
        }
    }

    private static FileStream TakeLockNow(string file)
    {
        // FileShare.None is flock(LOCK_EX) on Unix: it goes with the process, however that ends.
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        var taken = new FileStream(file, options);
        taken.SetLength(0);
        taken.Write(System.Text.Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
        return taken;
    }

    // Linux tells where an open file lies now, and adds that it was deleted: proc_pid_fd(5).
    private static string? PlaceOf(FileStream file) => OperatingSystem.IsLinux()
        ? new FileInfo(
            string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}"))
            .LinkTarget
        : null;

    // EROFS: the lock was not even asked for.
    private static bool IsReadOnly(IOException e) => e.HResult == 30;

    private static string OwnerOf(string lockFile)
    {
        // The lock is advisory: a reader that does not ask for it sees the owner's number.
        var pid = Disk.ReadText(lockFile, 32).Trim();
        return int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? string.Create(CultureInfo.InvariantCulture, $"process {number}")
            : "another process";
    }
}
