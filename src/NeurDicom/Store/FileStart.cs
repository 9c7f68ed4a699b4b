using System.Buffers.Binary;
using System.Text;

namespace NeurDicom.Store;

/// <summary>What the first bytes of a file say that it is.</summary>
internal static class FileStart
{
    public const string Directory = "DICOMDIR";

    /// <summary>Media Storage Directory Storage: PS3.10 8.6, PS3.6 Annex A.</summary>
    public const string DirectoryClass = "1.2.840.10008.1.3.10";

    /// <summary>
    /// The Media Storage SOP Class is the third element of the meta information, and those before it are short.
    /// </summary>
    public const int Length = 512;

    // PS3.10 7.1: 128 bytes of preamble, then the prefix.
    private const int PrefixEnd = 132;

    /// <summary>Whether the file has the prefix of PS3.10 7.1.</summary>
    public static bool HasPrefix(ReadOnlySpan<byte> start) =>
        start.Length >= PrefixEnd && start[128..PrefixEnd].SequenceEqual("DICM"u8);

    /// <summary>
    /// Whether a file's first bytes may be DICOM: the prefix of PS3.10 7.1, or a data set without one,
    /// which begins with an element of a low group. The archive decides; this only keeps other files from being sent.
    /// </summary>
    public static bool MayBeDicom(ReadOnlySpan<byte> start)
    {
        if (HasPrefix(start))
            return true;
        if (start.Length < 16)
            return false;

        // Group 0002 or 0008 (a data set starts with 0008,0001 to 0008,0018), little or big endian …
        var (first, second) = (start[0], start[1]);
        var little = first is 0x02 or 0x08 && second == 0;
        var big = first == 0 && second is 0x02 or 0x08;
        if (!little && !big)
            return false;

        // … followed by the two capitals of an explicit VR, or by an implicit length that is short.
        var isExplicit = char.IsAsciiLetterUpper((char)start[4]) && char.IsAsciiLetterUpper((char)start[5]);
        return isExplicit || (little && start[5] < 0x10 && start[6] == 0 && start[7] == 0);
    }

    /// <summary>
    /// Whether the file is a DICOMDIR by what it says of itself: Media Storage SOP Class UID (0002,0002), PS3.10 7.1.
    /// </summary>
    public static bool IsDirectory(ReadOnlySpan<byte> start)
    {
        if (!HasPrefix(start))
            return false;

        // Meta information is in Explicit VR Little Endian: tag, VR and, but for OB, a length of 16 bits.
        for (var rest = start[PrefixEnd..]; rest.Length >= 12 && rest[0] == 2 && rest[1] == 0;)
        {
            var element = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            var isLong = rest[4..6].SequenceEqual("OB"u8);
            var head = isLong ? 12 : 8;
            var length = isLong
                ? BinaryPrimitives.ReadUInt32LittleEndian(rest[8..])
                : BinaryPrimitives.ReadUInt16LittleEndian(rest[6..]);
            if (element > 2 || length > rest.Length - head)
                return false;
            if (element == 2)
                return Encoding.ASCII.GetString(rest.Slice(head, (int)length)).TrimEnd('\0', ' ') == DirectoryClass;
            rest = rest[(head + (int)length)..];
        }

        return false;
    }

    /// <summary>
    /// Whether the file is a ZIP archive. One that is DICOM too, by a preamble that begins so, is DICOM.
    /// </summary>
    public static bool IsZip(ReadOnlySpan<byte> start) =>
        !HasPrefix(start) && (start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8));
}
