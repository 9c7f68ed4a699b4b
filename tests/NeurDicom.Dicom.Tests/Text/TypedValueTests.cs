using NeurDicom.Dicom.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Text;

public sealed class TypedValueTests
{
    [Fact]
    public void A_data_set_gives_values_with_a_meaning()
    {
        var dataSet = Read(new DataSetBytes()
            .Add(Tag.AcquisitionDateTime, Vr.DT, "20260228235959+0100")
            .Add(Tag.StudyDate, Vr.DA, @"1993.04.30\20260101")
            .Add(Tag.StudyTime, Vr.TM, "1130")
            .Add(Tag.PatientName, Vr.PN, @"Doe^John\Roe^Jane")
            .Add(Tag.PatientAge, Vr.AS, "018M"));

        dataSet.GetDateTime(Tag.AcquisitionDateTime)!.Value.Offset.ShouldBe(TimeSpan.FromHours(1));
        dataSet.GetDate(Tag.StudyDate).ShouldBe(new DateOnly(1993, 4, 30));
        dataSet.GetTime(Tag.StudyTime)!.Value.Minute.ShouldBe(30);
        dataSet.GetPersonName(Tag.PatientName)!.Value.Alphabetic.Given.ShouldBe("John");
        dataSet.GetAge(Tag.PatientAge).ShouldBe(new DicomAge(18, 'M'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData(@"\")]
    public void What_is_no_value_is_null(string text)
    {
        var dataSet = Read(new DataSetBytes()
            .Add(Tag.AcquisitionDateTime, Vr.DT, text)
            .Add(Tag.StudyDate, Vr.DA, text)
            .Add(Tag.StudyTime, Vr.TM, text)
            .Add(Tag.PatientAge, Vr.AS, text));

        dataSet.GetDateTime(Tag.AcquisitionDateTime).ShouldBeNull();
        dataSet.GetDate(Tag.StudyDate).ShouldBeNull();
        dataSet.GetTime(Tag.StudyTime).ShouldBeNull();
        dataSet.GetAge(Tag.PatientAge).ShouldBeNull();
        dataSet.GetDate(Tag.PatientBirthDate).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("^^^^")]
    [InlineData("==")]
    public void A_name_without_text_is_null(string text) =>
        Read(new DataSetBytes().Add(Tag.PatientName, Vr.PN, text)).GetPersonName(Tag.PatientName).ShouldBeNull();

    private static DicomDataSet Read(DataSetBytes bytes) =>
        DicomDataSet.Read(bytes.ToArray(), TransferSyntax.ExplicitVrLittleEndian);
}
