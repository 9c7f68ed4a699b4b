using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NeurDicom.Archive;

namespace NeurDicom.Store;

/// <summary>
/// The directory of a ZIP archive (APPNOTE 6.3.10, 4.3), read from a file whose every field may be a lie:
/// nothing is held of it but where entries begin, no entry may reach into another one or into the directory,
/// and names stay names.
/// </summary>
/// <remarks>
/// .NET's own reader holds every entry it is told of,
/// lets entries share their bytes (which makes 46 MB of 4.5 PB) and does not compare checksums.
/// </remarks>
internal sealed class ZipDirectory
{
    private const int EndLength = 22;
    private const int LocatorLength = 20;
    private const int LongEndLength = 56;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int LongestName = 1024;

    // APPNOTE D.1: what a name is in that does not say that it is UTF-8.
    // It has this one.
    private static readonly Encoding OldNames = CodePagesEncodingProvider.Instance.GetEncoding(437)!;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly SafeFileHandle _file;
    private readonly long _start;
    private readonly long _end;

    // What stands before the archive, as in one that unpacks itself.
    private readonly long _shift;
    private readonly long[] _offsets;

    private ZipDirectory(SafeFileHandle file, long start, long end, long shift, int maxEntries)
    {
        (_file, _start, _end, _shift) = (file, start, end, shift);
        var offsets = new List<long>();
        foreach (var entry in Entries())
        {
            if (offsets.Count == maxEntries)
                throw new ZipException(
                    StoreOutcome.TooLarge, $"The ZIP archive has more than {maxEntries} entries (max_zip_entries).");
            offsets.Add(entry.Offset);
        }

        offsets.Sort();
        _offsets = [.. offsets];
    }

    public int Count => _offsets.Length;

    /// <exception cref="ZipException">It is none, is cut off, or has too many entries.</exception>
    public static ZipDirectory Read(SafeFileHandle file, int maxEntries)
    {
        var length = RandomAccess.GetLength(file);
        var tail = new byte[Math.Min(length, EndLength + ushort.MaxValue)];
        ReadAt(file, length - tail.Length, tail);
        if (FindEnd(tail) is not { } at)
        {
            throw ZipException.Damaged(FileStart.IsZip(tail) || length > tail.Length
                ? "The ZIP archive is cut off or damaged: its directory, which stands at its end, is missing."
                : "This is no ZIP archive.");
        }

        var record = tail.AsSpan(at, EndLength);
        var end = length - tail.Length + at;
        long size = U32(record[12..]);
        long offset = U32(record[16..]);
        var isSplit = U16(record[4..]) is not (0 or ushort.MaxValue) || U16(record[6..]) is not (0 or ushort.MaxValue);
        var isLong = U16(record[8..]) == ushort.MaxValue || U16(record[10..]) == ushort.MaxValue;
        if (isLong || size == uint.MaxValue || offset == uint.MaxValue)
            (end, size, offset, isSplit) = ReadLongEnd(file, end) ?? (end, size, offset, isSplit);
        if (isSplit)
            throw new ZipException(StoreOutcome.Unsupported, "The ZIP archive is split over several files.");

        var start = end - size;
        if (size < 0 || offset < 0 || start < offset)
            throw ZipException.Damaged("The ZIP archive's directory does not lie where it is said to.");
        return new ZipDirectory(file, start, end, start - offset, maxEntries);
    }

    /// <summary>Every entry in the directory's order; read anew each time.</summary>
    /// <exception cref="ZipException">The directory is damaged.</exception>
    public IEnumerable<ZipEntry> Entries()
    {
        using var directory = new BufferedStream(new FileRange(_file, _start, _end - _start), 1 << 16);
        var header = new byte[EntryLength];
        var text = new byte[ushort.MaxValue];
        for (var rest = _end - _start; rest > 0;)
        {
            var isWhole = rest >= EntryLength && directory.ReadAtLeast(header, EntryLength, false) == EntryLength;
            if (!isWhole || !header.AsSpan().StartsWith("PK\x01\x02"u8))
                throw ZipException.Damaged("The ZIP archive's directory is damaged.");
            var (name, extra, comment) = (U16(header.AsSpan(28)), U16(header.AsSpan(30)), U16(header.AsSpan(32)));
            rest -= EntryLength + name + extra + comment;
            if (rest < 0)
                throw ZipException.Damaged("The ZIP archive's directory is damaged.");

            directory.ReadExactly(text, 0, name);
            var title = ReadName(text.AsSpan(0, name), isUtf8: (U16(header.AsSpan(8)) & 0x800) != 0);
            directory.ReadExactly(text, 0, extra);
            var entry = ReadEntry(title, header, text.AsSpan(0, extra));
            directory.ReadExactly(text, 0, comment);
            yield return entry;
        }
    }

    /// <summary>The content of an entry.</summary>
    /// <param name="budget">Null where only the start of it is looked at.</param>
    /// <exception cref="ZipException">It cannot be unpacked.</exception>
    public ZipEntryStream Open(ZipEntry entry, ZipBudget? budget) => Open(_file, entry, budget, ownsFile: false);

