using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class UidTests
{
    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2\0")]
    [InlineData("1.2.840.10008.1.2 ")]
    public void Padding_is_not_part_of_a_uid(string text)
    {
        Uid.TryParse(text, out var uid).ShouldBeTrue();

        uid.Value.ShouldBe("1.2.840.10008.1.2");
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("1.2.a")]
    [InlineData("1..2")]
    [InlineData(".1")]
    [InlineData("1.")]
    [InlineData("1.2/3")]
    [InlineData("1.٢")]
    public void Text_that_is_not_a_uid_never_becomes_one(string text) => Uid.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_uid_has_at_most_64_characters()
    {
        Uid.TryParse(new string('1', 64), out _).ShouldBeTrue();
        Uid.TryParse(new string('1', 65), out _).ShouldBeFalse();
    }

    [Fact]
    public void Leading_zeros_are_taken_and_told()
    {
        Uid.Parse("1.02.3").IsStrict.ShouldBeFalse();
        Uid.Parse("1.0.3").IsStrict.ShouldBeTrue();
    }
}
