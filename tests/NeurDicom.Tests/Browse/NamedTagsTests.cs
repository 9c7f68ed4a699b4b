using System.Text;
using NeurDicom.Browse;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

public sealed class NamedTagsTests
{
    [Theory]
    [InlineData("""{"00100020":{"vr":"LO","Value":["LGG-277"]}}""", """{"Patient ID":"LGG-277"}""")]
    [InlineData("""{"00280010":{"vr":"US","Value":[256]}}""", """{"Rows":256}""")]
    [InlineData("""{"00280030":{"vr":"DS","Value":[0.5,0.25]}}""", """{"Pixel Spacing":[0.5,0.25]}""")]
    [InlineData("""{"00080008":{"vr":"CS","Value":["ORIGINAL",null,"AXIAL"]}}""", """{"Image Type":["ORIGINAL","","AXIAL"]}""")]
    [InlineData("""{"00200060":{"vr":"CS"}}""", """{"Laterality":""}""")]
    [InlineData("""{"00081140":{"vr":"SQ"}}""", """{"Referenced Image Sequence":[]}""")]
    [InlineData("""{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Yamada^Tarou","Ideographic":"山田^太郎","Phonetic":"やまだ^たろう"}]}}""",
        """{"Patient's Name":"Yamada^Tarou=山田^太郎=やまだ^たろう"}""")]
    [InlineData("""{"00100010":{"vr":"PN","Value":[{"Phonetic":"y"}]}}""", """{"Patient's Name":"==y"}""")]
    [InlineData("""{"00081040":{"vr":"LO","Value":["a\"b\\c"]}}""", """{"Institutional Department Name":"a\"b\\c"}""")]
    [InlineData("""{"00281201":{"vr":"OW","BulkDataURI":"bulk/00281201"}}""",
        """{"Red Palette Color Lookup Table Data":{"BulkDataURI":"bulk/00281201"}}""")]
    [InlineData("""{"7FE00010":{"vr":"OW","BulkDataURI":"bulk/7FE00010"}}""", "{}")]
    public void A_value_stands_under_the_name_of_its_element(string dicomJson, string expected)
    {
        Write(dicomJson).ShouldBe(expected);
    }

    [Theory]
    [InlineData("ISO_IR 100", "\"ISO_IR 100\"")]
    [InlineData("\\ISO 2022 IR 87", "[\"\",\"ISO 2022 IR 87\"]")]
    public void The_character_set_is_that_of_the_file(string characterSet, string expected)
    {
        Write("""{"00080005":{"vr":"CS","Value":["ISO_IR 192"]}}""", characterSet)
            .ShouldBe($$"""{"Specific Character Set":{{expected}}}""");
    }

    [Fact]
    public void A_sequence_is_an_array_of_objects()
    {
        Write("""
            {"00081140":{"vr":"SQ","Value":[{"00081150":{"vr":"UI","Value":["1.2"]}},{}]}}
            """).ShouldBe("""{"Referenced Image Sequence":[{"Referenced SOP Class UID":"1.2"},{}]}""");
    }

    [Fact]
    public void A_private_element_is_named_by_its_creator_and_tag()
    {
        Write("""
            {"00090010":{"vr":"LO","Value":["GEMS_IDEN_01"]},"00091002":{"vr":"SH","Value":["x"]},"00091102":{"vr":"SH"}}
            """).ShouldBe(
            """{"Private Creator (0009,0010)":"GEMS_IDEN_01","GEMS_IDEN_01 (0009,1002)":"x","Private (0009,1102)":""}""");
    }

    [Fact]
    public void Elements_of_one_name_do_not_hide_each_other()
    {
        Write("""
            {"60000010":{"vr":"US","Value":[1]},"60020010":{"vr":"US","Value":[2]},"00081199":{"vr":"SQ"},"001811FF":{"vr":"UN"}}
            """).ShouldBe(
            """{"Overlay Rows":1,"Overlay Rows (6002,0010)":2,"Referenced SOP Sequence":[],"(0018,11FF)":""}""");
    }

    [Fact]
    public void Elements_come_in_the_order_of_their_keywords()
    {
        // As recorded from the original: SAR, SOP Class UID, Samples per Pixel.
        Write("""
            {"00080016":{"vr":"UI","Value":["1"]},"00181316":{"vr":"DS","Value":[2]},"00280002":{"vr":"US","Value":[3]}}
            """).ShouldBe("""{"SAR":2,"SOP Class UID":"1","Samples per Pixel":3}""");
    }

    [Fact]
    public void No_two_elements_of_the_dictionary_share_a_key()
    {
        var names = NeurDicom.Dicom.DataDictionary.All
            .Select(entry => uint.Parse(
                entry.Pattern.Replace('x', '0'), System.Globalization.NumberStyles.HexNumber, null))
            .Distinct()
            .Select(tag => TagName.Of(tag).Text.ToString())
            .ToList();

        names.Distinct().Count().ShouldBe(names.Count);
    }

    [Fact]
    public void What_is_cut_off_anywhere_is_an_error_and_nothing_else()
    {
        var whole = """
            {"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00081115":{"vr":"SQ","Value":[{"00100010":{"vr":"PN","Value":
            [{"Alphabetic":"A\"B\\","Ideographic":"乙"},null]}},{}]},"00280010":{"vr":"US","Value":[512,-1.5e3]},
            "7FE00010":{"vr":"OW","Value":[[{"x":[]}],true,"]"]},"00420011":{"vr":"OB","BulkDataURI":"bulk/00420011","other":{}}}
            """.ReplaceLineEndings("");
        var bytes = Encoding.UTF8.GetBytes(whole);

        Write(whole).ShouldBe(
            """{"Encapsulated Document":{"BulkDataURI":"bulk/00420011"},"Referenced Series Sequence":[{"Patient's Name":["A\"B\\=乙",""]},{}],"""
            + "\"Rows\":[512,-1.5e3],\"Specific Character Set\":\"ISO_IR 192\"}");
        for (var length = 0; length < bytes.Length; length++)
            Should.Throw<InvalidDataException>(() => NamedTags.Make(bytes.AsSpan(0, length), null), $"{length}");
    }

    private static string Write(string dicomJson, string? characterSet = null)
    {
        var text = NamedTags.Make(Encoding.UTF8.GetBytes(dicomJson), characterSet);
        return Encoding.UTF8.GetString(text).Replace("\\u0027", "'", StringComparison.Ordinal);
    }
}
