using Microsoft.Win32.SafeHandles;
using NeurDicom.Store;

namespace NeurDicom.Commands;

/// <summary>
/// A file within a ZIP archive. The archive is opened for each, so that any number may be read at once.
/// </summary>
internal sealed class ZipMember(
    string archive, ZipDirectory directory, ZipEntry entry, ZipBudget budget, bool looksLikeDicom)
{
    public long Length => entry.Size;

    public bool LooksLikeDicom => looksLikeDicom;

    /// <summary>The content; who disposes of it closes the archive.</summary>
    /// <exception cref="ZipException">It cannot be unpacked.</exception>
    public Stream Open()
    {
        var file = ZipWalk.OpenArchive(archive);
        try
        {
            return directory.Open(file, entry, budget, ownsFile: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}

/// <summary>Finds the DICOM files in a ZIP archive as <see cref="FileWalk"/> finds those in a folder.</summary>
internal static class ZipWalk
{
    public static IEnumerable<FoundFile> Find(string path, Settings settings)
    {
        if (!TryOpen(path, settings, out var file, out var directory, out var problem))
        {
            yield return new FoundFile(path, FoundKind.Unreadable, problem);
            yield break;
        }

        using (file)
        {
            // Open, as is the directory.
            var budget = new ZipBudget(RandomAccess.GetLength(file!), settings.MaxInflateRatio);
            foreach (var entry in directory!.Entries())
            {
                if (entry.SkipReason is { } reason)
                {
                    if (reason != ZipEntry.Folder)
                        yield return new FoundFile($"{path}/{entry.Name}", FoundKind.Skipped, reason);
                }
                else
                {
                    yield return Look(path, directory, entry, budget);
                }
            }
        }
    }

    internal static SafeFileHandle OpenArchive(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    private static FoundFile Look(string path, ZipDirectory directory, ZipEntry entry, ZipBudget budget)
    {
        var name = $"{path}/{entry.Name}";
        var isNamedDicom = FileWalk.IsNamedDicom(entry.Name);
        if (entry.Size == 0)
        {
            return isNamedDicom
                ? new FoundFile(name, FoundKind.Unreadable, "the file is empty")
                : new FoundFile(name, FoundKind.Skipped, FileWalk.Empty);
        }

        try
        {
            using var content = directory.Open(entry, budget: null);
            var start = new byte[(int)Math.Min(FileStart.Length, entry.Size)];
            content.ReadExactly(start);
            if (FileStart.IsDirectory(start))
                return new FoundFile(name, FoundKind.Skipped, FileWalk.Directory, entry.Size);
            if (FileStart.IsZip(start))
                return new FoundFile(name, FoundKind.Unreadable, ZipException.Nested, entry.Size);
            var isDicom = FileStart.MayBeDicom(start);
            return isNamedDicom || isDicom
                ? new FoundFile(
                    name, FoundKind.Candidate, null, entry.Size, new ZipMember(path, directory, entry, budget, isDicom))
                : new FoundFile(name, FoundKind.Skipped, FileWalk.NotDicom, entry.Size);
        }
        catch (Exception e) when (e is ZipException or IOException)
        {
            return new FoundFile(name, FoundKind.Unreadable, e.Message, entry.Size);
        }
    }

    private static bool TryOpen(
        string path, Settings settings, out SafeFileHandle? file, out ZipDirectory? directory, out string? problem)
    {
        (file, directory, problem) = (null, null, null);
        try
        {
            file = OpenArchive(path);
            directory = ZipDirectory.Read(file, settings.MaxZipEntries);
            return true;
        }
        catch (Exception e) when (e is ZipException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            file?.Dispose();
            return false;
        }
    }
}
