using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using NeurDicom.Dicom;

namespace NeurDicom.Tests.Imaging;

/// <summary>
/// Writes a small image instance, Explicit VR Little Endian: eight by eight cells of 16 bits unless told otherwise. Elements
/// that are set come in the order of their tags; null leaves one out.
/// </summary>
internal sealed class PictureFile
{
    private readonly SortedDictionary<uint, (string Vr, byte[] Value)> _elements = [];

    public PictureFile()
    {
        Text(Tag.SopClassUid, "UI", "1.2.840.10008.5.1.4.1.1.7");
        Text(Tag.SopInstanceUid, "UI", "2.25." + BinaryPrimitives.ReadUInt64LittleEndian(Guid.NewGuid().ToByteArray())
            .ToString(CultureInfo.InvariantCulture));
        Text(Tag.Modality, "CS", "OT");
        Text(Tag.PatientID, "LO", "PICTURE");
        Text(Tag.StudyInstanceUid, "UI", "2.25.4711.1");
        Text(Tag.SeriesInstanceUid, "UI", "2.25.4711.2");
        Text(Tag.PhotometricInterpretation, "CS", "MONOCHROME2");
        Short(Tag.SamplesPerPixel, 1);
        Short(Tag.Rows, 8).Short(Tag.Columns, 8);
        Short(Tag.BitsAllocated, 16).Short(Tag.BitsStored, 16).Short(Tag.HighBit, 15).Short(Tag.PixelRepresentation, 0);
    }

    public string TransferSyntax { get; init; } = "1.2.840.10008.1.2.1";

    public PictureFile Text(Tag tag, string vr, string? value) =>
        Bytes(tag, vr, value is null ? null : Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + (vr == "UI" ? '\0' : ' ')));

    public PictureFile Short(Tag tag, params int[] values) => Bytes(tag, "US", Words(values));

    public PictureFile Pixels(params int[] values) => Bytes(Tag.PixelData, "OW", Words(values));

    /// <summary>Palette tables of three colours with words for entries.</summary>
    public PictureFile Palette(int count, int first, int bits, int[] red, int[] green, int[] blue) =>
        Short(Tag.RedPaletteColorLookupTableDescriptor, count, first, bits).Bytes(Tag.RedPaletteColorLookupTableData, "OW", Words(red))
        .Short(Tag.GreenPaletteColorLookupTableDescriptor, count, first, bits).Bytes(Tag.GreenPaletteColorLookupTableData, "OW", Words(green))
        .Short(Tag.BluePaletteColorLookupTableDescriptor, count, first, bits).Bytes(Tag.BluePaletteColorLookupTableData, "OW", Words(blue));

    public PictureFile Bytes(Tag tag, string vr, byte[]? value)
    {
        if (value is null)
            _elements.Remove(tag.Value);
        else
            _elements[tag.Value] = (vr, value.Length % 2 == 0 ? value : [.. value, 0]);
        return this;
    }

    /// <summary>A sequence of as many items as there are fillings.</summary>
    public PictureFile Sequence(Tag tag, params Action<PictureFile>[] fillings)
    {
        using var items = new MemoryStream();
        foreach (var fill in fillings)
        {
            var item = new PictureFile();
            item._elements.Clear();
            fill(item);
            var content = item.WriteElements();
            var header = new byte[8];
            BinaryPrimitives.WriteUInt16LittleEndian(header, 0xFFFE);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), 0xE000);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), content.Length);
            items.Write(header);
            items.Write(content);
        }

        return Bytes(tag, "SQ", items.ToArray());
    }

    public byte[] Write()
    {
        var meta = new PictureFile();
        meta._elements.Clear();
        meta.Bytes(new Tag(0x0002_0001), "OB", [0, 1]);
        meta.Text(new Tag(0x0002_0002), "UI", "1.2.840.10008.5.1.4.1.1.7");
        meta.Text(new Tag(0x0002_0003), "UI", "2.25.4711.3");
        meta.Text(new Tag(0x0002_0010), "UI", TransferSyntax);
        var content = meta.WriteElements();
        var length = new PictureFile();
        length._elements.Clear();
        length.Bytes(new Tag(0x0002_0000), "UL", BitConverter.GetBytes((uint)content.Length));
        return [.. new byte[128], .. "DICM"u8, .. length.WriteElements(), .. content, .. WriteElements()];
    }

    private static byte[] Words(int[] values)
    {
        var bytes = new byte[2 * values.Length];
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * index), unchecked((ushort)values[index]));
        return bytes;
    }

    private byte[] WriteElements()
    {
        using var target = new MemoryStream();
        Span<byte> header = stackalloc byte[12];
        foreach (var (tag, (vr, value)) in _elements)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(tag >> 16));
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)tag);
            Encoding.ASCII.GetBytes(vr, header[4..]);
            var isLong = vr is "OB" or "OW" or "SQ" or "UN" or "OF" or "OD";
            if (isLong)
            {
                header[6..8].Clear();
                BinaryPrimitives.WriteInt32LittleEndian(header[8..], value.Length);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)value.Length);
            }

            target.Write(header[..(isLong ? 12 : 8)]);
            target.Write(value);
        }

        return target.ToArray();
    }
}
