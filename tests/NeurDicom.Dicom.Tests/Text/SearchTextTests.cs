using NeurDicom.Dicom.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Text;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("DOE^John", "doe^john")]
    [InlineData("Müller", "muller")]
    [InlineData("Mu\u0308ller", "muller")]
    [InlineData("ÅNGSTRÖM", "angstrom")]
    [InlineData("Wałęsa^Żółć", "walesa^zolc")]
    [InlineData("Şişli İğdır ISIK Işık", "sisli igdir isik isik")]
    [InlineData("Nguyễn Thị Đặng", "nguyen thi dang")]
    [InlineData("Straße Æsir Œuvre Þór", "strasse aesir oeuvre thor")]
    [InlineData("ΔΙΟΝΎΣΙΟΣ Διονύσιος", "διονυσιοσ διονυσιοσ")]
    [InlineData("ЛЮКС Фёдор", "люкс федор")]
    [InlineData("Ｙａｍａｄａ　Ｔ", "yamada t")]
    [InlineData("ﾔﾏﾀﾞ^ﾀﾛｳ", "ヤマダ^タロウ")]
    [InlineData("ﾊﾟｳﾞ", "パヴ")]
    [InlineData("か\u3099は\u309A", "がぱ")]
    [InlineData("がぱ", "がぱ")]
    [InlineData("山田^太郎", "山田^太郎")]
    [InlineData("김희중", "김희중")]
    [InlineData("\uF9E1", "李")]
    [InlineData("นามสกุล^ชื่อ", "นามสกุล^ชื่อ")]
    [InlineData("أحمد محمّد", "احمد محمد")]
    [InlineData("שָׁלוֹם", "שלום")]
    [InlineData("", "")]
    public void A_name_is_folded_for_search(string text, string folded) => SearchText.Fold(text).ShouldBe(folded);

    [Fact]
    public void Folding_twice_changes_nothing()
    {
        for (var c = 1; c < 0xFFFF; c++)
        {
            var once = SearchText.Fold(((char)c).ToString());

            SearchText.Fold(once).ShouldBe(once, $"U+{c:X4}");
        }
    }

    [Fact]
    public void Upper_and_lower_case_fold_to_one()
    {
        foreach (var letter in Enumerable.Range(1, 0x2000).Select(c => (char)c).Where(char.IsLetter))
        {
            SearchText.Fold(char.ToUpperInvariant(letter).ToString()).ShouldBe(SearchText.Fold(letter.ToString()), $"U+{(int)letter:X4}");
        }
    }
}
