using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NeurDicom.Load;

/// <summary>What the disk gives without any server: records appended to one file and flushed, and single files flushed.</summary>
internal static partial class DiskProbe
{
    /// <summary>Appends records to one file, one write and one fdatasync for each batch.</summary>
    /// <returns>Records a second.</returns>
    public static double Append(string folder, int recordLength, int batch, TimeSpan time)
    {
        var path = Path.Combine(folder, "probe-segment");
        var records = new byte[recordLength * batch];
        new Random(1).NextBytes(records);
        try
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            var watch = Stopwatch.StartNew();
            var written = 0L;
            while (watch.Elapsed < time)
            {
                RandomAccess.Write(file, records, written * recordLength);
                Check(FlushData(file));
                written += batch;
            }

            return written / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A file for each record, flushed, and its folder flushed after it.</summary>
    /// <returns>Files a second over all threads.</returns>
    public static double Files(string folder, int recordLength, int threads, TimeSpan time)
    {
        var root = Path.Combine(folder, "probe-files");
        var record = new byte[recordLength];
        new Random(1).NextBytes(record);
        var done = 0;
        var watch = Stopwatch.StartNew();
        try
        {
            var workers = Enumerable.Range(0, threads).Select(worker => new Thread(() =>
            {
                var own = Path.Combine(root, $"{worker}");
                Directory.CreateDirectory(own);
                using var directory = new SafeFileHandle(Open(own, 0), ownsHandle: true);
                for (var number = 0; watch.Elapsed < time; number++)
                {
                    using (var file = File.OpenHandle(Path.Combine(own, $"{number}"), FileMode.CreateNew, FileAccess.Write))
                    {
                        RandomAccess.Write(file, record, 0);
                        Check(FlushData(file));
                    }

                    Check(Flush(directory));
                    Interlocked.Increment(ref done);
                }
            })).ToArray();
            foreach (var worker in workers)
                worker.Start();
            foreach (var worker in workers)
                worker.Join();
            return done / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new IOException($"The flush failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
