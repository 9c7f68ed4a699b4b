using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Writing;

public sealed class DicomDirectoryWriterTests
{
    private const string Ct = "1.2.840.10008.5.1.4.1.1.2";
    private const string Sr = "1.2.840.10008.5.1.4.1.1.88.11";

    [Fact]
    public void Records_refer_to_one_another_by_their_offsets()
    {
        using var directory = new DirectoryFile();
        directory.Writer.StartPatient();
        directory.Add("IM1", Image("A", "1.1", "1.1.1", "1.1.1.1"));
        directory.Add("IM2", Image("A", "1.1", "1.1.1", "1.1.1.2"));
        directory.Writer.StartSeries();
        directory.Add("IM3", Image("A", "1.1", "1.1.2", "1.1.2.1"));
        directory.Writer.StartStudy();
        directory.Add("IM4", Image("A", "1.2", "1.2.1", "1.2.1.1"));
        directory.Writer.StartPatient();
        directory.Add("IM5", Image("B", "1.3", "1.3.1", "1.3.1.1"));

        var read = directory.Read();

        read.Tree.ShouldBe(
        [
            "PATIENT A", " STUDY 1.1", "  SERIES 1.1.1", "   IMAGE IM1", "   IMAGE IM2", "  SERIES 1.1.2", "   IMAGE IM3",
            " STUDY 1.2", "  SERIES 1.2.1", "   IMAGE IM4", "PATIENT B", " STUDY 1.3", "  SERIES 1.3.1", "   IMAGE IM5",
        ]);
        read.File.Warnings.ShouldBeEmpty();
        ValueRules.Check(read.File.DataSet).ShouldBeEmpty();
        read.File.Meta.GetString(Tag.MediaStorageSopClassUid).ShouldBe("1.2.840.10008.1.3.10");
        read.File.TransferSyntax.ShouldBe(TransferSyntax.ExplicitVrLittleEndian);
        read.LastRoot.ShouldBe(read.OffsetOf("PATIENT B"));
        var image = read.Records[3].Item;
        image.GetInt32(Tag.RecordInUseFlag).ShouldBe(0xFFFF);
        image.GetString(Tag.ReferencedSopClassUidInFile).ShouldBe(Ct);
        image.GetString(Tag.ReferencedSopInstanceUidInFile).ShouldBe("1.1.1.1");
        image.GetString(Tag.ReferencedTransferSyntaxUidInFile).ShouldBe("1.2.840.10008.1.2.1");
        image.GetInt32(Tag.InstanceNumber).ShouldBe(7);
    }

    [Fact]
    public void A_file_set_without_files_has_no_root()
    {
        using var directory = new DirectoryFile();

        var read = directory.Read();

        read.Records.ShouldBeEmpty();
        read.FirstRoot.ShouldBe(0);
        read.LastRoot.ShouldBe(0);
    }

    [Fact]
    public void Text_beyond_ASCII_becomes_UTF8_whatever_the_file_uses()
    {
        using var directory = new DirectoryFile();
        directory.Add("A", Built("A", "1", "1.1", "1.1.1")
            .Set(Tag.SpecificCharacterSet, "GB18030").Set(Tag.PatientName, "Wang^XiaoDong=王^小东"));

        var records = directory.Read().Records;

        records[0].Item.GetString(Tag.SpecificCharacterSet).ShouldBe("ISO_IR 192");
        records[0].Item.GetString(Tag.PatientName).ShouldBe("Wang^XiaoDong=王^小东");
        records[1].Item.Contains(Tag.SpecificCharacterSet).ShouldBeFalse();
    }

    [Fact]
    public void Old_forms_of_date_and_time_are_turned_into_new_ones()
    {
        var bytes = new DataSetBytes()
            .Add(Tag.SopClassUid, Vr.UI, Ct).Add(Tag.SopInstanceUid, Vr.UI, "1.1.1")
            .Add(Tag.StudyDate, Vr.DA, "1994.11.05").Add(Tag.StudyTime, Vr.TM, "11:20:00")
            .ToFile();
        using var directory = new DirectoryFile();
        directory.Writer.Add(["A"], DicomFile.Read(bytes)).ShouldBeTrue();

        var study = directory.Read().Records[1].Item;

        study.GetString(Tag.StudyDate).ShouldBe("19941105");
        study.GetString(Tag.StudyTime).ShouldBe("112000");
    }

