using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class DicomDataSetTests
{
    private static readonly Tag First = new(0x00091010);

    [Theory]
    [InlineData(Vr.US, new byte[] { 1, 2 }, 513L, 258L)]
    [InlineData(Vr.SS, new byte[] { 0xFE, 0xFF }, -2L, -257L)]
    [InlineData(Vr.UL, new byte[] { 1, 0, 0, 0x80 }, 0x80000001L, 0x01000080L)]
    [InlineData(Vr.SL, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }, -1L, -1L)]
    [InlineData(Vr.SV, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, -2L, -72057594037927937L)]
    [InlineData(Vr.UV, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0 }, 1L, 72057594037927936L)]
    [InlineData(Vr.FL, new byte[] { 0, 0, 0x40, 0x40 }, 3L, null)]
    public void Binary_numbers_are_read_in_both_byte_orders(Vr vr, byte[] value, long little, long? big)
    {
        Read(TransferSyntax.ExplicitVrLittleEndian, vr, value).GetInt64(First).ShouldBe(little);
        if (big is { } expected)
            Read(TransferSyntax.ExplicitVrBigEndian, vr, value).GetInt64(First).ShouldBe(expected);
    }

    [Theory]
    [InlineData(Vr.IS, "12\\-3 \\ 4", new[] { 12.0, -3, 4 })]
    [InlineData(Vr.DS, "1.5\\-2e3\\ .25 ", new[] { 1.5, -2000, 0.25 })]
    [InlineData(Vr.DS, "1.5\\x", new double[0])]
    [InlineData(Vr.DS, "NaN", new double[0])]
    [InlineData(Vr.DS, "1e999", new double[0])]
    [InlineData(Vr.DS, "", new double[0])]
    public void Numbers_in_text_are_read_with_their_multiplicity(Vr vr, string text, double[] expected) =>
        Read(vr, text).GetDoubles(First).ShouldBe(expected);

    [Fact]
    public void A_number_that_is_none_is_null()
    {
        Read(Vr.IS, "1A").GetInt32(First).ShouldBeNull();
        Read(Vr.IS, "5000000000").GetInt32(First).ShouldBeNull();
        Read(Vr.DS, "1.5").GetInt32(First).ShouldBeNull();
        Read(Vr.LO, "1").GetInt32(First).ShouldBeNull();
        Read(Vr.IS, "1").GetInt32(First, 1).ShouldBeNull();
        Read(Vr.IS, "1").GetInt32(Tag.Rows).ShouldBeNull();
    }

    [Fact]
    public void A_tag_is_a_value_too()
    {
        Read(TransferSyntax.ExplicitVrLittleEndian, Vr.AT, [0x10, 0, 0x20, 0, 0x28, 0, 0x30, 0]).TryGet(First, out var element);

        element.ValueCount.ShouldBe(2);
        element.TryGetTag(1, out var tag).ShouldBeTrue();
        tag.ShouldBe(Tag.PixelSpacing);
        element.TryGetTag(2, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Vr.LO, " a \\ b ", "a\\b")]
    [InlineData(Vr.LT, " a \\ b ", " a \\ b")]
    [InlineData(Vr.UI, "1.2.3\0", "1.2.3")]
    [InlineData(Vr.SH, "   ", null)]
    public void Padding_is_no_part_of_a_text(Vr vr, string text, string? expected) => Read(vr, text).GetString(First).ShouldBe(expected);

    [Fact]
    public void Values_of_a_text_are_split()
    {
        Read(Vr.CS, "A\\\\ C").GetStrings(First).ShouldBe(["A", "", "C"]);
        Read(Vr.ST, "A\\B").GetStrings(First).ShouldBe(["A\\B"]);
        Read(Vr.CS, "").GetStrings(First).ShouldBeEmpty();
    }

    [Fact]
    public void Items_have_the_character_set_around_them_or_their_own()
    {
        var bytes = new DataSetBytes()
            .Add(Tag.SpecificCharacterSet, Vr.CS, "ISO_IR 144")
            .AddSequence(
                Tag.RequestAttributesSequence,
                false,
                item => item.Add(Tag.PatientComments, Vr.LT, [0xB0, 0xB1]),
                item => item.Add(Tag.SpecificCharacterSet, Vr.CS, "ISO_IR 100").Add(Tag.PatientComments, Vr.LT, [0xE4, 0x20]))
            .ToArray();

        var items = DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian).GetSequence(Tag.RequestAttributesSequence);

        items[0].GetString(Tag.PatientComments).ShouldBe("АБ");
        items[1].GetString(Tag.PatientComments).ShouldBe("ä");
        items[0].Parent.ShouldBe(items[1].Parent);
    }

    [Fact]
    public void Private_elements_of_implicit_data_have_the_vr_of_their_creator()
    {
        var bytes = new DataSetBytes(TransferSyntax.ImplicitVrLittleEndian)
            .Add(new Tag(0x00290010), Vr.LO, "SIEMENS CSA HEADER")
            .Add(new Tag(0x00290011), Vr.LO, "NOBODY")
            .Add(new Tag(0x00291008), Vr.CS, "IMAGE NUM 4")
            .Add(new Tag(0x00291108), Vr.CS, "IMAGE NUM 4")
            .ToArray();

        var dataSet = DicomDataSet.Read(bytes, TransferSyntax.ImplicitVrLittleEndian);

        dataSet.TryGetPrivate("SIEMENS CSA HEADER", 0x0029, 0x08, out var known).ShouldBeTrue();
        known.Vr.ShouldBe(Vr.CS);
        known.PrivateCreator.ShouldBe("SIEMENS CSA HEADER");
        known.Name.ShouldBe("CSA Image Header Type");
        dataSet.TryGetPrivate("NOBODY", 0x0029, 0x08, out var unknown).ShouldBeTrue();
        unknown.Vr.ShouldBe(Vr.UN);
    }

    [Theory]
    [InlineData(0, Vr.US, 65535)]
    [InlineData(1, Vr.SS, -1)]
    public void Pixel_representation_tells_us_from_ss(ushort representation, Vr vr, int value)
    {
        var bytes = new DataSetBytes(TransferSyntax.ImplicitVrLittleEndian)
            .AddSequence(Tag.ModalityLUTSequence, false, item => item.Add(Tag.SmallestImagePixelValue, Vr.US, [0xFF, 0xFF]))
            .AddUInt16(Tag.PixelRepresentation, representation)
            .ToArray();

        var dataSet = DicomDataSet.Read(bytes, TransferSyntax.ImplicitVrLittleEndian);
        dataSet.GetSequence(Tag.ModalityLUTSequence)[0].TryGet(Tag.SmallestImagePixelValue, out var element);

        element.Vr.ShouldBe(vr);
        element.DataSet.GetInt32(element.Tag).ShouldBe(value);
    }

    [Fact]
    public void A_public_element_written_as_un_is_read_by_the_dictionary()
    {
        var items = new DataSetBytes(TransferSyntax.ImplicitVrLittleEndian)
            .Raw(Tag.Item, 10).Add(Tag.CodeValue, Vr.SH, "12")
            .ToArray();
        var bytes = new DataSetBytes()
            .Add(Tag.ProcedureCodeSequence, Vr.UN, items)
            .Add(Tag.ReferencedStudySequence, Vr.UN, [1, 2, 3, 4])
            .Add(Tag.PatientName, Vr.UN, "A^B")
            .Add(Tag.Rows, Vr.UN, [1, 2])
            .Add(Tag.Columns, Vr.UN, [1, 2, 3, 4, 5, 6, 7])
            .ToArray();

        var dataSet = DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian);

        dataSet.GetSequence(Tag.ProcedureCodeSequence).Single().GetString(Tag.CodeValue).ShouldBe("12");
        dataSet.GetSequence(Tag.ReferencedStudySequence).ShouldBeEmpty();
        dataSet.GetBytes(Tag.ReferencedStudySequence).Length.ShouldBe(4);
        dataSet.GetString(Tag.PatientName).ShouldBe("A^B");
        dataSet.GetInt32(Tag.Rows).ShouldBe(513);
        dataSet.GetInt32(Tag.Columns).ShouldBeNull();
    }

    [Fact]
    public void Of_two_elements_with_one_tag_the_first_counts()
    {
        var bytes = new DataSetBytes().Add(Tag.Modality, Vr.CS, "MR").Add(Tag.Modality, Vr.CS, "CT").ToArray();

        DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian).GetString(Tag.Modality).ShouldBe("MR");
    }

    [Fact]
    public void Lengths_of_groups_are_elements_like_others()
    {
        var bytes = new DataSetBytes()
            .Add(new Tag(0x00080000), Vr.UL, [10, 0, 0, 0])
            .Add(Tag.Modality, Vr.CS, "MR")
            .ToArray();

        var dataSet = DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian);

        dataSet.GetInt32(new Tag(0x00080000)).ShouldBe(10);
        dataSet.Elements.First().Name.ShouldBe("Generic Group Length");
    }

    private static DicomDataSet Read(Vr vr, string text) => DicomDataSet.Read(
        new DataSetBytes().Add(First, vr, text).ToArray(),
        TransferSyntax.ExplicitVrLittleEndian);

    private static DicomDataSet Read(TransferSyntax syntax, Vr vr, byte[] value) =>
        DicomDataSet.Read(new DataSetBytes(syntax).Add(First, vr, value).ToArray(), syntax);
}
