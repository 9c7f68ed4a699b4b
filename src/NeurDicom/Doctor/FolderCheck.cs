using System.Diagnostics;
using System.Globalization;
using NeurDicom.Archive;

namespace NeurDicom.Doctor;

/// <summary>Looks at the data folder and its disk; leaves nothing there.</summary>
internal sealed class FolderCheck(Settings settings)
{
    private const int Flushes = 20;
    private static readonly TimeSpan SlowFlush = TimeSpan.FromMilliseconds(20);

    // No disk is so quick, and not even one with a battery behind it.
    private static readonly TimeSpan DoubtfulFlush = TimeSpan.FromMicroseconds(5);

    // SQLite's shared memory does not work over them (sqlite.org/wal.html), and locks only sometimes.
    private static readonly string[] NetworkFileSystems =
        ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "afs", "ceph", "9p", "fuse.sshfs"];

    private readonly string _path = Path.GetFullPath(settings.Data);

    public IEnumerable<Finding> Run()
    {
        var folder = Folder();
        yield return folder;
        if (folder.Verdict == Verdict.Wrong)
            yield break;

        // Where the folder is to be made, its parent stands for it.
        var place = _path;
        while (!Directory.Exists(place))
            place = Path.GetDirectoryName(place)!; // The root exists.
        yield return FileSystem(place);
        yield return Space(place);
        foreach (var finding in Probe(place))
            yield return finding;
    }

    private Finding Folder()
    {
        if (File.Exists(_path))
            return Finding.Wrong("data folder", $"{_path} is a file; --data names the folder that holds the archive");
        try
        {
            _ = DataFolder.SocketFileOf(_path);
        }
        catch (DataFolderException e)
        {
            return Finding.Wrong("data folder", e.Message);
        }

        if (!Directory.Exists(_path))
            return Finding.Ok("data folder", $"{_path} does not exist yet; the first start makes it");
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(_path);
            const UnixFileMode others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            if ((mode & others) != 0)
            {
                return Finding.Note(
                    "data folder",
                    $"{_path} may be entered by every user of this machine; 'chmod o= {_path}' closes it to them");
            }
        }

        return Finding.Ok(
            "data folder", DataFolder.HoldsArchive(_path) ? $"{_path} holds an archive" : $"{_path} is empty so far");
    }

    private static Finding FileSystem(string place)
    {
        var kind = KindOf(place);
        if (NetworkFileSystems.Contains(kind))
            return Finding.Wrong(
                "file system",
                $"{kind} is a file system over the network, on which the index can be damaged; use a local disk");
        return kind is "tmpfs" or "ramfs"
            ? Finding.Note(
                "file system", $"{kind} lies in memory: the archive would be gone when the machine is switched off")
            : Finding.Ok("file system", kind);
    }

    private static string KindOf(string place)
    {
        try
        {
            return new DriveInfo(place).DriveFormat;
        }
        catch (IOException)
        {
            // In a changed root the system's list of mounts does not tell.
            return "of an unknown kind";
        }
    }

    private Finding Space(string place)
    {
        var disk = new DriveInfo(place);
        var reserve = Math.Min(settings.DiskReserve, disk.TotalSize / 100 * settings.DiskReservePercent);
        var free = disk.AvailableFreeSpace;
        var text = $"{SystemCheck.Amount(free)} of {SystemCheck.Amount(disk.TotalSize)} free, "
            + $"{SystemCheck.Amount(reserve)} of it reserve";
        return free <= reserve
            ? Finding.Wrong("disk", $"{text}: nothing can be stored; make room, or lower disk_reserve")
            : Finding.Ok("disk", text);
    }

    private static List<Finding> Probe(string place)
    {
        var file = Path.Combine(
            place, $".neurdicom-doctor-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
        var findings = new List<Finding>();
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                BufferSize = 0,
                Options = FileOptions.DeleteOnClose,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var stream = new FileStream(file, options);
            findings.Add(Flush(stream));
            findings.Add(Disk.TryPunch(stream.SafeFileHandle, 0, 64 << 10)
                ? Finding.Ok("hole punching", "deleted bytes come free at once")
                : Finding.Note(
                    "hole punching",
                    "This file system cannot free parts of a file: deleted bytes come free segment by segment"));
        }
        catch (UnauthorizedAccessException)
        {
            findings.Add(Finding.Wrong(
                "permissions",
                $"{Environment.UserName} may not write in {place}; run as the folder's owner, "
                    + "or name another with --data"));
        }
        catch (IOException e)
        {
            findings.Add(Finding.Wrong("permissions", $"A file cannot be written in {place}: {e.Message}"));
        }

        return findings;
    }

    private static Finding Flush(FileStream stream)
    {
        var block = new byte[4096];
        var times = new TimeSpan[Flushes];
        for (var i = 0; i < Flushes; i++)
        {
            var started = Stopwatch.GetTimestamp();
            RandomAccess.Write(stream.SafeFileHandle, block, i * block.Length);
            Disk.Flush(stream.SafeFileHandle);
            times[i] = Stopwatch.GetElapsedTime(started);
        }

        Array.Sort(times);
        var median = times[Flushes / 2];
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{median.TotalMilliseconds:0.##} ms to have 4 KiB safe on the disk (median of {Flushes})");
        if (median > SlowFlush)
            return Finding.Note(
                "flush",
                $"{text}: one client that stores file by file gets no more than {1 / median.TotalSeconds:0} a second");
        return median < DoubtfulFlush
            ? Finding.Note(
                "flush", $"{text}: no disk is so fast; what was acknowledged may not survive a power failure")
            : Finding.Ok("flush", text);
    }
}
