using NeurDicom.Store;

namespace NeurDicom.Commands;

/// <summary>What <see cref="FileWalk"/> came across.</summary>
internal enum FoundKind
{
    /// <summary>Named by the person, or looks like DICOM: to be stored.</summary>
    Candidate,

    /// <summary>Found on the way, and nothing that is stored.</summary>
    Skipped,

    /// <summary>Could not be opened or listed.</summary>
    Unreadable,
}

/// <param name="Path">For people; of a file in a ZIP archive it is the archive's path and the name in it.</param>
/// <param name="Reason">Why it is skipped or cannot be read.</param>
/// <param name="Length">In bytes, where it is known.</param>
/// <param name="Member">The file in a ZIP archive; null for one of its own.</param>
internal readonly record struct FoundFile(
    string Path, FoundKind Kind, string? Reason = null, long Length = 0, ZipMember? Member = null)
{
    /// <summary>Whether it can be read, and begins as DICOM does.</summary>
    public bool LooksLikeDicom => Member?.LooksLikeDicom ?? FileWalk.LooksLikeDicom(Path);

    /// <summary>Its bytes, and how many they are to be.</summary>
    public (Stream Bytes, long? Length) Open()
    {
        if (Member is not null)
            return (Member.Open(), Member.Length);
        var file = new FileStream(
            Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.SequentialScan);
        return (file, file.CanSeek ? file.Length : null);
    }
}

/// <summary>
/// Finds the DICOM files below some paths, in order of their names: any file that is DICOM, whatever its own name.
/// DICOMDIR is an index and is skipped, by its name or by what it says it is; hidden files and folders are skipped too,
/// and links to folders are followed once. ZIP archives are looked into,
/// those named <c>.zip</c> in folders and any that a person names.
/// </summary>
internal static class FileWalk
{
    public const string Hidden = "hidden";
    public const string Directory = FileStart.Directory;
    public const string NotDicom = "not DICOM";
    public const string Empty = "empty";

    // Deeper than any archive of files; a loop of links that resolve to ever new names ends here.
    private const int MaxDepth = 100;

    public static IEnumerable<FoundFile> Find(IEnumerable<string> paths, Settings? settings = null)
    {
        settings ??= new Settings();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (System.IO.Directory.Exists(path))
            {
                foreach (var found in FindBelow(path, settings, seen, 0))
                    yield return found;
            }
            else if (!File.Exists(path))
            {
                yield return new FoundFile(path, FoundKind.Unreadable, "there is no such file or folder");
            }
            else if (IsZip(path))
            {
                foreach (var found in ZipWalk.Find(path, settings))
                    yield return found;
            }
            else
            {
                // Who names a file means it: the archive says what is wrong with it.
                yield return Named(path);
            }
        }
    }

    /// <summary>Whether a file can be read, and begins as DICOM does.</summary>
    internal static bool LooksLikeDicom(string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[FileStart.Length];
            // A pipe has no length, and what is read from it now would be missing later.
            return new FileInfo(path).Length > 0 && FileStart.MayBeDicom(start[..ReadStart(path, start)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static FoundFile Named(string path)
    {
        if (IsDirectoryFile(path))
            return new FoundFile(path, FoundKind.Skipped, Directory);
        var length = 0L;
        try
        {
            Span<byte> start = stackalloc byte[FileStart.Length];
            length = FileLength(path);
            if (length > 0 && FileStart.IsDirectory(start[..ReadStart(path, start)]))
                return new FoundFile(path, FoundKind.Skipped, Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Told when it is to be stored.
        }

        return new FoundFile(path, FoundKind.Candidate, null, length);
    }

    private static int ReadStart(string path, Span<byte> start)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return RandomAccess.Read(file, start, 0);
    }

    private static IEnumerable<FoundFile> FindBelow(string folder, Settings settings, HashSet<string> seen, int depth)
    {
        if (depth > MaxDepth)
        {
            yield return new FoundFile(folder, FoundKind.Unreadable, "folders are nested too deeply");
            yield break;
        }

        if (!seen.Add(RealPath(folder)))
            yield break;

        if (!TryList(folder, out var entries, out var problem))
        {
            yield return new FoundFile(folder, FoundKind.Unreadable, problem);
            yield break;
        }

        foreach (var entry in entries)
        {
            if (Path.GetFileName(entry.FullName) is ['.', ..])
            {
                yield return new FoundFile(Path.Join(folder, entry.Name), FoundKind.Skipped, Hidden);
            }
            else if (entry is DirectoryInfo)
            {
                foreach (var found in FindBelow(Path.Join(folder, entry.Name), settings, seen, depth + 1))
                    yield return found;
            }
            else if (IsNamedZip(entry.Name) && IsZip(Path.Join(folder, entry.Name)))
            {
                foreach (var found in ZipWalk.Find(Path.Join(folder, entry.Name), settings))
                    yield return found;
            }
            else
            {
                yield return Look(Path.Join(folder, entry.Name));
            }
        }
    }

    private static FoundFile Look(string path)
    {
        if (IsDirectoryFile(path))
            return new FoundFile(path, FoundKind.Skipped, Directory);

        try
        {
            // Also pipes and devices, which have no length and whose opening may never return.
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (!File.Exists(target))
                return new FoundFile(path, FoundKind.Unreadable, "the link leads nowhere");
            var length = new FileInfo(target).Length;
            if (length == 0)
                return IsNamedDicom(path)
                    ? new FoundFile(path, FoundKind.Unreadable, "the file is empty")
                    : new FoundFile(path, FoundKind.Skipped, Empty);

            Span<byte> buffer = stackalloc byte[FileStart.Length];
            var start = buffer[..ReadStart(path, buffer)];
            if (FileStart.IsDirectory(start))
                return new FoundFile(path, FoundKind.Skipped, Directory);
            return IsNamedDicom(path) || FileStart.MayBeDicom(start)
                ? new FoundFile(path, FoundKind.Candidate, null, length)
                : new FoundFile(path, FoundKind.Skipped, NotDicom, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new FoundFile(path, FoundKind.Unreadable, e.Message);
        }
    }

    private static bool TryList(string folder, out List<FileSystemInfo> entries, out string? problem)
    {
        try
        {
            entries = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions
            {
                AttributesToSkip = FileAttributes.Device,
                IgnoreInaccessible = false,
                RecurseSubdirectories = false,
            })];
            entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            problem = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            entries = [];
            problem = e.Message;
            return false;
        }
    }

    private static string RealPath(string folder)
    {
        var full = Path.GetFullPath(folder);
        return System.IO.Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
    }

    private static bool IsZip(string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[FileStart.Length];
            return FileLength(path) > 0 && FileStart.IsZip(start[..ReadStart(path, start)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    // Of what a link leads to; a pipe has none, and what is read from it now would be missing later.
    private static long FileLength(string path) =>
        new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).Length;

    private static bool IsNamedZip(string name) =>
        Path.GetExtension(name).Equals(".zip", StringComparison.OrdinalIgnoreCase);

    // What calls itself DICOM and is not is worth a word.
    internal static bool IsNamedDicom(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".dcm" or ".dicom" or ".dic" or ".ima";

    // PS3.10 8.6: the file-set's directory has this name and no other.
    private static bool IsDirectoryFile(string path) =>
        Path.GetFileName(path).Equals(Directory, StringComparison.OrdinalIgnoreCase);
}
