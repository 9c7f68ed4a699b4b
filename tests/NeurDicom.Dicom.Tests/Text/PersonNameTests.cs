using NeurDicom.Dicom.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Text;

public sealed class PersonNameTests
{
    [Fact]
    public void A_name_has_five_components()
    {
        var name = PersonName.Parse("Adams^John Robert Quincy^M^Rev.^B.A. M.Div.").Alphabetic;

        (name.Family, name.Given, name.Middle, name.Prefix, name.Suffix)
            .ShouldBe(("Adams", "John Robert Quincy", "M", "Rev.", "B.A. M.Div."));
    }

    [Fact]
    public void A_name_has_three_groups()
    {
        var name = PersonName.Parse("Yamada^Tarou=山田^太郎=やまだ^たろう");

        name.Ideographic.Family.ShouldBe("山田");
        name.Phonetic.Given.ShouldBe("たろう");
    }

    [Theory]
    [InlineData("Adams^John Robert Quincy^^Rev.^B.A. M.Div.", "Rev. John Robert Quincy Adams, B.A. M.Div.")]
    [InlineData("Doe^John", "John Doe")]
    [InlineData("Doe", "Doe")]
    [InlineData("^Only", "Only")]
    [InlineData("=王^小东", "王 小东")]
    [InlineData("^^^^=홍^길동", "홍 길동")]
    [InlineData("", "")]
    public void A_name_is_written_for_a_reader(string text, string display) =>
        PersonName.Parse(text).ToDisplayString().ShouldBe(display);

    [Theory]
    [InlineData("Doe^John^^^", "Doe^John")]
    [InlineData("Zhang^XiaoDong=张^小东=", "Zhang^XiaoDong=张^小东")]
    [InlineData("=王", "=王")]
    [InlineData(" Doe ^ John ", "Doe ^ John")]
    public void A_name_is_written_without_empty_ends(string text, string written) =>
        PersonName.Parse(text).ToString().ShouldBe(written);

    [Theory]
    [InlineData("", true)]
    [InlineData("^^^^", true)]
    [InlineData("==", true)]
    [InlineData("=x", false)]
    public void A_name_of_delimiters_is_empty(string text, bool isEmpty) => PersonName.Parse(text).IsEmpty.ShouldBe(isEmpty);

    [Fact]
    public void More_components_and_groups_than_allowed_are_taken()
    {
        var name = PersonName.Parse("a^b^c^d^e^f^g=i=p=x=y");

        name.Alphabetic.Suffix.ShouldBe("e");
        name.Alphabetic.Text.ShouldBe("a^b^c^d^e^f^g");
        name.Phonetic.Text.ShouldBe("p=x=y");
    }

    [Fact]
    public void A_name_of_bytes_is_split_after_decoding()
    {
        var name = PersonName.Parse([0x95, 0x5C, 0x5E, 0x95, 0x5E, 0x20], CharacterSet.For("GBK"u8));

        (name.Alphabetic.Family, name.Alphabetic.Given).ShouldBe(("昞", "昢"));
    }
}
