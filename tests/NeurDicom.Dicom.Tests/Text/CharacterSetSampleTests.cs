using NeurDicom.Dicom.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Text;

/// <summary>The files of charsets/ against expected.tsv, and those of malformed/ that are about text.</summary>
public sealed class CharacterSetSampleTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Expected() =>
        SampleFiles.Rows("charsets/expected.tsv")
            .Select(row => new TheoryDataRow<string, string, string>(
                row["path"], row["patient_name_0010_0010"], row["institution_name_0008_0080"]))
            .DefaultIfEmpty(new TheoryDataRow<string, string, string>("", "", ""));

    [Theory]
    [MemberData(nameof(Expected))]
    public void Names_of_a_sample_are_decoded(string path, string patientName, string institution)
    {
        var dataSet = DicomFile.Read(SampleFiles.Read(path)).DataSet;
        if (patientName.StartsWith("item: ", StringComparison.Ordinal))
        {
            // The name lies in the first item of Requested Procedure Code Sequence.
            dataSet = dataSet.GetSequence(Tag.RequestedProcedureCodeSequence)[0];
            patientName = patientName["item: ".Length..patientName.IndexOf(" |", StringComparison.Ordinal)];
        }

        // Some rows leave out an empty group at the end.
        dataSet.GetPersonName(Tag.PatientName).ToString().ShouldBe(PersonName.Parse(patientName).ToString());
        if (institution.Length > 0)
            dataSet.GetString(Tag.InstitutionName).ShouldBe(institution);
    }

    [Theory]
    [InlineData("charset_escape_without_extension.dcm", TextFaults.None, TextFaults.UndeclaredEscape)]
    [InlineData("charset_underscore_variant.dcm", TextFaults.MisspeltTerm, TextFaults.None)]
    [InlineData("charset_unknown_term.dcm", TextFaults.UnknownTerm, TextFaults.InvalidBytes)]
    [InlineData("charset_utf8_invalid_bytes.dcm", TextFaults.None, TextFaults.InvalidBytes)]
    public void Faulty_text_is_read_and_told(string name, TextFaults ofTerms, TextFaults ofName)
    {
        var dataSet = DicomFile.Read(SampleFiles.Read("malformed/" + name)).DataSet;

        dataSet.CharacterSet.Faults.ShouldBe(ofTerms);
        var bytes = dataSet.GetBytes(Tag.PatientName);
        dataSet.CharacterSet.Decode(bytes.Span, TextDelimiters.PersonNames, out var faults).ShouldNotBeEmpty();
        faults.ShouldBe(ofName);
    }
}
