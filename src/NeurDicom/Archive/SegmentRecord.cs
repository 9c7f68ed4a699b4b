using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using NeurDicom.Index;

namespace NeurDicom.Archive;

internal enum RecordKind : byte
{
    /// <summary>The payload is a file as it was received.</summary>
    Instance = 1,

    /// <summary>The payload is a version's DICOM JSON without bulk data, deflated.</summary>
    Metadata = 2,

    /// <summary>No payload: the file is <c>large/VERSION</c>; length and hash are that file's.</summary>
    Large = 3,

    /// <summary>The payload is a list of versions that are deleted, eight bytes each.</summary>
    Tombstone = 4,
}

/// <summary>
/// The header of a record in a segment file. Records follow one another without a gap, so that the index can be
/// rebuilt from the segments alone; where a record was freed, zeros stand in its place.
/// </summary>
/// <remarks>
/// Eighty bytes, little endian: 0 "NDR1"; 4 kind; 5 zeros; 8 length of the file or payload; 16 version; 24 its SHA-256;
/// 56 time of storing; 64 length and 72 CRC-32 of the metadata before deflation; 76 CRC-32C of these 76 bytes.
/// </remarks>
internal readonly record struct SegmentRecord(
    RecordKind Kind, long Version, long Length, ReadOnlyMemory<byte> Sha256, long StoredAt = 0, long PlainLength = 0,
    uint PlainCrc32 = 0)
{
    public const int HeaderLength = 80;

    /// <summary>
    /// What stands at the start of each segment file, padded with zeros to <see cref="FileHeaderLength"/>.
    /// </summary>
    private static ReadOnlySpan<byte> FileMagic => "NeurDICOM segment 1\n"u8;

    public const int FileHeaderLength = 64;

    private static ReadOnlySpan<byte> Magic => "NDR1"u8;

    /// <summary>How many bytes follow the header.</summary>
    public long PayloadLength => Kind == RecordKind.Large ? 0 : Length;

    public static byte[] FileHeader()
    {
        var header = new byte[FileHeaderLength];
        FileMagic.CopyTo(header);
        return header;
    }

    /// <summary>Whether a file that begins like this is a segment of the form that is written here.</summary>
    public static bool IsFileHeader(ReadOnlySpan<byte> header) => header.StartsWith(FileMagic);

    public void Write(Span<byte> header)
    {
        header[..HeaderLength].Clear();
        Magic.CopyTo(header);
        header[4] = (byte)Kind;
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Version);
        Sha256.Span.CopyTo(header[24..56]);
        BinaryPrimitives.WriteInt64LittleEndian(header[56..], StoredAt);
        BinaryPrimitives.WriteInt64LittleEndian(header[64..], PlainLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[72..], PlainCrc32);
        BinaryPrimitives.WriteUInt32LittleEndian(header[76..], Checksum(header));
    }

    /// <summary>Reads a header; false where these bytes are none, or damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, out SegmentRecord record)
    {
        record = default;
        if (header.Length < HeaderLength
            || !header.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[76..]) != Checksum(header))
        {
            return false;
        }

        record = new SegmentRecord(
            (RecordKind)header[4],
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
            header[24..56].ToArray(),
            BinaryPrimitives.ReadInt64LittleEndian(header[56..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[64..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[72..]));
        return record.Length >= 0 && Enum.IsDefined(record.Kind);
    }

    private static uint Checksum(ReadOnlySpan<byte> header)
    {
        var sum = ~0u;
        foreach (var word in MemoryMarshal.Cast<byte, uint>(header[..76]))
            sum = BitOperations.Crc32C(sum, word);
        return ~sum;
    }
}

internal static class VersionRecords
{
    /// <summary>
    /// The bytes of a segment that this version holds: its records lie side by side, file (or the record that stands
    /// for a large file) first, then metadata.
    /// </summary>
    public static (long Segment, long Offset, long Length) Records(this VersionPlace place)
    {
        var end = place.MetadataOffset + place.MetadataLength;
        var start = place.Segment is null
            ? place.MetadataOffset - 2 * SegmentRecord.HeaderLength
            : place.Offset - SegmentRecord.HeaderLength;
        return (place.MetadataSegment, start, end - start);
    }
}
