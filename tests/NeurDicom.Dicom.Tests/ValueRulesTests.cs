using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class ValueRulesTests
{
    [Theory]
    [InlineData(Vr.DA, "20260229", "The value is not in the form of DA")]
    [InlineData(Vr.TM, "256199", "The value is not in the form of TM")]
    [InlineData(Vr.DS, "1.5\\abc", "The value is not in the form of DS")]
    [InlineData(Vr.IS, "1A", "The value is not in the form of IS")]
    [InlineData(Vr.UI, "1.02.3", "The value is not in the form of UI")]
    [InlineData(Vr.UI, "1.2/../3", "The value is not in the form of UI")]
    [InlineData(Vr.CS, "lower", "The value is not in the form of CS")]
    [InlineData(Vr.LO, "a\0b", "There are NUL bytes inside the text")]
    [InlineData(Vr.SH, "12345678901234567", "The value is longer than the 16 characters of SH")]
    [InlineData(Vr.US, "123", "The length is no multiple of 2, the size of US")]
    public void A_value_that_breaks_its_rule_is_told(Vr vr, string text, string expected)
    {
        var warning = Check(vr, text).Single();

        warning.Message.ShouldBe(expected);
        warning.Tag.ShouldBe(new Tag(0x00091010));
    }

    [Theory]
    [InlineData(Vr.DA, "20260228\\1993.04.30")]
    [InlineData(Vr.TM, "2359\\235959.123456")]
    [InlineData(Vr.DS, " 1.5 \\\\-2E-3")]
    [InlineData(Vr.UI, "1.2.3\0")]
    [InlineData(Vr.CS, "A_1 B\\")]
    [InlineData(Vr.SH, "1234567890123456\\1234567890123456")]
    [InlineData(Vr.LT, "a\\b")]
    public void A_value_that_keeps_its_rule_is_not(Vr vr, string text) => Check(vr, text).ShouldBeEmpty();

    [Fact]
    public void Each_group_of_a_name_has_64_characters()
    {
        Check(Vr.PN, $"{new string('a', 64)}={new string('b', 64)}").ShouldBeEmpty();
        Check(Vr.PN, new string('a', 66)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Items_are_checked_too()
    {
        var bytes = new DataSetBytes()
            .AddSequence(Tag.RequestAttributesSequence, true, item => item.Add(Tag.StudyDate, Vr.DA, "x"))
            .ToArray();

        ValueRules.Check(DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian)).Single().Tag.ShouldBe(Tag.StudyDate);
    }

    private static IReadOnlyList<DicomWarning> Check(Vr vr, string text)
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(text);
        var dataSet = new DataSetBytes().Add(new Tag(0x00091010), vr, bytes).ToArray();
        return ValueRules.Check(DicomDataSet.Read(dataSet, TransferSyntax.ExplicitVrLittleEndian));
    }
}
