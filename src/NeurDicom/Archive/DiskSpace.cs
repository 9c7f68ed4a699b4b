namespace NeurDicom.Archive;

/// <summary>Whether the disk has room beyond its reserve; asked of the system a few times a second at most.</summary>
internal sealed class DiskSpace(DataFolder folder, Settings settings, TimeProvider clock)
{
    private static readonly TimeSpan Validity = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly DriveInfo _disk = new(folder.Path);
    private long _looked;
    private long _free = long.MinValue;

    /// <summary>Whether there is room for this many bytes beside the reserve.</summary>
    public bool Has(long bytes)
    {
        lock (_gate)
            return Look() >= bytes;
    }

    /// <summary>Whether this many bytes, which are about to be written, can be taken and the reserve stays.</summary>
    public bool Take(long bytes)
    {
        lock (_gate)
        {
            // What is granted is counted until the next look, so that many at once do not each see the same room.
            if (Look() < bytes)
                return false;
            _free -= bytes;
            return true;
        }
    }

    private long Look()
    {
        if (_free == long.MinValue || clock.GetElapsedTime(_looked) > Validity)
        {
            // Into a folder that nobody finds any more nothing may be stored.
            if (!folder.IsInPlace())
                throw new IOException("The data folder is gone, or another one stands in its place.");
            _looked = clock.GetTimestamp();
            _free = _disk.AvailableFreeSpace
                - Math.Min(settings.DiskReserve, _disk.TotalSize / 100 * settings.DiskReservePercent);
        }

        return _free;
    }
}
