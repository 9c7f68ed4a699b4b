using System.Reflection;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class DataDictionaryTests
{
    [Fact]
    public void Every_row_is_found_by_its_tag_and_keyword()
    {
        var rows = DataDictionary.All.ToList();

        rows.Count.ShouldBeGreaterThan(5300);
        foreach (var row in rows.Where(row => !row.Pattern.Contains('x')))
        {
            Tag.TryParse(row.Pattern, out var tag).ShouldBeTrue();
            DataDictionary.Find(tag).ShouldBe(row, Comparer);
            if (row.Keyword.Length > 0)
                DataDictionary.TryFindKeyword(row.Keyword, out _).ShouldBeTrue(row.Keyword);
        }
    }

    [Theory]
    [InlineData(0x60003000, "OverlayData")]
    [InlineData(0x601E3000, "OverlayData")]
    [InlineData(0x60020010, "OverlayRows")]
    [InlineData(0x002031FF, "SourceImageIDs")]
    [InlineData(0x00280410, "RowsForNthOrderCoefficients")]
    public void Repeating_groups_are_found(uint tag, string keyword) => DataDictionary.Find(new Tag(tag))!.Keyword.ShouldBe(keyword);

    [Theory]
    [InlineData(0x60013000u)]
    [InlineData(0x60203000u)]
    [InlineData(0x00091010u)]
    [InlineData(0x00080003u)]
    public void What_the_standard_does_not_have_is_not_found(uint tag)
    {
        DataDictionary.Find(new Tag(tag)).ShouldBeNull();
        DataDictionary.VrOf(new Tag(tag)).ShouldBe(Vr.UN);
    }

    [Fact]
    public void Every_constant_has_the_tag_of_its_keyword()
    {
        var constants = typeof(Tag).GetProperties(BindingFlags.Public | BindingFlags.Static);
        var keywords = DataDictionary.All.Where(row => row.Keyword.Length > 0).DistinctBy(row => row.Keyword)
            .ToDictionary(row => row.Keyword, row => row, StringComparer.OrdinalIgnoreCase);

        constants.Length.ShouldBeGreaterThan(5200);
        foreach (var constant in constants)
        {
            var tag = (Tag)constant.GetValue(null)!;
            DataDictionary.Find(tag)!.Keyword.ShouldBe(constant.Name, StringCompareShould.IgnoreCase);
            keywords.ShouldContainKey(constant.Name);
        }
    }

    [Fact]
    public void An_element_with_a_choice_of_vr_has_all_of_them()
    {
        DataDictionary.Find(Tag.SmallestImagePixelValue)!.Vrs.ShouldBe([Vr.US, Vr.SS]);
        DataDictionary.Find(Tag.GrayLookupTableData)!.Vrs.ShouldBe([Vr.US, Vr.SS, Vr.OW]);
        DataDictionary.Find(Tag.PatientName)!.Vrs.ShouldBe([Vr.PN]);
    }

    [Theory]
    [InlineData("00100010")]
    [InlineData("0010,0010")]
    [InlineData("(0010,0010)")]
    [InlineData("PatientName")]
    public void A_tag_is_read_in_every_usual_form(string text)
    {
        Tag.TryParse(text, out var tag).ShouldBeTrue();

        tag.ShouldBe(Tag.PatientName);
        tag.ToString().ShouldBe("(0010,0010)");
        tag.ToHexString().ShouldBe("00100010");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0010")]
    [InlineData("001000100")]
    [InlineData("0010-0010")]
    [InlineData("(0010,0010")]
    [InlineData("patientname")]
    [InlineData("+010,0010")]
    public void Other_text_is_no_tag(string text) => Tag.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Private_elements_are_found_by_creator()
    {
        PrivateDictionary.Find("SIEMENS CSA HEADER", new Tag(0x00291010))!.Vr.ShouldBe(Vr.OB);
        PrivateDictionary.Find("SIEMENS CSA HEADER", new Tag(0x00294710))!.Vr.ShouldBe(Vr.OB);
        PrivateDictionary.Find("NOBODY", new Tag(0x00291010)).ShouldBeNull();
    }

    [Fact]
    public void Every_transfer_syntax_of_the_registry_is_described()
    {
        TransferSyntax.All.Count().ShouldBe(63);
        foreach (var syntax in TransferSyntax.All)
        {
            syntax.IsKnown.ShouldBeTrue();
            TransferSyntax.Find(syntax.Uid).ShouldBeSameAs(syntax);
            (syntax.IsBigEndian && !syntax.IsExplicit).ShouldBeFalse();
        }

        TransferSyntax.ImplicitVrLittleEndian.IsExplicit.ShouldBeFalse();
        TransferSyntax.ExplicitVrBigEndian.IsBigEndian.ShouldBeTrue();
        TransferSyntax.DeflatedExplicitVrLittleEndian.IsDeflated.ShouldBeTrue();
        TransferSyntax.Find(Uid.Parse("1.2.840.10008.1.2.4.90")).IsEncapsulated.ShouldBeTrue();
        TransferSyntax.Find(Uid.Parse("1.2.840.10008.1.2.5")).IsEncapsulated.ShouldBeTrue();
    }

    [Fact]
    public void An_unknown_transfer_syntax_is_one_and_says_so()
    {
        var syntax = TransferSyntax.Find("1.2.3.4\0"u8)!;

        syntax.IsKnown.ShouldBeFalse();
        syntax.Uid.Value.ShouldBe("1.2.3.4");
        TransferSyntax.Find("no uid"u8).ShouldBeNull();
    }

    private static IEqualityComparer<DictionaryEntry?> Comparer { get; } =
        EqualityComparer<DictionaryEntry?>.Create((a, b) => a?.Pattern == b?.Pattern && a?.Name == b?.Name);
}
