using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NeurDicom;

/// <summary>What archive and index ask of the operating system and .NET does not offer; Linux first.</summary>
internal static partial class Disk
{
    /// <summary>
    /// Leaves every flush out. For the test that traces the system calls, which must fail when an answer is written
    /// before its bytes are flushed; see tests/NeurDicom.Durability. Never set it otherwise.
    /// </summary>
    private static readonly bool SkipFlush = Environment.GetEnvironmentVariable("DURABILITY_SKIP_FLUSH") == "1";

    private const int PunchHole = 0x02; // FALLOC_FL_PUNCH_HOLE
    private const int KeepSize = 0x01; // FALLOC_FL_KEEP_SIZE, which the former demands

    /// <summary>The bytes of the file, and as much of its inode as is needed to read them, are on the disk.</summary>
    public static void Flush(SafeFileHandle file)
    {
        if (SkipFlush)
            return;
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        if (fdatasync(file) != 0)
            throw new IOException($"fdatasync: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
    }

    /// <summary>Names that were made in or taken from the folder are on the disk.</summary>
    public static void FlushFolder(string path)
    {
        // Windows has no such call, and NTFS journals names.
        if (SkipFlush || OperatingSystem.IsWindows())
            return;
        var folder = open(path, 0x10000 /* O_DIRECTORY */ | 0x80000 /* O_CLOEXEC */, 0);
        if (folder < 0)
            throw new IOException(
                $"open {path}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        using var handle = new SafeFileHandle(folder, ownsHandle: true);
        if (fsync(handle) != 0)
            throw new IOException(
                $"fsync {path}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
    }

    /// <summary>Gives the bytes back to the file system; they read as zeros from then on.</summary>
    /// <returns>False: this file system cannot.</returns>
    public static bool TryPunch(SafeFileHandle file, long offset, long length)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        while (fallocate(file, PunchHole | KeepSize, offset, length) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case 4: // EINTR
                    continue;
                case 95 or 38: // EOPNOTSUPP, ENOSYS
                    return false;
                case var error:
                    throw new IOException($"fallocate: {Marshal.GetPInvokeErrorMessage(error)}", error);
            }
        }

        return true;
    }

    /// <summary>The start of a small text file, whatever locks others hold on it.</summary>
    public static string ReadText(string path, int limit)
    {
        if (OperatingSystem.IsWindows())
            return "";
        var number = open(path, 0x80000 /* O_CLOEXEC */, 0);
        if (number < 0)
            return "";
        using var file = new SafeFileHandle(number, ownsHandle: true);
        var bytes = new byte[limit];
        return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);
}
