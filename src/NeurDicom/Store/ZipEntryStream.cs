using NeurDicom.Archive;
using NeurDicom.Dicom.Json;

namespace NeurDicom.Store;

/// <summary>
/// The content of an entry, unpacked. Length and checksum are compared before the last bytes are given out,
/// so that nobody who reads to the end can have taken a damaged file for a whole one.
/// </summary>
internal sealed class ZipEntryStream(Stream packed, ZipEntry entry, ZipBudget? budget) : ForwardStream
{
    private readonly byte[] _beyond = new byte[1];
    private readonly long _limit = budget?.LimitOf(entry.CompressedSize) ?? long.MaxValue;
    private long _position;
    private uint _crc32;

    /// <exception cref="ZipException">The entry is damaged, or inflates too far.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        if (_position == entry.Size)
            return 0;
        var count = ReadPacked(buffer[..(int)Math.Min(buffer.Length, entry.Size - _position)]);
        if (count == 0)
            throw ZipException.Damaged("The entry is shorter than the ZIP archive's directory says.");
        _position += count;
        _crc32 = Crc32.Append(_crc32, buffer[..count]);
        if (_position > _limit || budget?.Take(count) is false)
        {
            throw new ZipException(
                StoreOutcome.TooLarge, $"It inflates to more than {budget!.Ratio} times its size (max_inflate_ratio).");
        }

        if (_position == entry.Size)
            CheckEnd();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            packed.Dispose();
        base.Dispose(disposing);
    }

    private void CheckEnd()
    {
        if (ReadPacked(_beyond) != 0)
            throw ZipException.Damaged("The entry is longer than the ZIP archive's directory says.");
        if (_crc32 != entry.Crc32)
            throw ZipException.Damaged("The entry is damaged: its checksum is wrong.");
    }

    private int ReadPacked(Span<byte> buffer)
    {
        try
        {
            return packed.Read(buffer);
        }
        catch (InvalidDataException)
        {
            throw ZipException.Damaged("The entry is damaged: it cannot be inflated.");
        }
    }
}