    [Fact]
    public void Keys_that_a_file_lacks_are_made_up_or_empty()
    {
        using var directory = new DirectoryFile();
        directory.Add("A", new DicomDataSetBuilder()
            .Set(Tag.SopClassUid, Ct).Set(Tag.SopInstanceUid, "1.1.1").Set(Tag.StudyInstanceUid, "1")
            .Set(Tag.SeriesInstanceUid, "1.1").Set(Tag.SeriesDate, "20240101"));

        var records = directory.Read().Records;

        // Type 1 keys have a value, type 2 keys are there (PS3.3 F.5).
        records[0].Item.GetString(Tag.PatientID).ShouldBe("PA000001");
        records[0].Item.Contains(Tag.PatientName).ShouldBeTrue();
        records[1].Item.GetString(Tag.StudyDate).ShouldBe("20240101");
        records[1].Item.GetString(Tag.StudyTime).ShouldBe("000000");
        records[1].Item.GetString(Tag.StudyID).ShouldBe("ST000001");
        records[1].Item.Contains(Tag.AccessionNumber).ShouldBeTrue();
        records[2].Item.GetString(Tag.Modality).ShouldBe("OT");
        records[2].Item.GetInt32(Tag.SeriesNumber).ShouldBe(1);
        records[3].Item.GetInt32(Tag.InstanceNumber).ShouldBe(1);
    }

    [Fact]
    public void Values_that_break_their_rules_do_not_break_the_directory()
    {
        var bytes = new DataSetBytes()
            .Add(Tag.SopClassUid, Vr.UI, Ct).Add(Tag.SopInstanceUid, Vr.UI, "1.1.1")
            .Add(Tag.StudyDate, Vr.DA, "yesterday").Add(Tag.StudyTime, Vr.TM, "noon").Add(Tag.Modality, Vr.CS, "lower case")
            .Add(Tag.StudyDescription, Vr.LO, new string('x', 200) + "\u0007\u0085")
            .Add(Tag.PatientName, Vr.PN, new string('y', 100) + "^\n=a=b=c")
            .Add(Tag.PatientID, Vr.LO, "a\\b\0c")
            .Add(Tag.StudyInstanceUid, Vr.UI, "1").Add(Tag.SeriesInstanceUid, Vr.UI, "1.1")
            .Add(Tag.SeriesNumber, Vr.IS, "12x").Add(Tag.InstanceNumber, Vr.IS, "99999999999999")
            .ToFile();
        using var directory = new DirectoryFile();

        directory.Writer.Add(["A"], DicomFile.Read(bytes)).ShouldBeTrue();

        var read = directory.Read();
        ValueRules.Check(read.File.DataSet).ShouldBeEmpty();
        read.Tree.ShouldBe(["PATIENT a\\bc", " STUDY 1", "  SERIES 1.1", "   IMAGE A"]);
        read.Records[0].Item.GetString(Tag.PatientName)!.Length.ShouldBe(68);
        read.Records[1].Item.GetString(Tag.StudyDescription).ShouldBe(new string('x', 64));
    }

