using System.Text;

namespace NeurDicom.Tests.Commands;

/// <summary>Writes small DICOM files, Explicit VR Little Endian (PS3.5 7.1.2), element by element.</summary>
internal static class SmallFile
{
    /// <summary>An instance without pixels, as an SR is one.</summary>
    public static byte[] Create(string sopInstanceUid, string patientName = "Doe^Jane") => Wrap(
        Text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.88.11"),
        Text(0x0008, 0x0018, "UI", sopInstanceUid),
        Text(0x0008, 0x0060, "CS", "SR"),
        Text(0x0010, 0x0010, "PN", patientName),
        Text(0x0010, 0x0020, "LO", "P1"),
        Text(0x0020, 0x000D, "UI", "1.2.100"),
        Text(0x0020, 0x000E, "UI", "1.2.200"));

    /// <summary>A Part 10 file (PS3.10 7.1) of these elements.</summary>
    public static byte[] Wrap(params byte[][] elements)
    {
        var meta = Text(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1");
        var length = Element(0x0002, 0x0000, "UL", BitConverter.GetBytes(meta.Length));
        return [.. new byte[128], .. "DICM"u8, .. length, .. meta, .. elements.SelectMany(element => element)];
    }

    public static byte[] Text(ushort group, ushort element, string vr, string value) =>
        Element(group, element, vr, Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + (vr == "UI" ? '\0' : ' ')));

    public static byte[] Element(ushort group, ushort element, string vr, ReadOnlySpan<byte> value)
    {
        byte[] head = [(byte)group, (byte)(group >> 8), (byte)element, (byte)(element >> 8), (byte)vr[0], (byte)vr[1]];
        return vr == "SQ"
            ? [.. head, 0, 0, .. BitConverter.GetBytes(value.Length), .. value]
            : [.. head, .. BitConverter.GetBytes((ushort)value.Length), .. value];
    }

    /// <summary>An item of a sequence, PS3.5 7.5.</summary>
    public static byte[] Item(byte[] content) =>
        [0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(content.Length), .. content];
}
