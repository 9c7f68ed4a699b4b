using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NeurDicom.Load;

/// <summary>
/// A CT slice in Explicit VR Little Endian that is built once; each copy then gets its own UIDs, patient and number by
/// writing over fields of fixed length. 100 slices make a study of two series, one study a patient. The picture is
/// computed (an ellipse with noise): there is no patient in it.
/// </summary>
internal sealed class InstanceTemplate
{
    public const int InstancesPerStudy = 100;
    public const int InstancesPerSeries = 50;

    private const string CtImageStorage = "1.2.840.10008.5.1.4.1.1.2";
    private const string ExplicitLittleEndian = "1.2.840.10008.1.2.1";

    private readonly byte[] _bytes;
    private readonly List<(int Offset, Func<int, string> Value)> _fields = [];

    private InstanceTemplate(int rows, int columns, int frames, long family)
    {
        using var file = new MemoryStream();
        file.Write(new byte[128]);
        file.Write("DICM"u8);

        var meta = new MemoryStream();
        var metaStart = 128 + 4 + 12;
        Add(meta, 0x0002_0001, "OB", [0, 1]);
        Add(meta, 0x0002_0002, "UI", CtImageStorage);
        AddField(meta, metaStart, 0x0002_0003, "UI", number => Uid(family, 3, number));
        Add(meta, 0x0002_0010, "UI", ExplicitLittleEndian);
        Add(meta, 0x0002_0012, "UI", "2.25.4711000000000000000001");
        Add(file, 0x0002_0000, "UL", BitConverter.GetBytes((uint)meta.Length));
        file.Write(meta.GetBuffer(), 0, (int)meta.Length);

        AddHeader(file, family);
        AddImage(file, rows, columns, frames);
        HeaderLength = (int)file.Position + 12;
        AddPixelDataHeader(file, (long)rows * columns * 2 * frames);

        Frame = MakePicture(rows, columns);
        Length = HeaderLength + (long)Frame.Length * frames;
        if (frames == 1)
            file.Write(Frame);
        _bytes = file.ToArray();
    }

    /// <summary>Bytes before the first pixel.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of a whole instance.</summary>
    public long Length { get; }

    /// <summary>The pixels of each frame.</summary>
    public byte[] Frame { get; }

    /// <param name="family">Part of every UID: two families never share one.</param>
    public static InstanceTemplate Square(int side, long family) => new(side, side, 1, family);

    /// <summary>Only header and one frame are held; the sender repeats the frame.</summary>
    public static InstanceTemplate MultiFrame(int side, int frames, long family) => new(side, side, frames, family);

    /// <summary>A copy to write over; for a multi-frame instance, of the header alone.</summary>
    public byte[] Copy() => (byte[])_bytes.Clone();

    /// <summary>Makes the copy the instance of this number.</summary>
    public void Stamp(Span<byte> copy, int number)
    {
        foreach (var (offset, value) in _fields)
            Encoding.ASCII.GetBytes(value(number), copy[offset..]);
    }

