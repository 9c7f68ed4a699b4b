using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using NeurDicom.Imaging;

namespace NeurDicom.Export;

/// <summary>
/// Unpacks the ZIP archive that <see cref="FileSetExport"/> writes while it comes, checking every size,
/// checksum and name. No archive of others: what is stored has its size in front there.
/// </summary>
internal sealed partial class FileSetUnpacker(Stream zip, string folder, Action<long> unpacked)
{
    private const int Piece = 128 << 10;
    private const int HeaderLength = 30;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Piece);

    /// <summary>Files that were written, the DICOMDIR among them.</summary>
    public long Files { get; private set; }

    /// <exception cref="InvalidDataException">The archive is damaged, or breaks off.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (await ReadEntryAsync(cancel))
                Files++;
            await SkipEndAsync(cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        }
    }

    private async Task<bool> ReadEntryAsync(CancellationToken cancel)
    {
        await FillAsync(_buffer.AsMemory(0, 4), cancel);
        var signature = BinaryPrimitives.ReadUInt32LittleEndian(_buffer);
        if (signature == 0x02014B50)
            return false;
        if (signature != 0x04034B50)
            throw new InvalidDataException("The export is damaged: no entry begins where one should.");

        await FillAsync(_buffer.AsMemory(4, HeaderLength - 4), cancel);
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(14));
        var size = (long)BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(22));
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(26));
        var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(28));
        await FillAsync(_buffer.AsMemory(0, nameLength + extraLength), cancel);
        var name = Encoding.ASCII.GetString(_buffer, 0, nameLength);
        if (size == uint.MaxValue)
            size = BinaryPrimitives.ReadInt64LittleEndian(_buffer.AsSpan(nameLength + 4));
        if (!FileSetName().IsMatch(name) || size < 0)
            throw new InvalidDataException("The export is damaged: an entry has a name that no file-set has.");

        await WriteAsync(name, size, checksum, cancel);
        return true;
    }

    private async Task WriteAsync(string name, long size, uint expected, CancellationToken cancel)
    {
        var path = Path.Join(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var checksum = 0u;
        for (var left = size; left > 0;)
        {
            var piece = _buffer.AsMemory(0, (int)Math.Min(Piece, left));
            await FillAsync(piece, cancel);
            checksum = PngChecksum.Append(checksum, piece.Span);
            await file.WriteAsync(piece, cancel);
            left -= piece.Length;
            unpacked(piece.Length);
        }

        if (checksum != expected)
            throw new InvalidDataException("The export is damaged: a checksum is wrong.");
    }

    // The central directory says nothing new, but that it came whole means that nothing is missing.
    private async Task SkipEndAsync(CancellationToken cancel)
    {
        var tail = new byte[22];
        var count = 0;
        while (await zip.ReadAsync(_buffer.AsMemory(0, Piece), cancel) is > 0 and var read)
        {
            var kept = Math.Min(read, tail.Length);
            if (kept < tail.Length)
                Array.Copy(tail, kept, tail, 0, tail.Length - kept);
            _buffer.AsSpan(read - kept, kept).CopyTo(tail.AsSpan(tail.Length - kept));
            count = Math.Min(tail.Length, count + read);
        }

        if (count < tail.Length || BinaryPrimitives.ReadUInt32LittleEndian(tail) != 0x06054B50)
            throw new InvalidDataException("The export breaks off before its end.");
    }

    private async Task FillAsync(Memory<byte> memory, CancellationToken cancel)
    {
        if (await zip.ReadAtLeastAsync(memory, memory.Length, throwOnEndOfStream: false, cancel) < memory.Length)
            throw new InvalidDataException("The export breaks off before its end.");
    }

    [GeneratedRegex(@"\A(DICOMDIR|DICOM(/[A-Z0-9]{8}){4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileSetName();
}
