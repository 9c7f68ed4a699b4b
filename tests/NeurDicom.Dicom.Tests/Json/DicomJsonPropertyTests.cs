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

    private static readonly Vr[] ValueVrs = [.. Enum.GetValues<Vr>().Where(vr => vr is not (Vr.None or Vr.SQ))];

    private static readonly TransferSyntax[] Syntaxes =
        [TransferSyntax.ExplicitVrLittleEndian, TransferSyntax.ImplicitVrLittleEndian, TransferSyntax.ExplicitVrBigEndian];

    private static readonly string[] CharacterSets =
    [
        "", "ISO_IR 100", "ISO_IR 192", "GB18030", "ISO_IR 13", @"\ISO 2022 IR 87", @"ISO 2022 IR 13\ISO 2022 IR 149", "nonsense",
    ];

    private static readonly string[] Texts =
    [
        "1.5", "-1e999", "NaN", @"1\2\", "A^B=C", "^^^^", "\u001B$B;3", "+.5e-3", "00", "\"\\\0", "12345678901234567890",
    ];

    [Fact]
    public void Every_data_set_becomes_one_valid_object() =>
        Prop.ForAll(DataSets(depth: 3).ToArbitrary(), bytes =>
        {
            var everything = new DicomReadOptions { ReadPixelData = true };
            var dataSet = DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian, everything);

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
            foreach (var syntax in Syntaxes)
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
        select (byte[])[.. Element(0x00080005, Vr.CS, Encoding.ASCII.GetBytes(characterSet)), .. elements.SelectMany(bytes => bytes)];

    private static Gen<byte[]> Elements(int depth)
    {
        var tags = Gen.OneOf(
            Gen.Elements(0x00100010u, 0x00100020u, 0x00080060u, 0x00091001u, 0x00180050u, 0x7FE00010u, 0x00080000u),
            from tag in Gen.Choose(0x00080000, 0x7FE00000)
            where (ushort)tag != 5
            select (uint)tag);
        var plain =
            from tag in tags
            from vr in Gen.Elements(ValueVrs)
            from value in Values()
            select Element(tag, vr, value);
        if (depth == 0)
            return plain;

        var sequence =
            from tag in tags
            where tag != 0x7FE00010
            from count in Gen.Choose(0, 2)
            from items in DataSets(depth - 1).ListOf(count)
            select Element(tag, Vr.SQ, [.. items.SelectMany(Item)]);
        return Gen.Frequency((5, plain), (1, sequence));
    }

    private static Gen<byte[]> Values() => Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte[]>(),
        from text in ArbMap.Default.GeneratorFor<string>() select Encoding.UTF8.GetBytes(text ?? ""),
        from number in ArbMap.Default.GeneratorFor<double>() select BitConverter.GetBytes(number),
        from text in Gen.Elements(Texts) select Encoding.Latin1.GetBytes(text),
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

    private static byte[] Item(byte[] elements) =>
        [0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(elements.Length), .. elements];

    private static byte[] Element(uint tag, Vr vr, byte[] value) =>
        new DataSetBytes().Add(new Tag(tag), vr, value.Length % 2 == 0 ? value : [.. value, 0]).ToArray();
}
