using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NeurDicom.Dicom.Json;

namespace NeurDicom.Tests.Store;

/// <summary>Writes ZIP archives byte by byte (APPNOTE 4.3), so that every field can be a lie.</summary>
internal sealed class RawZip
{
    private readonly ArrayBufferWriter<byte> _file = new();
    private readonly ArrayBufferWriter<byte> _directory = new();
    private int _count;

    /// <summary>Writes lengths and offsets as ZIP64 does (APPNOTE 4.5.3).</summary>
    public bool IsLong { get; init; }

    public byte[] Comment { get; init; } = [];

    /// <summary>What stands before the archive and is not counted by its offsets.</summary>
    public byte[] Before { get; init; } = [];

    /// <summary>Where the next entry will begin.</summary>
    public long Position => _file.WrittenCount;

    public RawZip Add(string name, byte[] content, bool deflated = true) => Add(name, content, new Lie(), deflated);

    public RawZip Add(string name, byte[] content, Lie lie, bool deflated = true)
    {
        var at = _file.WrittenCount;
        var packed = deflated ? Deflate(content) : content;
        var title = lie.NameBytes ?? Encoding.UTF8.GetBytes(name);
        var flags = (ushort)(lie.Flags | (lie.HasDescriptor ? 8 : 0));
        var method = lie.Method ?? (ushort)(deflated ? 8 : 0);
        var crc = lie.Crc32 ?? Crc32.Append(0, content);
        long size = lie.Size ?? content.Length;
        long compressed = lie.CompressedSize ?? packed.Length;

        Write(_file, "PK\x03\x04"u8);
        Write16(_file, 20, flags, method, 0, 0);
        Write32(_file, lie.HasDescriptor ? 0 : crc, lie.HasDescriptor ? 0 : (uint)compressed, lie.HasDescriptor ? 0 : (uint)size);
        Write16(_file, (ushort)title.Length, 0);
        Write(_file, title);
        Write(_file, packed);
        if (lie.HasDescriptor)
        {
            Write(_file, "PK\x07\x08"u8);
            Write32(_file, crc, (uint)packed.Length, (uint)content.Length);
        }

        var extra = new ArrayBufferWriter<byte>();
        if (IsLong)
        {
            Write16(extra, 1, 24);
            Write64(extra, size, compressed, lie.Offset ?? at);
        }

        Write(_directory, "PK\x01\x02"u8);
        Write16(_directory, 45, 45, flags, method, 0, 0);
        Write32(_directory, crc, IsLong ? uint.MaxValue : (uint)compressed, IsLong ? uint.MaxValue : (uint)size);
        Write16(_directory, (ushort)title.Length, (ushort)extra.WrittenCount, 0, 0, 0);
        Write32(_directory, 0, IsLong ? uint.MaxValue : (uint)(lie.Offset ?? at));
        Write(_directory, title);
        Write(_directory, extra.WrittenSpan);
        _count++;
        return this;
    }

    public byte[] Build()
    {
        var end = new ArrayBufferWriter<byte>();
        var (start, length) = (_file.WrittenCount, _directory.WrittenCount);
        if (IsLong)
        {
            Write(end, "PK\x06\x06"u8);
            Write64(end, 44);
            Write16(end, 45, 45);
            Write32(end, 0, 0);
            Write64(end, _count, _count, length, start);
            Write(end, "PK\x06\x07"u8);
            Write32(end, 0);
            Write64(end, start + length);
            Write32(end, 1);
        }

        Write(end, "PK\x05\x06"u8);
        Write16(end, 0, 0, IsLong ? ushort.MaxValue : (ushort)_count, IsLong ? ushort.MaxValue : (ushort)_count);
        Write32(end, IsLong ? uint.MaxValue : (uint)length, IsLong ? uint.MaxValue : (uint)start);
        Write16(end, (ushort)Comment.Length);
        Write(end, Comment);
        return [.. Before, .. _file.WrittenSpan, .. _directory.WrittenSpan, .. end.WrittenSpan];
    }

    private static byte[] Deflate(byte[] content)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(content);
        return packed.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> bytes) => to.Write(bytes);

    private static void Write16(ArrayBufferWriter<byte> to, params ReadOnlySpan<ushort> values)
    {
        Span<byte> bytes = stackalloc byte[2];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
            to.Write(bytes);
        }
    }

    private static void Write32(ArrayBufferWriter<byte> to, params ReadOnlySpan<uint> values)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            to.Write(bytes);
        }
    }

    private static void Write64(ArrayBufferWriter<byte> to, params ReadOnlySpan<long> values)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            to.Write(bytes);
        }
    }

    /// <summary>What the archive says of an entry instead of the truth.</summary>
    internal sealed record Lie(
        ushort Flags = 0, ushort? Method = null, uint? Crc32 = null, long? Size = null, long? CompressedSize = null,
        long? Offset = null, bool HasDescriptor = false, byte[]? NameBytes = null);
}
