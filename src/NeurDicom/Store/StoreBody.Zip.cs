using NeurDicom.Archive;

namespace NeurDicom.Store;

// ZIP archives: received whole, for their directory stands at their end, then read entry by entry.
internal sealed partial class StoreBody
{
    private async Task StoreZipAsync(string? file, Stream body, CancellationToken cancel)
    {
        try
        {
            using var spooled = await SpooledFile.ReceiveAsync(body, archive, ingest.Lane, cancel);
            // What follows waits for nobody's network, and the thread that bytes arrive on has other connections to
            // serve.
            await Task.Yield();
            await ingest.Unpacking.WaitAsync(cancel);
            try
            {
                await UnpackAsync(spooled, file, cancel);
            }
            finally
            {
                ingest.Unpacking.Release();
            }
        }
        catch (ZipException e)
        {
            _isTooSlow |= e.Outcome == StoreOutcome.TooSlow;
            await RefuseAsync(file, e.Outcome, e.Message, cancel);
        }
    }

    private async Task UnpackAsync(SpooledFile spooled, string? file, CancellationToken cancel)
    {
        var settings = archive.Writer.Settings;
        var zip = ZipDirectory.Read(spooled.Handle, settings.MaxZipEntries);
        var budget = new ZipBudget(spooled.Length, settings.MaxInflateRatio);
        var isEmpty = true;
        Entries = zip.Count;
        foreach (var entry in zip.Entries())
        {
            cancel.ThrowIfCancellationRequested();
            if (entry.SkipReason is null && await StoreEntryAsync(zip, entry, budget, file, cancel))
                isEmpty = false;
            else
                Report.Skipped++;
        }

        Entries = null;
        if (isEmpty)
            throw ZipException.Damaged("The ZIP archive holds no files to store.");
    }

    /// <returns>False: it is nothing that is stored.</returns>
    private async Task<bool> StoreEntryAsync(
        ZipDirectory zip, ZipEntry entry, ZipBudget budget, string? file, CancellationToken cancel)
    {
        var name = file is null ? entry.Name : $"{file}/{entry.Name}";
        try
        {
            using var content = zip.Open(entry, budget);
            var start = new byte[(int)Math.Min(FileStart.Length, entry.Size)];
            content.ReadExactly(start);
            if (FileStart.IsDirectory(start))
                return false;
            if (FileStart.IsZip(start))
                throw new ZipException(StoreOutcome.Unsupported, ZipException.Nested);
            await BeginAsync(name, new PrefixedStream(start, content), entry.Size, cancel);
        }
        catch (ZipException e)
        {
            await RefuseAsync(name, e.Outcome, e.Message, cancel);
        }

        return true;
    }
}
