using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NeurDicom.Dicom.Json;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Json;

/// <summary>What holds for every data set, tried on generated ones.</summary>
public sealed class DicomJsonPropertyTests
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 256, AllowDuplicateProperties = false };

    private static readonly string[] Vrs =
    [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW", "PN", "SH",
        "SL", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV",
    ];

    private static readonly string[] CharacterSets =
    [
        "", "ISO_IR 100", "ISO_IR 192", "GB18030", "ISO_IR 13", @"\ISO 2022 IR 87", @"ISO 2022 IR 13\ISO 2022 IR 149", "nonsense",
    ];

    [Fact]
    public void Every_data_set_becomes_one_valid_object() =>
        Prop.ForAll(DataSets(depth: 3).ToArbitrary(), bytes =>
        {
            var dataSet = DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian, new DicomReadOptions { ReadPixelData = true });

            using var json = Parse(dataSet);

            var names = json.RootElement.EnumerateObject().Select(member => member.Name).ToList();
            names.ShouldBe(names.Order(StringComparer.Ordinal));
            foreach (var element in dataSet.Elements.Where(element => !element.Tag.IsGroupLength && element.Tag.Group != 2))
                names.ShouldContain(element.Tag.Value.ToString("X8", null));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_damaged_data_set_is_refused_or_becomes_a_valid_object() =>
        Prop.ForAll(Damaged().ToArbitrary(), bytes =>
        {
            foreach (var syntax in new[] { TransferSyntax.ExplicitVrLittleEndian, TransferSyntax.ImplicitVrLittleEndian, TransferSyntax.ExplicitVrBigEndian })
            {
                try
                {
                    using var json = Parse(DicomDataSet.Read(bytes, syntax));
                }
                catch (DicomFormatException)
                {
                    // Refused, which is as good.
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Any_blocks_join_to_what_they_hold() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), texts =>
        {
            var blocks = texts.Select(text => MetadataBlock.Create(Encoding.UTF8.GetBytes(text ?? ""))).ToList();
            var output = new ArrayBufferWriter<byte>();
            GzipArray.Write(output, blocks);

            using var gzip = new GZipStream(new MemoryStream(output.WrittenSpan.ToArray()), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);

            plain.ToArray().ShouldBe(Encoding.UTF8.GetBytes($"[{string.Join(',', texts)}]"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static JsonDocument Parse(DicomDataSet dataSet)
    {
        var output = new ArrayBufferWriter<byte>();
        DicomJsonWriter.Write(output, dataSet);
        return JsonDocument.Parse(output.WrittenMemory, Strict);
    }

    private static Gen<byte[]> DataSets(int depth) =>
        from characterSet in Gen.Elements(CharacterSets)
        from count in Gen.Choose(0, 8)
        from elements in Elements(depth).ListOf(count)
        select (byte[])[.. Element(0x00080005, "CS", Encoding.ASCII.GetBytes(characterSet)), .. elements.SelectMany(bytes => bytes)];

    private static Gen<byte[]> Elements(int depth)
    {
        var tags = Gen.OneOf(
            Gen.Elements(0x00100010u, 0x00100020u, 0x00080060u, 0x00091001u, 0x00180050u, 0x7FE00010u, 0x00080000u),
            from tag in Gen.Choose(0x00080000, 0x7FE00000)
            where (ushort)tag != 5
            select (uint)tag);
        var plain =
            from tag in tags
            from vr in Gen.Elements(Vrs)
            from value in Values()
            select Element(tag, vr, value);
        if (depth == 0)
            return plain;

        var sequence =
            from tag in tags
            where tag != 0x7FE00010
            from count in Gen.Choose(0, 2)
            from items in DataSets(depth - 1).ListOf(count)
            select Element(tag, "SQ", [.. items.SelectMany(item => (byte[])[0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(item.Length), .. item])]);
        return Gen.Frequency((5, plain), (1, sequence));
    }

    private static Gen<byte[]> Values() => Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte[]>(),
        from text in ArbMap.Default.GeneratorFor<string>() select Encoding.UTF8.GetBytes(text ?? ""),
        from number in ArbMap.Default.GeneratorFor<double>() select BitConverter.GetBytes(number),
        from text in Gen.Elements("1.5", "-1e999", "NaN", @"1\2\", "A^B=C", "^^^^", "\u001B$B;3", "+.5e-3", "00", "\"\\\0", "12345678901234567890") select Encoding.Latin1.GetBytes(text),
        from length in Gen.Choose(1020, 1030) select new byte[length]);

    private static Gen<byte[]> Damaged() =>
        from bytes in DataSets(depth: 2)
        from places in Gen.Choose(0, Math.Max(bytes.Length - 1, 0)).ListOf(4)
        from values in Gen.Choose(0, 255).ListOf(4)
        from length in Gen.Choose(0, bytes.Length)
        from isCut in Gen.Elements(true, false)
        select Damage([.. bytes], places, values, isCut ? length : bytes.Length);

    private static byte[] Damage(byte[] bytes, List<int> places, List<int> values, int length)
    {
        for (var i = 0; i < places.Count && bytes.Length > 0; i++)
            bytes[places[i]] = (byte)values[i];
        return bytes[..length];
    }

    private static byte[] Element(uint tag, string vr, byte[] value)
    {
        if (value.Length % 2 != 0)
            value = [.. value, 0];

        byte[] start = [(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8), .. Encoding.ASCII.GetBytes(vr)];
        return vr is "OB" or "OD" or "OF" or "OL" or "OV" or "OW" or "SQ" or "UC" or "UR" or "UT" or "UN" or "SV" or "UV"
            ? [.. start, 0, 0, .. BitConverter.GetBytes(value.Length), .. value]
            : [.. start, .. BitConverter.GetBytes((ushort)value.Length), .. value];
    }
}
