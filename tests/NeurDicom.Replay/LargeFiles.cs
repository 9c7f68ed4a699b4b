using System.Buffers.Binary;
using System.Text;

namespace NeurDicom.Replay;

/// <summary>The large bodies, which are not kept beside the recordings; all three were sent under the name big.bin.</summary>
internal static class LargeFiles
{
    /// <summary>A known instance followed by zeros: 100,000,000 bytes.</summary>
    public static void WriteZeroTail(string path, string instance)
    {
        File.Copy(instance, path, overwrite: true);
        using var file = File.OpenWrite(path);
        file.SetLength(100_000_000);
    }

    /// <summary>A multi-frame image of 512 by 512 with 16 bits in the series of an instance; 190 frames are 99.6 MB.</summary>
    /// <param name="instance">A file of Implicit VR Little Endian, whose UIDs of study, series and patient are taken.</param>
    public static void WriteMultiFrame(string path, string instance, string sopInstanceUid, int frames)
    {
        const int PixelsOfFrame = 512 * 512;
        var replaced = new Dictionary<uint, byte[]>
        {
            [0x0008_0018] = Text(sopInstanceUid, '\0'),
            [0x0020_0013] = Text("1400", ' '),
            [0x0028_0008] = Text(frames.ToString(System.Globalization.CultureInfo.InvariantCulture), ' '),
            [0x0028_0010] = [0, 2],
            [0x0028_0011] = [0, 2],
        };
        using var file = File.Create(path);
        var written = new SortedDictionary<uint, byte[]>(replaced);
        foreach (var (tag, value) in Elements(File.ReadAllBytes(instance)))
        {
            if (tag < 0x7FE0_0010)
                written.TryAdd(tag, value);
        }

        // A data set without preamble and meta information is not taken; these say Implicit VR Little Endian.
        file.Write(new byte[128]);
        file.Write("DICM"u8);
        file.Write(Meta(replaced[0x0008_0018]));
        foreach (var (tag, value) in written)
            WriteHead(file, tag, (uint)value.Length, value);
        WriteHead(file, 0x7FE0_0010, (uint)(frames * PixelsOfFrame * 2), []);
        file.SetLength(file.Length + (long)frames * PixelsOfFrame * 2);
    }

    // The elements of the top level that are no sequences.
    private static IEnumerable<(uint Tag, byte[] Value)> Elements(byte[] file)
    {
        var at = 132 + 12 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(140));
        while (at + 8 <= file.Length)
        {
            var tag = (uint)(BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)) << 16
                | BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at + 2)));
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            if (length < 0)
            {
                // A sequence up to its delimiter (PS3.5 7.5.2); the large image does without.
                at += file.AsSpan(at).IndexOf((ReadOnlySpan<byte>)[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]) + 8;
                continue;
            }

            yield return (tag, file[(at + 8)..(at + 8 + length)]);
            at += 8 + length;
        }
    }

    // PS3.10 7.1.
    private static byte[] Meta(byte[] sopInstanceUid)
    {
        using var elements = new MemoryStream();
        Write(0x0001, "OB", [0, 1]);
        Write(0x0002, "UI", Text("1.2.840.10008.5.1.4.1.1.4", '\0'));
        Write(0x0003, "UI", sopInstanceUid);
        Write(0x0010, "UI", Text("1.2.840.10008.1.2", '\0'));
        Write(0x0012, "UI", Text("2.25.1", '\0'));
        var body = elements.ToArray();
        return [2, 0, 0, 0, (byte)'U', (byte)'L', 4, 0, .. BitConverter.GetBytes((uint)body.Length), .. body];

        void Write(ushort element, string vr, byte[] value)
        {
            elements.Write([2, 0, (byte)element, (byte)(element >> 8), (byte)vr[0], (byte)vr[1]]);
            elements.Write(vr == "OB"
                ? [0, 0, .. BitConverter.GetBytes(value.Length)]
                : BitConverter.GetBytes((ushort)value.Length));
            elements.Write(value);
        }
    }

    private static void WriteHead(Stream file, uint tag, uint length, ReadOnlySpan<byte> value)
    {
        file.Write(BitConverter.GetBytes((ushort)(tag >> 16)));
        file.Write(BitConverter.GetBytes((ushort)tag));
        file.Write(BitConverter.GetBytes(length));
        file.Write(value);
    }

    private static byte[] Text(string text, char padding) =>
        Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + padding);
}