    /// <param name="file">The archive, opened once more.</param>
    /// <inheritdoc cref="Open(ZipEntry, ZipBudget?)"/>
    public ZipEntryStream Open(SafeFileHandle file, ZipEntry entry, ZipBudget? budget, bool ownsFile)
    {
        if (entry.IsEncrypted)
            throw new ZipException(StoreOutcome.Unsupported, "The entry is encrypted.");
        if (entry.Method is not (0 or 8))
        {
            throw new ZipException(
                StoreOutcome.Unsupported,
                $"The entry is packed by method {entry.Method}; stored (0) and deflated (8) ones are read.");
        }

        if (entry.Method == 0 && entry.CompressedSize != entry.Size)
            throw ZipException.Damaged("The entry is stored and has two lengths.");

        var at = Array.BinarySearch(_offsets, entry.Offset);
        var next = at + 1 < _offsets.Length ? _offsets[at + 1] : _start;
        var local = new byte[LocalLength];
        if (entry.Offset > _start - LocalLength)
            throw ZipException.Damaged("The entry does not lie within the ZIP archive.");
        ReadAt(file, entry.Offset, local);
        if (!local.AsSpan().StartsWith("PK\x03\x04"u8))
            throw ZipException.Damaged("The entry does not lie where the ZIP archive's directory says.");
        var data = entry.Offset + LocalLength + U16(local.AsSpan(26)) + U16(local.AsSpan(28));
        // Two at one place: of equal offsets the search finds any.
        if (entry.CompressedSize > next - data || (at > 0 && _offsets[at - 1] == entry.Offset))
            throw ZipException.Damaged("The entry overlaps what stands behind it in the ZIP archive.");

        Stream packed = new FileRange(file, data, entry.CompressedSize, ownsFile);
        return new ZipEntryStream(
            entry.Method == 8 ? new DeflateStream(packed, CompressionMode.Decompress) : packed, entry, budget);
    }

    private ZipEntry ReadEntry(string name, ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra)
    {
        long compressed = U32(header[20..]);
        long size = U32(header[24..]);
        long offset = U32(header[42..]);

        // ZIP64 (APPNOTE 4.5.3) has those that do not fit, in this order.
        while (extra.Length >= 4)
        {
            var (id, length) = (U16(extra), U16(extra[2..]));
            if (length > extra.Length - 4)
                break;
            if (id == 1)
            {
                var values = extra.Slice(4, length);
                size = Replace(size, ref values);
                compressed = Replace(compressed, ref values);
                offset = Replace(offset, ref values);
            }

            extra = extra[(4 + length)..];
        }

        if (size < 0 || compressed < 0 || offset < 0 || offset > _start - _shift)
            throw ZipException.Damaged("The ZIP archive's directory is damaged.");
        return new ZipEntry(
            name, U16(header[8..]), U16(header[10..]), U32(header[16..]), compressed, size, offset + _shift);
    }

    private static long Replace(long value, ref ReadOnlySpan<byte> values)
    {
        if (value != uint.MaxValue || values.Length < 8)
            return value;
        value = I64(values);
        values = values[8..];
        return value;
    }

    private static string ReadName(ReadOnlySpan<byte> name, bool isUtf8)
    {
        var text = isUtf8 || IsUtf8(name) ? Encoding.UTF8.GetString(name) : OldNames.GetString(name);
        return text.Length > LongestName ? text[..LongestName] : text;
    }

    // Many write UTF-8 and do not say so; what is in another encoding hardly ever happens to be UTF-8.
    private static bool IsUtf8(ReadOnlySpan<byte> name)
    {
        try
        {
            StrictUtf8.GetCharCount(name);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>
    /// Where the end record begins: the last one whose comment ends with the file, else the last that fits.
    /// </summary>
    private static int? FindEnd(ReadOnlySpan<byte> tail)
    {
        int? fits = null;
        for (var at = tail.Length - EndLength; at >= 0; at--)
        {
            if (tail[at] != 'P' || !tail[at..].StartsWith("PK\x05\x06"u8))
                continue;
            var rest = tail.Length - at - EndLength - U16(tail[(at + 20)..]);
            if (rest == 0)
                return at;
            if (rest > 0)
                fits ??= at;
        }

        return fits;
    }

    /// <summary>The end record of ZIP64 (APPNOTE 4.3.14); null where there is none.</summary>
    private static (long End, long Size, long Offset, bool IsSplit)? ReadLongEnd(SafeFileHandle file, long end)
    {
        var locator = new byte[LocatorLength];
        if (end < LocatorLength + LongEndLength)
            return null;
        ReadAt(file, end - LocatorLength, locator);
        if (!locator.AsSpan().StartsWith("PK\x06\x07"u8))
            return null;

        // Where it is said to be, else, as something may stand before the archive, right before its locator.
        var record = new byte[LongEndLength];
        foreach (var at in (long[])[I64(locator.AsSpan(8)), end - LocatorLength - LongEndLength])
        {
            if (at < 0 || at > end - LocatorLength - LongEndLength)
                continue;
            ReadAt(file, at, record);
            if (record.AsSpan().StartsWith("PK\x06\x06"u8))
            {
                var isSplit = U32(record.AsSpan(16)) != 0 || U32(record.AsSpan(20)) != 0;
                return (at, I64(record.AsSpan(40)), I64(record.AsSpan(48)), isSplit);
            }
        }

        return null;
    }

    private static void ReadAt(SafeFileHandle file, long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = RandomAccess.Read(file, bytes, offset);
            if (count == 0)
                throw ZipException.Damaged("The ZIP archive is cut off.");
            offset += count;
            bytes = bytes[count..];
        }
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static long I64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
