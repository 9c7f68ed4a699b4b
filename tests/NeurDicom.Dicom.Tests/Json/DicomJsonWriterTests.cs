using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using NeurDicom.Dicom.Json;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Json;

public sealed class DicomJsonWriterTests
{
    [Theory]
    [InlineData("1.50", "1.50")]
    [InlineData("-1e-4", "-1e-4")]
    [InlineData("+1.5", "1.5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("007", "7")]
    [InlineData("-0", "-0")]
    [InlineData("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("1,5", "\"1,5\"")]
    [InlineData("0x10", "\"0x10\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("true", "\"true\"")]
    [InlineData(@"1\\2", "1,null,2")]
    [InlineData(@"1\ ", "1,null")]
    [InlineData(@"\", "null,null")]
    public void A_decimal_string_is_a_number_where_it_is_one(string text, string expected) =>
        Write(Element(0x00180050, "DS", text)).ShouldBe($$$"""{"00180050":{"vr":"DS","Value":[{{{expected}}}]}}""");

    [Theory]
    [InlineData("12", "12")]
    [InlineData("1A", "\"1A\"")]
    [InlineData("-007", "-7")]
    public void An_integer_string_is_a_number_where_it_is_one(string text, string expected) =>
        Write(Element(0x00200013, "IS", text)).ShouldBe($$$"""{"00200013":{"vr":"IS","Value":[{{{expected}}}]}}""");

    [Theory]
    [InlineData("LO", "")]
    [InlineData("LO", "  ")]
    [InlineData("PN", "")]
    [InlineData("DS", "")]
    [InlineData("UI", "\0")]
    [InlineData("US", "")]
    [InlineData("AT", "")]
    [InlineData("OB", "")]
    [InlineData("UN", "")]
    public void An_empty_value_is_left_out(string vr, string text) =>
        Write(Element(0x00211010, vr, text)).ShouldBe($$$"""{"00211010":{"vr":"{{{vr}}}"}}""");

    [Theory]
    [InlineData("Doe^John", """{"Alphabetic":"Doe^John"}""")]
    [InlineData("A^B=C^D=E", """{"Alphabetic":"A^B","Ideographic":"C^D","Phonetic":"E"}""")]
    [InlineData("==E", """{"Phonetic":"E"}""")]
    [InlineData("A==", """{"Alphabetic":"A"}""")]
    [InlineData("A=B=C=D", """{"Alphabetic":"A","Ideographic":"B","Phonetic":"C=D"}""")]
    [InlineData("==", "null")]
    [InlineData(@"A\\B ", """{"Alphabetic":"A"},null,{"Alphabetic":"B"}""")]
    public void A_name_is_an_object_of_its_groups(string text, string expected) =>
        Write(Element(0x00100010, "PN", text)).ShouldBe($$$"""{"00100010":{"vr":"PN","Value":[{{{expected}}}]}}""");

    [Fact]
    public void Names_with_trail_bytes_are_split_after_decoding()
    {
        byte[] name = [0x95, 0x5C, 0x5E, 0x95, 0x5E, 0x5C, 0x41, 0x20];

        Write([.. Element(0x00080005, "CS", "GBK"), .. Element(0x00100010, "PN", name)]).ShouldBe(
            """{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"昞^昢"},{"Alphabetic":"A"}]}}""");
    }

    [Fact]
    public void Codes_beyond_ascii_are_read_as_the_rest_of_the_text()
    {
        byte[] bytes = [.. Element(0x00080005, "CS", "GBK"), .. Element(0x00100040, "CS", [0xC4, 0xD0])];

        Write(bytes).ShouldContain("男");
        DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian).GetString(Tag.PatientSex).ShouldBe("男");
    }

    [Fact]
    public void Text_is_escaped()
    {
        var text = "\"<a>&\\\r\n\t\u0001\u007F é"u8;

        Write([.. Element(0x00080005, "CS", "ISO_IR 192"), .. Element(0x00104000, "LT", text.ToArray())]).ShouldEndWith(
            "\"Value\":[\"\\\"\\u003Ca\\u003E\\u0026\\\\\\r\\n\\t\\u0001\u007F é\"]}}");
    }

    [Fact]
    public void Every_binary_number_is_written()
    {
        Write(
        [
            .. Element(0x00720078, "UL", [0xFF, 0xFF, 0xFF, 0xFF]),
            .. Element(0x0072007A, "US", [0xFF, 0xFF, 1, 0]),
            .. Element(0x0072007C, "SL", [0, 0, 0, 0x80]),
            .. Element(0x0072007E, "SS", [0xFF, 0xFF]),
            .. Element(0x00720082, "SV", Long(long.MinValue)),
            .. Element(0x00720083, "UV", Long(-1)),
        ]).ShouldBe(
            """
            {"00720078":{"vr":"UL","Value":[4294967295]},"0072007A":{"vr":"US","Value":[65535,1]},"0072007C":{"vr":"SL","Value":[-2147483648]},"0072007E":{"vr":"SS","Value":[-1]},"00720082":{"vr":"SV","Value":[-9223372036854775808]},"00720083":{"vr":"UV","Value":[18446744073709551615]}}
            """);
    }

    [Fact]
    public void A_float_that_json_cannot_say_is_null()
    {
        byte[] values = [.. Double(double.NaN), .. Double(1e-300), .. Double(double.NegativeInfinity), .. Double(-0.0)];

        Write(Element(0x00720074, "FD", values)).ShouldBe("""{"00720074":{"vr":"FD","Value":[null,1E-300,null,-0]}}""");
    }

    [Fact]
    public void A_tag_is_written_as_eight_digits() =>
        Write(Element(0x00720060, "AT", [0x08, 0x00, 0x18, 0x00, 0xE0, 0x7F, 0x10, 0x00]))
            .ShouldBe("""{"00720060":{"vr":"AT","Value":["00080018","7FE00010"]}}""");

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1026, false)]
    public void Bytes_up_to_the_limit_are_inline(int length, bool isInline)
    {
        var json = Write(Element(0x00091001, "OB", new byte[length]));

        json.Contains("InlineBinary", StringComparison.Ordinal).ShouldBe(isInline);
        json.Contains("\"BulkDataURI\":\"bulk/00091001\"", StringComparison.Ordinal).ShouldBe(!isInline);
    }

    [Fact]
    public void Pixel_data_is_never_inline()
    {
        Write(Element(0x7FE00010, "OB", [1, 2]), new DicomReadOptions { ReadPixelData = true })
            .ShouldBe("""{"7FE00010":{"vr":"OB","BulkDataURI":"bulk/7FE00010"}}""");
    }

    [Fact]
    public void Bulk_data_in_items_is_found_by_its_way()
    {
        byte[] item = [.. Item(Element(0x00091001, "OB", new byte[2000]))];
        byte[] inner = [.. Element(0x00081140, "SQ", [.. Item([]), .. item])];

        Write(Element(0x00081115, "SQ", Item(inner)), options: new DicomJsonOptions { BulkDataPrefix = "../b/" }).ShouldBe(
            """{"00081115":{"vr":"SQ","Value":[{"00081140":{"vr":"SQ","Value":[{},{"00091001":{"vr":"OB","BulkDataURI":"../b/00081115/0/00081140/1/00091001"}}]}}]}}""");
    }

    [Fact]
    public void Bulk_data_is_left_out_where_asked()
    {
        byte[] bytes = [.. Element(0x00080060, "CS", "MR"), .. Element(0x00091001, "OB", new byte[2000])];

        Write(bytes, options: new DicomJsonOptions { WriteBulkDataUris = false })
            .ShouldBe("""{"00080060":{"vr":"CS","Value":["MR"]}}""");
    }

    [Fact]
    public void Words_of_big_endian_data_are_swapped()
    {
        // Explicit VR Big Endian: tag, VR, length and words with their most significant byte first.
        byte[] bytes = [0x00, 0x28, 0x30, 0x06, (byte)'O', (byte)'W', 0, 0, 0, 0, 0, 4, 1, 2, 3, 4];
        var output = new ArrayBufferWriter<byte>();

        DicomJsonWriter.Write(output, DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrBigEndian));

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("""{"00283006":{"vr":"OW","InlineBinary":"AgEEAw=="}}""");
    }

