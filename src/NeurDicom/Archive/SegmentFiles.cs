using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace NeurDicom.Archive;

/// <summary>The segment and large files for reading: a bounded number of open handles, counted while in use.</summary>
internal sealed class SegmentFiles(DataFolder folder) : IDisposable
{
    private const int MostOpen = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, OpenFile> _open = [];
    private long _uses;

    public string PathOf(long segment) =>
        Path.Combine(folder.SegmentsFolder, segment.ToString("D6", CultureInfo.InvariantCulture));

    public string PathOfLarge(long version) =>
        Path.Combine(folder.LargeFolder, version.ToString(CultureInfo.InvariantCulture));

    /// <summary>A segment's file, open for reading; give it back by disposing of it.</summary>
    public OpenFile Rent(long segment)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(segment, out var file))
            {
                if (_open.Count >= MostOpen)
                    CloseOldest();
                file = new OpenFile(this, OpenForReading(PathOf(segment)));
                _open.Add(segment, file);
            }

            file.Users++;
            file.LastUse = ++_uses;
            return file;
        }
    }

    public OpenFile RentLarge(long version) =>
        new(this, OpenForReading(PathOfLarge(version))) { Users = 1, IsForgotten = true };

    /// <summary>The file is about to be removed: who reads it keeps it, and nobody else gets it.</summary>
    public void Forget(long segment)
    {
        lock (_gate)
        {
            if (_open.Remove(segment, out var file))
                Release(file);
        }
    }

    /// <summary>
    /// From here on files are opened by their names again: an open handle outlives a file that is gone.
    /// </summary>
    public void ForgetAll()
    {
        lock (_gate)
        {
            foreach (var file in _open.Values)
                Release(file);
            _open.Clear();
        }
    }

    public void Dispose() => ForgetAll();

    /// <summary>Sharing is always full: .NET's own file locks would keep writer and readers from each other.</summary>
    private static SafeFileHandle OpenForReading(string path) =>
        File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);

    private void CloseOldest()
    {
        var (segment, file) = _open.MinBy(pair => pair.Value.LastUse);
        _open.Remove(segment);
        Release(file);
    }

    private static void Release(OpenFile file)
    {
        file.IsForgotten = true;
        if (file.Users == 0)
            file.Handle.Dispose();
    }

    internal sealed class OpenFile(SegmentFiles files, SafeFileHandle handle) : IDisposable
    {
        public SafeFileHandle Handle { get; } = handle;

        internal int Users { get; set; }

        internal long LastUse { get; set; }

        internal bool IsForgotten { get; set; }

        public void Dispose()
        {
            lock (files._gate)
            {
                if (--Users == 0 && IsForgotten)
                    Handle.Dispose();
            }
        }
    }
}
