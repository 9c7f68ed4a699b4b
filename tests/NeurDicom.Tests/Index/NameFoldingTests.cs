using NeurDicom.Index;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Index;

public sealed class NameFoldingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("smith^john", "smith^john")]
    [InlineData("SMITH^John", "smith^john")]
    [InlineData("Buc^Jérôme", "buc^jerome")]
    [InlineData("Äneas^Rüdiger", "aneas^rudiger")]
    [InlineData("Æneas^Groß", "aeneas^gross")]
    [InlineData("Łódź^Đặng", "lodz^dang")]
    [InlineData("Люкceмбypг", "люкceмбypг")]
    [InlineData("ЁЖИКОВ^Йод", "ежиков^иод")]
    [InlineData("Διονυσιος^Ή", "διονυσιοσ^η")]
    [InlineData("ＹＡＭＡＤＡ　Ｔａｒｏ", "yamada taro")]
    [InlineData("山田^太郎", "山田^太郎")]
    [InlineData("e\u0301", "e")]
    public void A_name_loses_case_and_accents(string name, string folded)
    {
        NameFolding.Fold(name).ShouldBe(folded);
        NameFolding.Fold(folded).ShouldBe(folded);
    }
}