    [Fact]
    public void A_report_is_listed_with_its_title_and_what_modifies_it()
    {
        static DicomDataSetBuilder Code(string value) => new DicomDataSetBuilder()
            .Set(Tag.CodeValue, value).Set(Tag.CodingSchemeDesignator, "LN").Set(Tag.CodeMeaning, "Rapport médical");
        var report = Built("A", "1", "1.1", "1.1.1", Sr)
            .Set(Tag.SpecificCharacterSet, "ISO_IR 100")
            .Set(Tag.ContentDate, "20240102").Set(Tag.ContentTime, "101112")
            .Set(Tag.CompletionFlag, "COMPLETE").Set(Tag.VerificationFlag, "VERIFIED")
            .SetSequence(
                Tag.VerifyingObserverSequence,
                new DicomDataSetBuilder().Set(Tag.VerificationDateTime, "20240101"),
                new DicomDataSetBuilder().Set(Tag.VerificationDateTime, "20240103"))
            .SetSequence(Tag.ConceptNameCodeSequence, Code("18748-4"))
            .SetSequence(
                Tag.ContentSequence,
                new DicomDataSetBuilder().Set(Tag.RelationshipType, "CONTAINS").Set(Tag.TextValue, "long"),
                new DicomDataSetBuilder().Set(Tag.RelationshipType, "HAS CONCEPT MOD").Set(Tag.ValueType, "CODE")
                    .SetSequence(Tag.ConceptNameCodeSequence, Code("121049")));
        using var directory = new DirectoryFile();
        directory.Add("A", report);

        var record = directory.Read().Records[3].Item;

        record.GetString(Tag.DirectoryRecordType).ShouldBe("SR DOCUMENT");
        record.GetString(Tag.VerificationDateTime).ShouldBe("20240103");
        record.GetSequence(Tag.ConceptNameCodeSequence)[0].GetString(Tag.CodeMeaning).ShouldBe("Rapport médical");
        var modifier = record.GetSequence(Tag.ContentSequence).ShouldHaveSingleItem();
        modifier.GetSequence(Tag.ConceptNameCodeSequence)[0].GetString(Tag.CodeValue).ShouldBe("121049");
    }

    [Theory]
    [InlineData("1.2.840.10008.5.1.4.1.1.2", "IMAGE")]
    [InlineData("1.2.840.10008.5.1.4.1.1.4.2", "SPECTROSCOPY")]
    [InlineData("1.2.840.10008.5.1.4.1.1.9.1.1", "WAVEFORM")]
    [InlineData("1.2.840.10008.5.1.4.1.1.11.1", "PRESENTATION")]
    [InlineData("1.2.840.10008.5.1.4.1.1.66", "RAW DATA")]
    [InlineData("1.2.840.10008.5.1.4.1.1.66.4", "IMAGE")]
    [InlineData("1.2.840.10008.5.1.4.1.1.67", "VALUE MAP")]
    [InlineData("1.2.840.10008.5.1.4.1.1.88.33", "SR DOCUMENT")]
    [InlineData("1.2.840.10008.5.1.4.1.1.88.59", "KEY OBJECT DOC")]
    [InlineData("1.2.840.10008.5.1.4.1.1.104.1", "ENCAP DOC")]
    [InlineData("1.2.840.10008.5.1.4.1.1.481.2", "RT DOSE")]
    [InlineData("1.2.840.10008.5.1.4.1.1.481.3", "RT STRUCTURE SET")]
    [InlineData("1.2.840.10008.5.1.4.1.1.481.5", "RT PLAN")]
    [InlineData("1.2.840.10008.5.1.4.1.1.481.9", "RT TREAT RECORD")]
    [InlineData("1.2.840.10008.5.1.4.1.1.481.12", "RADIOTHERAPY")]
    [InlineData("1.3.6.1.4.1.99999.1", "PRIVATE")]
    public void The_type_of_a_record_follows_the_SOP_class(string sopClass, string type)
    {
        using var directory = new DirectoryFile();
        directory.Add("A", Built("A", "1", "1.1", "1.1.1", sopClass));

        directory.Read().Records[3].Item.GetString(Tag.DirectoryRecordType).ShouldBe(type);
    }

    [Fact]
    public void A_file_without_meta_information_is_not_listed()
    {
        using var directory = new DirectoryFile();
        var bare = Built("A", "1", "1.1", "1.1.1").SetAs(new Tag(0x00090010), Vr.LO, "X");
        var bytes = new MemoryStream();
        using (var writer = new DicomWriter(bytes, TransferSyntax.ImplicitVrLittleEndian))
        {
            writer.Write(bare);
            writer.Flush();
        }

        directory.Writer.Add(["A"], DicomFile.Read(bytes.ToArray())).ShouldBeFalse();

        directory.Read().Records.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("image1")]
    [InlineData("TOOLONGNAME")]
    [InlineData("../UP")]
    [InlineData("A.DCM")]
    [InlineData("")]
    [InlineData("A/B/C/D/E/F/G/H/I")]
    public void File_ids_that_a_medium_cannot_hold_are_refused(string name)
    {
        using var directory = new DirectoryFile();
        var fileId = name.Length > 12 ? name.Split('/') : [name];

        Should.Throw<ArgumentException>(() => directory.Writer.Add(fileId, Image("A", "1", "1.1", "1.1.1")));
    }

