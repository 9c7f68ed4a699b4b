using System.Text;

namespace NeurDicom.Benchmarks;

/// <summary>
/// The header of a CT image as scanners write it: 41 elements and a Pixel Data element of 512 x 512 words behind them, in
/// Explicit VR Little Endian, with preamble and meta information of eight elements.
/// </summary>
internal static class CtHeader
{
    private static readonly (uint Tag, string Vr, string Text)[] Elements =
    [
        (0x00080005, "CS", "ISO_IR 100"),
        (0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL\\CT_SOM5 SPI"),
        (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        (0x00080018, "UI", "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"),
        (0x00080020, "DA", "20040119"),
        (0x00080021, "DA", "19970430"),
        (0x00080030, "TM", "072730"),
        (0x00080031, "TM", "112749"),
        (0x00080050, "SH", "0815"),
        (0x00080060, "CS", "CT"),
        (0x00080070, "LO", "MANUFACTURER"),
        (0x00080080, "LO", "UNIVERSITY HOSPITAL"),
        (0x00080090, "PN", "Referring^Physician"),
        (0x00081030, "LO", "CT Abdomen"),
        (0x0008103E, "LO", "Abd 5.0 B31f"),
        (0x00081090, "LO", "Model 4711"),
        (0x00100010, "PN", "Test^Patient"),
        (0x00100020, "LO", "1CT1"),
        (0x00100030, "DA", "19500704"),
        (0x00100040, "CS", "O"),
        (0x00101010, "AS", "053Y"),
        (0x00180015, "CS", "ABDOMEN"),
        (0x00180050, "DS", "5.000000"),
        (0x00180060, "DS", "120"),
        (0x00181151, "IS", "170"),
        (0x00185100, "CS", "FFS"),
        (0x0020000D, "UI", "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"),
        (0x0020000E, "UI", "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322"),
        (0x00200010, "SH", "1CT1"),
        (0x00200011, "IS", "1"),
        (0x00200013, "IS", "42"),
        (0x00200032, "DS", "-158.135803\\-179.035797\\-75.699997"),
        (0x00200037, "DS", "1.000000\\0.000000\\0.000000\\0.000000\\1.000000\\0.000000"),
        (0x00280002, "US", "1"),
        (0x00280010, "US", "512"),
        (0x00280011, "US", "512"),
        (0x00280030, "DS", "0.661468\\0.661468"),
        (0x00280100, "US", "16"),
        (0x00280101, "US", "16"),
        (0x00281052, "DS", "-1024"),
        (0x00281053, "DS", "1"),
    ];

    private static readonly (uint Tag, string Vr, string Text)[] Meta =
    [
        (0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        (0x00020003, "UI", "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"),
        (0x00020010, "UI", "1.2.840.10008.1.2.1"),
        (0x00020012, "UI", "1.3.6.1.4.1.5962.2"),
        (0x00020013, "SH", "BENCHMARK"),
        (0x00020016, "AE", "BENCHMARK"),
    ];

    /// <summary>The data set in Explicit VR Little Endian, up to Pixel Data and its first bytes.</summary>
    public static byte[] DataSet(bool isExplicit = true)
    {
        using var stream = new MemoryStream();
        Write(stream, Elements, isExplicit);
        WritePixels(stream, isExplicit);
        return stream.ToArray();
    }

    /// <summary>The whole file.</summary>
    public static byte[] File()
    {
        using var meta = new MemoryStream();
        Write(meta, [(0x00020001, "OB", "\0\u0001"), .. Meta], isExplicit: true);
        using var stream = new MemoryStream();
        stream.Write(new byte[128]);
        stream.Write("DICM"u8);
        using (var writer = new BinaryWriter(stream, Encoding.Latin1, leaveOpen: true))
        {
            writer.Write([2, 0, 0, 0, (byte)'U', (byte)'L', 4, 0]);
            writer.Write((uint)meta.Length);
        }

        meta.WriteTo(stream);
        stream.Write(DataSet());
        return stream.ToArray();
    }

    private static void Write(Stream stream, (uint Tag, string Vr, string Text)[] elements, bool isExplicit)
    {
        using var writer = new BinaryWriter(stream, Encoding.Latin1, leaveOpen: true);
        foreach (var (tag, vr, text) in elements)
        {
            var value = vr == "US" ? BitConverter.GetBytes(ushort.Parse(text)) : Pad(Encoding.Latin1.GetBytes(text), vr);
            writer.Write((ushort)(tag >> 16));
            writer.Write((ushort)tag);
            if (!isExplicit)
            {
                writer.Write((uint)value.Length);
            }
            else
            {
                writer.Write(Encoding.ASCII.GetBytes(vr));
                if (vr == "OB")
                {
                    writer.Write((ushort)0);
                    writer.Write((uint)value.Length);
                }
                else
                {
                    writer.Write((ushort)value.Length);
                }
            }

            writer.Write(value);
        }
    }

    private static void WritePixels(Stream stream, bool isExplicit)
    {
        using var writer = new BinaryWriter(stream, Encoding.Latin1, leaveOpen: true);
        writer.Write([0xE0, 0x7F, 0x10, 0x00]);
        if (isExplicit)
            writer.Write([(byte)'O', (byte)'W', 0, 0]);
        writer.Write(2u * 512 * 512);
        writer.Write(new byte[2 * 512 * 512]);
    }

    private static byte[] Pad(byte[] value, string vr) =>
        value.Length % 2 == 0 ? value : [.. value, vr == "UI" ? (byte)0 : (byte)' '];
}