    private void AddHeader(MemoryStream file, long family)
    {
        Add(file, 0x0008_0005, "CS", "ISO_IR 100");
        Add(file, 0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\AXIAL");
        Add(file, 0x0008_0016, "UI", CtImageStorage);
        AddField(file, 0, 0x0008_0018, "UI", number => Uid(family, 3, number));
        Add(file, 0x0008_0020, "DA", "20260105");
        Add(file, 0x0008_0021, "DA", "20260105");
        Add(file, 0x0008_0022, "DA", "20260105");
        Add(file, 0x0008_0030, "TM", "101500");
        Add(file, 0x0008_0032, "TM", "101530.250");
        AddField(file, 0, 0x0008_0050, "SH", number => Digits("A", number / InstancesPerStudy));
        Add(file, 0x0008_0060, "CS", "CT");
        Add(file, 0x0008_0070, "LO", "Generated");
        Add(file, 0x0008_0080, "LO", "Benchmark");
        Add(file, 0x0008_0090, "PN", "Referrer^None");
        Add(file, 0x0008_1010, "SH", "STATION1");
        Add(file, 0x0008_1030, "LO", "Thorax");
        Add(file, 0x0008_103E, "LO", "Axial 1.0");
        AddField(file, 0, 0x0010_0010, "PN", number => Digits("Bench^N", number / InstancesPerStudy));
        AddField(file, 0, 0x0010_0020, "LO", number => Digits("B", number / InstancesPerStudy));
        Add(file, 0x0010_0030, "DA", "19700101");
        Add(file, 0x0010_0040, "CS", "O");
        Add(file, 0x0018_0015, "CS", "CHEST");
        Add(file, 0x0018_0050, "DS", "1.0");
        Add(file, 0x0018_0060, "DS", "120");
        Add(file, 0x0018_1030, "LO", "Thorax routine");
        Add(file, 0x0018_5100, "CS", "HFS");
        AddField(file, 0, 0x0020_000D, "UI", number => Uid(family, 1, number / InstancesPerStudy));
        AddField(file, 0, 0x0020_000E, "UI", number => Uid(family, 2, number / InstancesPerSeries));
        Add(file, 0x0020_0010, "SH", "1");
        AddField(file, 0, 0x0020_0011, "IS", number => Digits("", number / InstancesPerSeries % 2 + 1));
        AddField(file, 0, 0x0020_0013, "IS", number => Digits("", number % InstancesPerSeries + 1));
        Add(file, 0x0020_0032, "DS", "-170.5\\-170.5\\-300.0");
        Add(file, 0x0020_0037, "DS", "1\\0\\0\\0\\1\\0");
        Add(file, 0x0020_0052, "UI", "2.25.4711000000000000000002");
        Add(file, 0x0020_1041, "DS", "-300.0");
    }

    private static void AddImage(MemoryStream file, int rows, int columns, int frames)
    {
        AddShort(file, 0x0028_0002, 1);
        Add(file, 0x0028_0004, "CS", "MONOCHROME2");
        if (frames > 1)
            Add(file, 0x0028_0008, "IS", frames.ToString(CultureInfo.InvariantCulture));
        AddShort(file, 0x0028_0010, rows);
        AddShort(file, 0x0028_0011, columns);
        Add(file, 0x0028_0030, "DS", "0.68\\0.68");
        AddShort(file, 0x0028_0100, 16);
        AddShort(file, 0x0028_0101, 12);
        AddShort(file, 0x0028_0102, 11);
        AddShort(file, 0x0028_0103, 0);
        Add(file, 0x0028_1050, "DS", "40");
        Add(file, 0x0028_1051, "DS", "400");
        Add(file, 0x0028_1052, "DS", "-1024");
        Add(file, 0x0028_1053, "DS", "1");
    }

    private static void AddPixelDataHeader(MemoryStream file, long length)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16LittleEndian(header, 0x7FE0);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], 0x0010);
        "OW"u8.CopyTo(header[4..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], checked((uint)length));
        file.Write(header);
    }

    private static byte[] MakePicture(int rows, int columns)
    {
        var picture = new byte[rows * columns * 2];
        var random = new Random(4711);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var (x, y) = ((column - columns / 2.0) / columns, (row - rows / 2.0) / rows);
                var tissue = x * x / 0.18 + y * y / 0.12 < 1 ? 1064 + 60 * Math.Sin(12 * x) * Math.Cos(9 * y) : 24;
                var value = (ushort)Math.Clamp(tissue + random.Next(-20, 21), 0, 4095);
                BinaryPrimitives.WriteUInt16LittleEndian(picture.AsSpan(2 * (row * columns + column)), value);
            }
        }

        return picture;
    }

    private void AddField(MemoryStream target, int start, uint tag, string vr, Func<int, string> value)
    {
        Add(target, tag, vr, value(0));
        _fields.Add((start + (int)target.Position - Padded(value(0)).Length, value));
    }

    private static void Add(MemoryStream target, uint tag, string vr, string value) =>
        Add(target, tag, vr, Padded(value, vr == "UI" ? '\0' : ' '));

    private static void AddShort(MemoryStream target, uint tag, int value) =>
        Add(target, tag, "US", BitConverter.GetBytes((ushort)value));

    private static void Add(MemoryStream target, uint tag, string vr, byte[] value)
    {
        Span<byte> header = stackalloc byte[vr == "OB" ? 12 : 8];
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)tag);
        Encoding.ASCII.GetBytes(vr, header[4..]);
        if (vr == "OB")
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], value.Length);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)value.Length);
        target.Write(header);
        target.Write(value);
    }

    private static byte[] Padded(string value, char padding = ' ') =>
        Encoding.ASCII.GetBytes(value.Length % 2 == 0 ? value : value + padding);

    // The same length for every number, so that a copy can be written over.
    private static string Uid(long family, int level, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"2.25.4711{family:D4}{level}{number:D10}");

    private static string Digits(string prefix, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{number:D9}");
}
