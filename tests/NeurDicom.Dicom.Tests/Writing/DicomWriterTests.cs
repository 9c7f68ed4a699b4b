using System.Text;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Writing;

public sealed class DicomWriterTests
{
    private static readonly DicomReadOptions Everything = new() { ReadPixelData = true, LargestValue = int.MaxValue };

    public static TheoryData<string> Syntaxes => ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"];

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void What_is_built_is_read_back(string syntax)
    {
        var item = new DicomDataSetBuilder().Set(Tag.CodeValue, "T-1").Set(Tag.CodeMeaning, "Naïve");
        var built = Minimal()
            .Set(Tag.SpecificCharacterSet, "ISO_IR 192")
            .Set(Tag.PatientName, "Wang^XiaoDong=王^小東")
            .Set(Tag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
            .Set(Tag.StudyDate, new DateOnly(2024, 2, 29))
            .Set(Tag.PixelRepresentation, 1)
            .Set(Tag.Rows, 512)
            .Set(Tag.SmallestImagePixelValue, -1024)
            .Set(Tag.PixelSpacing, 0.7, 1.0 / 3)
            .Set(Tag.InstanceNumber, 17)
            .Set(Tag.RealWorldValueSlope, 1e-9)
            .Set(Tag.FrameIncrementPointer, (long)Tag.FrameTime.Value)
            .SetEmpty(Tag.AccessionNumber)
            .SetSequence(Tag.ProcedureCodeSequence, item, new DicomDataSetBuilder())
            .SetSequence(Tag.ReferencedStudySequence)
            .Set(new Tag(0x0009, 0x0010), "ACME")
            .SetAs(new Tag(0x0009, 0x1001), Vr.FD, 0.5, -2)
            .SetSequence(new Tag(0x0009, 0x1002), item)
            .SetBytes(Tag.PixelData, Vr.OW, new byte[] { 1, 2, 3, 4 });

        var file = Read(built, syntax);

        file.Warnings.ShouldBeEmpty();
        file.IsPart10.ShouldBeTrue();
        file.TransferSyntax.Uid.Value.ShouldBe(syntax);
        var dataSet = file.DataSet;
        ValueRules.Check(dataSet).ShouldBeEmpty();
        dataSet.GetPersonName(Tag.PatientName)!.Value.Ideographic.Family.ShouldBe("王");
        dataSet.GetStrings(Tag.ImageType).ShouldBe(["ORIGINAL", "PRIMARY", "AXIAL"]);
        dataSet.GetDate(Tag.StudyDate).ShouldBe(new DateOnly(2024, 2, 29));
        dataSet.GetInt32(Tag.Rows).ShouldBe(512);
        dataSet.GetInt32(Tag.SmallestImagePixelValue).ShouldBe(-1024);
        dataSet.GetDoubles(Tag.PixelSpacing).ShouldBe([0.7, 0.33333333333333]);
        dataSet.GetInt32(Tag.InstanceNumber).ShouldBe(17);
        dataSet.GetDouble(Tag.RealWorldValueSlope).ShouldBe(1e-9);
        dataSet.GetBytes(Tag.FrameIncrementPointer).ToArray().ShouldBe([0x18, 0x00, 0x63, 0x10]);
        dataSet.TryGet(Tag.AccessionNumber, out var empty).ShouldBeTrue();
        empty.IsEmpty.ShouldBeTrue();
        dataSet.GetSequence(Tag.ProcedureCodeSequence).Count.ShouldBe(2);
        dataSet.GetSequence(Tag.ProcedureCodeSequence)[0].GetString(Tag.CodeMeaning).ShouldBe("Naïve");
        dataSet.Contains(Tag.ReferencedStudySequence).ShouldBeTrue();
        dataSet.GetSequence(new Tag(0x0009, 0x1002)).Count.ShouldBe(1);
        dataSet.GetBytes(Tag.PixelData).ToArray().ShouldBe([1, 2, 3, 4]);
        dataSet.Elements.Select(element => element.Tag).ShouldBeInOrder();
        file.Meta.GetUid(Tag.MediaStorageSopInstanceUid).ShouldBe(dataSet.GetUid(Tag.SopInstanceUid));
        file.Meta.GetInt32(Tag.FileMetaInformationGroupLength)
            .ShouldBe((int)file.DataSetPosition - 132 - 12);
    }

    [Theory]
    [InlineData("ISO_IR 100", "Müller^Jürgen", 13)]
    [InlineData("ISO_IR 144", "Люкceмбypг", 10)]
    [InlineData("ISO_IR 192", "Müller^Jürgen", 15)]
    [InlineData("GB18030", "Wang^XiaoDong=王^小东", 21)]
    [InlineData("", "Mueller^Juergen", 15)]
    public void Text_is_encoded_by_the_character_set(string terms, string name, int bytes)
    {
        var built = Minimal().Set(Tag.SpecificCharacterSet, terms).Set(Tag.PatientName, name);

        var dataSet = Read(built).DataSet;

        dataSet.GetString(Tag.PatientName).ShouldBe(name);
        dataSet.GetBytes(Tag.PatientName).Length.ShouldBe(bytes + (bytes & 1));
    }

    [Fact]
    public void An_item_is_encoded_as_the_data_set_around_it()
    {
        var item = new DicomDataSetBuilder().Set(Tag.CodeMeaning, "Größe");
        var other = new DicomDataSetBuilder().Set(Tag.SpecificCharacterSet, "ISO_IR 192").Set(Tag.CodeMeaning, "Größe");
        var built = Minimal().Set(Tag.SpecificCharacterSet, "ISO_IR 100").SetSequence(Tag.ProcedureCodeSequence, item, other);

        var items = Read(built).DataSet.GetSequence(Tag.ProcedureCodeSequence);

        items.Select(each => each.GetString(Tag.CodeMeaning)).ShouldBe(["Größe", "Größe"]);
        items.Select(each => each.GetBytes(Tag.CodeMeaning).Length).ShouldBe([6, 8]);
    }

    [Fact]
    public void A_character_that_the_set_lacks_is_refused_without_its_value()
    {
        var built = Minimal().Set(Tag.SpecificCharacterSet, "ISO_IR 100").Set(Tag.PatientName, "王^小東");

        var error = Should.Throw<DicomValueException>(() => DicomWriter.ToFile(built, TransferSyntax.ExplicitVrLittleEndian));

        error.Message.ShouldStartWith("PatientName (0010,0010) PN: ");
        error.Message.ShouldNotContain("王");
    }

    [Theory]
    [InlineData("00080060", "lower case", "CS")]
    [InlineData("00080060", "MORETHANSIXTEENCHARS", "CS")]
    [InlineData("00080020", "2024.02.29", "DA")]
    [InlineData("00080020", "20240230", "DA")]
    [InlineData("00080030", "25", "TM")]
    [InlineData("00080030", "11:20:00", "TM")]
    [InlineData("00100020", "a\\b", "LO")]
    [InlineData("00100020", "a\u001b$B", "LO")]
    [InlineData("00100010", "A=B=C=D", "PN")]
    [InlineData("00101010", "42", "AS")]
    [InlineData("00180050", "1,5", "DS")]
    [InlineData("00200013", "2147483648", "IS")]
    [InlineData("0020000D", "1.02.3", "UI")]
    [InlineData("0020000D", "1.2.", "UI")]
    [InlineData("00400241", "ABCDEFGHIJKLMNOPQ", "AE")]
    public void A_value_that_breaks_its_vr_is_refused(string tag, string value, string vr)
    {
        Tag.TryParse(tag, out var parsed).ShouldBeTrue();

        var error = Should.Throw<DicomValueException>(() => new DicomDataSetBuilder().Set(parsed, value));

        error.Message.ShouldContain($"{parsed} {vr}: ");
        error.Message.ShouldNotContain(value);
    }

    [Fact]
    public void Long_values_are_refused_by_the_limit_of_their_vr()
    {
        foreach (var (tag, limit) in new[]
            {
                (Tag.PatientID, 64), (Tag.StudyID, 16), (Tag.PatientName, 64), (Tag.InstitutionAddress, 1024),
                (Tag.AdditionalPatientHistory, 10240),
            })
        {
            new DicomDataSetBuilder().Set(tag, new string('ß', limit));
            Should.Throw<DicomValueException>(() => new DicomDataSetBuilder().Set(tag, new string('x', limit + 1)));
        }
    }

    [Fact]
    public void Numbers_beyond_their_vr_are_refused()
    {
        var built = new DicomDataSetBuilder();
        Should.Throw<DicomValueException>(() => built.Set(Tag.Rows, 65536)).Message.ShouldContain("(0028,0010) US: ");
        Should.Throw<DicomValueException>(() => built.Set(Tag.Rows, -1));
        Should.Throw<DicomValueException>(() => built.Set(Tag.PixelSpacing, double.NaN));
        Should.Throw<DicomValueException>(() => built.Set(Tag.PixelData, 1)).Message.ShouldContain("has to be given");
        Should.Throw<DicomValueException>(() => built.SetAs(Tag.Rows, Vr.LO, "512")).Message.ShouldContain("US");
        Should.Throw<DicomValueException>(() => built.Set(Tag.TransferSyntaxUid, "1.2"));
        Should.Throw<DicomValueException>(() => built.SetBytes(Tag.PixelData, Vr.OW, new byte[3]));
        built.Count.ShouldBe(0);
    }

    [Fact]
    public void A_decimal_string_has_at_most_sixteen_bytes()
    {
        double[] numbers = [1.0 / 3, -1.0 / 3e-7, 1e300 / 7, -1e-300 / 7, 0, 123456789012345678, 0.1, -0.000123456789012345];
        var dataSet = Read(Minimal().Set(Tag.PixelSpacing, numbers)).DataSet;

        var read = dataSet.GetDoubles(Tag.PixelSpacing);
        for (var i = 0; i < numbers.Length; i++)
            read[i].ShouldBe(numbers[i], Math.Abs(numbers[i] * 1e-8) + double.Epsilon);
        ValueRules.Check(dataSet).ShouldBeEmpty();
    }

    [Fact]
    public void Odd_values_are_padded_as_their_vr_asks()
    {
        var built = Minimal()
            .Set(Tag.StudyInstanceUid, "1.2.3")
            .Set(Tag.PatientID, "odd")
            .SetBytes(Tag.EncapsulatedDocument, Vr.OB, new byte[] { 9 });

        var dataSet = Read(built).DataSet;

        dataSet.GetBytes(Tag.StudyInstanceUid).ToArray().ShouldBe("1.2.3\0"u8.ToArray());
        dataSet.GetBytes(Tag.PatientID).ToArray().ShouldBe("odd "u8.ToArray());
        dataSet.GetBytes(Tag.EncapsulatedDocument).ToArray().ShouldBe([9, 0]);
    }

    [Fact]
    public void What_is_too_long_for_a_short_length_is_written_as_UN()
    {
        var contour = string.Join('\\', Enumerable.Repeat("123.456", 10_000)).Split('\\');
        var file = DicomWriter.ToFile(Minimal().Set(Tag.ContourData, contour), TransferSyntax.ExplicitVrLittleEndian);

        var read = DicomFile.Read(file, Everything);

        Encoding.Latin1.GetString(file).ShouldContain("\x06\x30\x50\0UN\0\0");
        read.Warnings.ShouldBeEmpty();
        read.DataSet.GetDoubles(Tag.ContourData).Length.ShouldBe(10_000);
    }

    [Fact]
    public void A_streamed_value_is_read_only_when_it_is_written()
    {
        const int Length = 3_000_001;
        var opened = 0;
        var built = Minimal().SetStream(Tag.EncapsulatedDocument, Vr.OB, Length, () =>
        {
            opened++;
            return new TrickleStream(Enumerable.Repeat((byte)7, Length + 10).ToArray(), 1000);
        });
        opened.ShouldBe(0);

        var dataSet = Read(built).DataSet;

        opened.ShouldBe(1);
        var value = dataSet.GetBytes(Tag.EncapsulatedDocument).Span;
        value.Length.ShouldBe(Length + 1);
        value[^2].ShouldBe((byte)7);
        value[^1].ShouldBe((byte)0);
        Should.Throw<EndOfStreamException>(() => Read(
            Minimal().SetStream(Tag.EncapsulatedDocument, Vr.OB, 10, () => new MemoryStream(new byte[9]))));
    }

    [Fact]
    public void Fragments_are_written_where_the_syntax_has_them()
    {
        var jpeg = TransferSyntax.Find(Uid.Parse("1.2.840.10008.1.2.4.50"));
        var built = Minimal().SetFragments(Tag.PixelData, [default, new byte[] { 1, 2, 3 }]);

        var file = DicomFile.Read(DicomWriter.ToFile(built, jpeg), Everything);

        file.DataSet.TryGet(Tag.PixelData, out var pixels).ShouldBeTrue();
        pixels.Fragments.Select(fragment => fragment.ToArray()).ShouldBe([[], [1, 2, 3, 0]]);
        Should.Throw<DicomValueException>(() => Read(built)).Message.ShouldContain("Explicit VR Little Endian");
        var native = Minimal().SetBytes(Tag.PixelData, Vr.OW, new byte[2]);
        Should.Throw<DicomValueException>(() => DicomWriter.ToFile(native, jpeg));
    }

    [Fact]
    public void Nesting_and_circles_end_at_the_limit()
    {
        var circle = new DicomDataSetBuilder();
        circle.SetSequence(Tag.ContentSequence, circle);

        Should.Throw<DicomValueException>(() => DicomWriter.ToFile(
            Minimal().SetSequence(Tag.ContentSequence, circle), TransferSyntax.ExplicitVrLittleEndian));
    }

    [Fact]
    public void Another_character_set_encodes_copied_text_anew()
    {
        var first = Read(Minimal().Set(Tag.SpecificCharacterSet, "ISO_IR 100").Set(Tag.PatientName, "Müller")).DataSet;

        var changed = DicomDataSetBuilder.From(first).Set(Tag.SpecificCharacterSet, "ISO_IR 192");

        Read(changed).DataSet.GetString(Tag.PatientName).ShouldBe("Müller");
        Read(changed).DataSet.GetBytes(Tag.PatientName).ToArray().ShouldBe(Encoding.UTF8.GetBytes("Müller "));
    }

    [Fact]
    public void Big_endian_numbers_are_turned_round()
    {
        var bytes = new DataSetBytes(TransferSyntax.ExplicitVrBigEndian)
            .Add(Tag.SopClassUid, Vr.UI, "1.2").Add(Tag.SopInstanceUid, Vr.UI, "1.2.3").AddUInt16(Tag.Rows, 0x1234).ToFile();

        var copied = Read(DicomDataSetBuilder.From(DicomFile.Read(bytes).DataSet)).DataSet;

        copied.GetInt32(Tag.Rows).ShouldBe(0x1234);
        copied.GetBytes(Tag.Rows).ToArray().ShouldBe([0x34, 0x12]);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.2")]
    [InlineData("1.2.840.10008.1.2.1.99")]
    public void Syntaxes_that_are_not_written_are_refused_at_once(string uid) =>
        Should.Throw<NotSupportedException>(
            () => DicomWriter.ToFile(Minimal(), TransferSyntax.Find(Uid.Parse(uid))));

    [Theory]
    [MemberData(nameof(Samples))]
    public void What_was_read_and_not_changed_is_written_as_it_was(string name)
    {
        var file = DicomFile.Read(SampleFiles.Read(name), Everything);
        var isNative = file.Encoding is { IsBigEndian: false, IsDeflated: false };
        var syntax = isNative ? file.Encoding : TransferSyntax.ExplicitVrLittleEndian;

        var once = DicomWriter.ToFile(Identified(file.DataSet), syntax);
        var copy = DicomFile.Read(once, Everything);

        ListValues(copy.DataSet).ShouldBe(ListValues(Identified(file.DataSet).ToDataSet(syntax)));
        DicomWriter.ToFile(Identified(copy.DataSet), syntax).ShouldBe(once);
        if (isNative)
            ListValues(copy.DataSet).Except(ListValues(file.DataSet)).Count().ShouldBeLessThan(4, "but for UIDs and padding");
    }

    public static TheoryData<string> Samples
    {
        get
        {
            string[] folders = ["transfer-syntax", "pixels", "objects", "charsets", "structure"];
            var names = SampleFiles.Rows("index.tsv").Select(row => row["path"])
                .Where(name => name != "structure/no_meta.dcm" && folders.Any(folder => name.StartsWith(folder + "/", StringComparison.Ordinal)));
            return [.. names.DefaultIfEmpty("structure/absent")];
        }
    }

    private static DicomDataSetBuilder Minimal() => new DicomDataSetBuilder()
        .Set(Tag.SopClassUid, "1.2.840.10008.5.1.4.1.1.7").Set(Tag.SopInstanceUid, "1.2.3.4");

    // Some samples have no UIDs, and a file needs them.
    private static DicomDataSetBuilder Identified(DicomDataSet dataSet)
    {
        var builder = DicomDataSetBuilder.From(dataSet);
        return dataSet.GetUid(Tag.SopClassUid) is not null && dataSet.GetUid(Tag.SopInstanceUid) is not null
            ? builder
            : builder.Set(Tag.SopClassUid, "1.2").Set(Tag.SopInstanceUid, "1.2.3");
    }

    private static DicomFile Read(DicomDataSetBuilder built, string syntax = "1.2.840.10008.1.2.1") =>
        DicomFile.Read(DicomWriter.ToFile(built, TransferSyntax.Find(Uid.Parse(syntax))), Everything);

    // Places and lengths change where a file had undefined lengths.
    private static List<string> ListValues(DicomDataSet dataSet) =>
        [.. Listing.Of(dataSet).Select(line => System.Text.RegularExpressions.Regex.Replace(line, " @[0-9]+ [0-9]+", ""))];
}
