namespace NeurDicom.Store;

/// <summary>One entry as the archive's directory has it (APPNOTE 4.3.12). All of it is the sender's word.</summary>
/// <param name="Name">Shown, and never used as a path.</param>
/// <param name="Offset">Of its local header, from the beginning of the file.</param>
internal readonly record struct ZipEntry(
    string Name, ushort Flags, ushort Method, uint Crc32, long CompressedSize, long Size, long Offset)
{
    public const string Folder = "folder";

    /// <summary>What is in most archives and stored by nobody: null, or why this entry is passed over.</summary>
    public string? SkipReason
    {
        get
        {
            // Some programs on Windows separate by backslashes.
            var parts = Name.Split('/', '\\');
            if (parts[^1].Length == 0)
                return Folder;
            if (parts[^1].Equals(FileStart.Directory, StringComparison.OrdinalIgnoreCase))
                return FileStart.Directory;
            // The Finder's copies of attributes, and hidden files as in folders.
            return Array.Exists(parts, part => part is "__MACOSX" or ['.', not '.', ..]) ? "hidden" : null;
        }
    }

    public bool IsEncrypted => (Flags & 0x2041) != 0 || Method == 99;
}