    [Fact]
    public void Ten_thousand_files_are_written_in_order()
    {
        using var directory = new DirectoryFile();
        var file = Image("A", "1", "1.1", "1.1.1");
        for (var i = 0; i < 10_000; i++)
            directory.Add($"I{i}", file);

        directory.Read().Tree.Skip(3).ShouldBe(Enumerable.Range(0, 10_000).Select(i => $"   IMAGE I{i}"));
    }

    [Fact]
    public void Every_sample_is_listed_without_an_error()
    {
        SampleFiles.Path("");
        using var directory = new DirectoryFile();
        string[] folders = ["transfer-syntax/", "pixels/", "objects/", "charsets/", "structure/"];
        var number = 0;
        foreach (var row in SampleFiles.Rows("index.tsv"))
        {
            if (!Array.Exists(folders, folder => row["path"].StartsWith(folder, StringComparison.Ordinal))
                || row["path"] == "structure/no_meta.dcm")
                continue;
            directory.Writer.StartPatient();
            directory.Writer.Add(["DICOM", $"F{number++}"], DicomFile.Read(SampleFiles.Read(row["path"])));
        }

        var read = directory.Read();

        read.Records.Count.ShouldBeGreaterThan(4 * 150);
        ValueRules.Check(read.File.DataSet).Where(warning => DataDictionary.VrOf(warning.Tag!.Value) is not Vr.UI).ShouldBeEmpty();
        var types = read.Records.Select(record => record.Item.GetString(Tag.DirectoryRecordType)).ToHashSet();
        foreach (var type in (string[])["IMAGE", "SR DOCUMENT", "KEY OBJECT DOC", "RT PLAN", "WAVEFORM", "ENCAP DOC", "PRESENTATION"])
            types.ShouldContain(type);
    }

    private static DicomFile Image(string patient, string study, string series, string instance) =>
        DicomFile.Read(DicomWriter.ToFile(
            Built(patient, study, series, instance), TransferSyntax.ExplicitVrLittleEndian));

    private static DicomDataSetBuilder Built(
        string patient, string study, string series, string instance, string sopClass = Ct) =>
        new DicomDataSetBuilder()
            .Set(Tag.SopClassUid, sopClass).Set(Tag.SopInstanceUid, instance).Set(Tag.StudyDate, "20240101")
            .Set(Tag.StudyTime, "120000").Set(Tag.Modality, "CT").Set(Tag.PatientName, "Doe^Jane").Set(Tag.PatientID, patient)
            .Set(Tag.StudyInstanceUid, study).Set(Tag.SeriesInstanceUid, series).Set(Tag.StudyID, "S").Set(Tag.SeriesNumber, 3)
            .Set(Tag.InstanceNumber, 7);

    private sealed class DirectoryFile : IDisposable
    {
        private readonly MemoryStream _bytes = new();

        public DirectoryFile() => Writer = new DicomDirectoryWriter(_bytes, Uid.Parse("1.2.3"));

        public DicomDirectoryWriter Writer { get; }

        public void Add(string name, DicomFile file) => Writer.Add([name], file).ShouldBeTrue();

        public void Add(string name, DicomDataSetBuilder file) =>
            Add(name, DicomFile.Read(DicomWriter.ToFile(file, TransferSyntax.ExplicitVrLittleEndian)));

        public DirectoryTree Read()
        {
            Writer.Finish();
            return new DirectoryTree(_bytes.ToArray());
        }

        public void Dispose() => Writer.Dispose();
    }
}
