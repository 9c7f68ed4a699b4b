using System.Diagnostics;
using System.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Writing;

/// <summary>What the writer writes, as toolkits that are not ours read it.</summary>
public sealed class OtherReadersTests : IDisposable
{
    private const string Script = """
        import sys, pydicom
        d = pydicom.dcmread(sys.argv[1])
        print(d.file_meta.TransferSyntaxUID, d.PatientName, d.StudyDate, d.Rows, [float(x) for x in d.PixelSpacing],
            d.ProcedureCodeSequence[0].CodeMeaning, d[0x0009, 0x1001].value, len(d.PixelData), d.SmallestImagePixelValue)
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurdicom-writer-");

    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.1")]
    public void Pydicom_reads_what_is_written(string syntax)
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python) && Run(Python, "-c", "import pydicom").Code == 0, "python3-pydicom is absent.");

        var (code, output) = Run(Python, "-c", Script, Write(syntax));

        code.ShouldBe(0, output);
        var values = syntax.EndsWith(".1", StringComparison.Ordinal) ? "[0.5, -2.0]" : "b'";
        output.Trim().ShouldStartWith($"{syntax} Wang^XiaoDong=王^小東 20240229 2 [0.7, 0.7] Größe {values}");
        output.Trim().ShouldEndWith(" 8 -5");
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.1")]
    public void Dcmdump_reads_what_is_written(string syntax)
    {
        const string Dcmdump = "/usr/bin/dcmdump";
        Assert.SkipUnless(File.Exists(Dcmdump), "dcmtk is absent.");

        var (code, output) = Run(Dcmdump, "-q", "+L", Write(syntax));

        code.ShouldBe(0, output);
        output.ShouldContain("(0010,0010) PN [Wang^XiaoDong=王^小東]");
        output.ShouldContain("(0028,0030) DS [0.7\\0.7]");
        output.ShouldContain("(7fe0,0010) OW 0001\\0002\\0003\\0004");
        output.ShouldNotContain("W:");
        output.ShouldNotContain("E:");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string syntax)
    {
        var built = new DicomDataSetBuilder()
            .Set(Tag.SpecificCharacterSet, "ISO_IR 192")
            .Set(Tag.SopClassUid, "1.2.840.10008.5.1.4.1.1.7")
            .Set(Tag.SopInstanceUid, "1.2.3.4")
            .Set(Tag.StudyDate, "20240229")
            .Set(Tag.PatientName, "Wang^XiaoDong=王^小東")
            .SetSequence(
                Tag.ProcedureCodeSequence,
                new DicomDataSetBuilder().Set(Tag.CodeValue, "T-1").Set(Tag.CodeMeaning, "Größe"))
            .Set(new Tag(0x0009, 0x0010), "ACME TEST")
            .SetAs(new Tag(0x0009, 0x1001), Vr.FD, 0.5, -2)
            .Set(Tag.PixelRepresentation, 1)
            .Set(Tag.BitsAllocated, 16)
            .Set(Tag.Rows, 2)
            .Set(Tag.Columns, 2)
            .Set(Tag.SmallestImagePixelValue, -5)
            .Set(Tag.PixelSpacing, 0.7, 0.7)
            .SetBytes(Tag.PixelData, Vr.OW, new byte[] { 1, 0, 2, 0, 3, 0, 4, 0 });
        var path = Path.Combine(_folder.FullName, "a.dcm");
        File.WriteAllBytes(path, DicomWriter.ToFile(built, TransferSyntax.Find(Uid.Parse(syntax))));
        return path;
    }

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
