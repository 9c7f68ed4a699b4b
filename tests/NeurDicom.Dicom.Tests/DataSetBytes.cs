using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace NeurDicom.Dicom.Tests;

/// <summary>Writes data sets for tests, right ones and, where asked for, wrong ones.</summary>
internal sealed class DataSetBytes(TransferSyntax syntax)
{
    private readonly List<byte> _bytes = [];

    public DataSetBytes()
        : this(TransferSyntax.ExplicitVrLittleEndian)
    {
    }

    public byte[] ToArray() => [.. _bytes];

    public DataSetBytes Add(Tag tag, Vr vr, string text)
    {
        var value = Encoding.Latin1.GetBytes(text);
        return Add(tag, vr, value.Length % 2 == 0 ? value : [.. value, vr is Vr.UI ? (byte)0 : (byte)' ']);
    }

    public DataSetBytes Add(Tag tag, Vr vr, byte[] value, uint? length = null)
    {
        Header(tag, vr, length ?? (uint)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public DataSetBytes AddUInt16(Tag tag, ushort value)
    {
        var bytes = new byte[2];
        if (syntax.IsBigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Add(tag, Vr.US, bytes);
    }

    /// <summary>A sequence of items, each written by an action.</summary>
    public DataSetBytes AddSequence(Tag tag, bool isUndefined, params Action<DataSetBytes>[] items)
    {
        var content = new DataSetBytes(syntax);
        foreach (var write in items)
        {
            var item = new DataSetBytes(syntax);
            write(item);
            var bytes = item.ToArray();
            content.Raw(Tag.Item, isUndefined ? uint.MaxValue : (uint)bytes.Length);
            content._bytes.AddRange(bytes);
            if (isUndefined)
                content.Raw(Tag.ItemDelimitationItem, 0);
        }

        if (isUndefined)
            content.Raw(Tag.SequenceDelimitationItem, 0);
        return Add(tag, Vr.SQ, content.ToArray(), isUndefined ? uint.MaxValue : null);
    }

    /// <summary>Encapsulated pixel data: an empty offset table and fragments.</summary>
    public DataSetBytes AddFragments(params byte[][] fragments)
    {
        Header(Tag.PixelData, Vr.OB, uint.MaxValue);
        Raw(Tag.Item, 0);
        foreach (var fragment in fragments)
        {
            Raw(Tag.Item, (uint)fragment.Length);
            _bytes.AddRange(fragment);
        }

        return Raw(Tag.SequenceDelimitationItem, 0);
    }

    /// <summary>A tag and a 32-bit length without a VR: items, delimiters, Implicit VR.</summary>
    public DataSetBytes Raw(Tag tag, uint length)
    {
        WriteUInt16(tag.Group);
        WriteUInt16(tag.Element);
        WriteUInt32(length);
        return this;
    }

    public DataSetBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public DataSetBytes Header(Tag tag, Vr vr, uint length)
    {
        if (!syntax.IsExplicit)
            return Raw(tag, length);

        WriteUInt16(tag.Group);
        WriteUInt16(tag.Element);
        _bytes.AddRange([(byte)((int)vr & 0xFF), (byte)((int)vr >> 8)]);
        if (vr.HasLongForm())
        {
            WriteUInt16(0);
            WriteUInt32(length);
        }
        else
        {
            WriteUInt16(checked((ushort)length));
        }

        return this;
    }

    /// <summary>The data set as a Part 10 file.</summary>
    public byte[] ToFile()
    {
        var meta = new DataSetBytes()
            .Add(Tag.FileMetaInformationVersion, Vr.OB, [0, 1])
            .Add(Tag.TransferSyntaxUid, Vr.UI, syntax.Uid.Value)
            .ToArray();
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, meta.Length);
        byte[] head =
        [
            .. new byte[128],
            .. "DICM"u8,
            .. new DataSetBytes().Add(Tag.FileMetaInformationGroupLength, Vr.UL, length).ToArray(),
            .. meta,
        ];
        return [.. head, .. syntax.IsDeflated ? Deflate(ToArray()) : ToArray()];
    }

    public static byte[] Deflate(byte[] bytes)
    {
        var deflated = new MemoryStream();
        using (var stream = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
            stream.Write(bytes);
        return deflated.ToArray();
    }

    private void WriteUInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (syntax.IsBigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    private void WriteUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (syntax.IsBigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }
}