    [Fact]
    public void Group_lengths_and_padding_are_left_out() =>
        Write([.. Element(0x00080000, "UL", [1, 0, 0, 0]), .. Element(0x00080060, "CS", "MR"), .. Element(0xFFFCFFFC, "OB", [0, 0])])
            .ShouldBe("""{"00080060":{"vr":"CS","Value":["MR"]}}""");

    [Fact]
    public void Elements_out_of_order_or_twice_are_put_right() =>
        Write([.. Element(0x00100020, "LO", "B"), .. Element(0x00080060, "CS", "MR"), .. Element(0x00100020, "LO", "C")])
            .ShouldBe("""{"00080060":{"vr":"CS","Value":["MR"]},"00100020":{"vr":"LO","Value":["B"]}}""");

    [Fact]
    public void An_element_larger_than_any_buffer_is_written()
    {
        var text = new string('x', 60_000);

        Write(Element(0x00104000, "LT", text)).Length.ShouldBeGreaterThan(60_000);
    }

    private static string Write(byte[] dataSet, DicomReadOptions? read = null, DicomJsonOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        DicomJsonWriter.Write(output, DicomDataSet.Read(dataSet, TransferSyntax.ExplicitVrLittleEndian, read), options);
        using var parsed = JsonDocument.Parse(output.WrittenMemory);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static byte[] Element(uint tag, string vr, string text) => Element(tag, vr, Encoding.Latin1.GetBytes(text));

    private static byte[] Element(uint tag, string vr, byte[] value) =>
        new DataSetBytes().Add(new Tag(tag), Vrs.Parse(vr), value.Length % 2 == 0 ? value : [.. value, (byte)' ']).ToArray();

    private static byte[] Item(byte[] elements) =>
        [0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(elements.Length), .. elements];

    private static byte[] Long(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Double(double value) => Long(BitConverter.DoubleToInt64Bits(value));
}
