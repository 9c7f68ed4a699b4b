using System.IO.Compression;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class DicomFileTests
{
    private const string Implicit = "1.2.840.10008.1.2";
    private const string Explicit = "1.2.840.10008.1.2.1";
    private const string BigEndian = "1.2.840.10008.1.2.2";

    [Theory]
    [InlineData(Implicit)]
    [InlineData(Explicit)]
    [InlineData(BigEndian)]
    public void A_bare_data_set_is_recognised(string syntax)
    {
        var bytes = Small(syntax).ToArray();

        var file = DicomFile.Read(bytes);

        file.IsPart10.ShouldBeFalse();
        file.Meta.IsEmpty.ShouldBeTrue();
        file.Encoding.Uid.Value.ShouldBe(syntax);
        file.DataSet.GetInt32(Tag.Rows).ShouldBe(2);
        file.Warnings.Single().Message.ShouldBe("The file has no preamble and no prefix DICM");
    }

    [Theory]
    [InlineData(Explicit, Implicit)]
    [InlineData(Explicit, BigEndian)]
    [InlineData(Implicit, Explicit)]
    [InlineData(BigEndian, Explicit)]
    [InlineData(BigEndian, Implicit)]
    public void A_wrong_transfer_syntax_is_found_out(string declared, string actual)
    {
        var head = new DataSetBytes(Find(declared)).ToFile();

        var file = DicomFile.Read((byte[])[.. head, .. Small(actual).ToArray()]);

        file.TransferSyntax.Uid.Value.ShouldBe(declared);
        file.Encoding.Uid.Value.ShouldBe(actual);
        file.DataSet.GetInt32(Tag.Rows).ShouldBe(2);
        file.Warnings.ShouldContain(warning => warning.Message.StartsWith("The data set is not in the declared encoding"));
    }

    [Fact]
    public void Meta_information_without_vrs_is_read()
    {
        byte[] bytes =
        [
            .. new byte[128], .. "DICM"u8,
            .. new DataSetBytes(Find(Implicit)).Add(Tag.TransferSyntaxUid, Vr.UI, Explicit).ToArray(),
            .. Small(Explicit).ToArray(),
        ];

        var file = DicomFile.Read(bytes);

        file.Meta.GetUid(Tag.TransferSyntaxUid)!.Value.Value.ShouldBe(Explicit);
        file.DataSet.GetInt32(Tag.Rows).ShouldBe(2);
    }

    [Fact]
    public void A_prefix_without_preamble_is_read()
    {
        var file = DicomFile.Read(Small(Explicit).ToFile().AsMemory(128));

        file.IsPart10.ShouldBeTrue();
        file.DataSet.GetInt32(Tag.Rows).ShouldBe(2);
    }

    [Fact]
    public void Meta_information_is_apart_from_the_data_set()
    {
        var file = DicomFile.Read(Small(Explicit).ToFile());

        file.Meta.Elements.Select(element => element.Tag.Group).ShouldAllBe(group => group == 2);
        file.DataSet.Elements.Select(element => element.Tag.Group).ShouldAllBe(group => group > 2);
        file.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(5000)]
    public void Zero_bytes_behind_a_data_set_are_padding(int count)
    {
        var bytes = Small(Explicit).Raw(new byte[count]).ToFile();

        var file = DicomFile.Read(bytes);

        file.DataSet.GetInt32(Tag.Columns).ShouldBe(3);
        file.Warnings.Single().Message.ShouldBe("Zero bytes follow the data set");
    }

    [Theory]
    [InlineData("cs", Vr.CS, "The VR is in lower case")]
    [InlineData("  ", Vr.CS, "The VR is not one of the standard")]
    [InlineData("\0\0", Vr.CS, "The VR is not one of the standard")]
    [InlineData("ZZ", Vr.CS, "The VR is not one of the standard")]
    [InlineData("??", Vr.CS, "The VR is not one of the standard")]
    public void An_odd_vr_is_read_by_the_dictionary(string letters, Vr expected, string warning)
    {
        var bytes = new DataSetBytes()
            .Add(Tag.StudyDate, Vr.DA, "20200101")
            .Add(Tag.Modality, (Vr)(letters[0] | (letters[1] << 8)), "MR")
            .Add(Tag.PatientID, Vr.LO, "1")
            .ToFile();

        var file = DicomFile.Read(bytes);

        file.DataSet.TryGet(Tag.Modality, out var element).ShouldBeTrue();
        element.Vr.ShouldBe(expected);
        element.GetString().ShouldBe("MR");
        file.DataSet.GetString(Tag.PatientID).ShouldBe("1");
        file.Warnings.Single().Message.ShouldBe(warning);
    }

    [Fact]
    public void A_vr_of_a_later_edition_has_the_long_form()
    {
        // PS3.5 7.1.2: VRs that are yet to come have 32-bit lengths.
        var bytes = new DataSetBytes()
            .Raw(0x09, 0, 0x10, 0x10, (byte)'Q', (byte)'Q', 0, 0, 4, 0, 0, 0, 1, 2, 3, 4)
            .Add(Tag.PatientID, Vr.LO, "1")
            .ToArray();

        var dataSet = DicomDataSet.Read(bytes, Find(Explicit));

        dataSet.GetBytes(new Tag(0x00091010)).Length.ShouldBe(4);
        dataSet.GetString(Tag.PatientID).ShouldBe("1");
    }

    [Fact]
    public void An_implicit_element_among_explicit_ones_is_read()
    {
        var implicitElement = new DataSetBytes(Find(Implicit)).Add(Tag.PatientName, Vr.PN, "A^B").ToArray();
        var bytes = new DataSetBytes().Add(Tag.Modality, Vr.CS, "MR").Raw(implicitElement).Add(Tag.PatientID, Vr.LO, "1").ToArray();

        var dataSet = DicomDataSet.Read(bytes, Find(Explicit));

        dataSet.GetString(Tag.PatientName).ShouldBe("A^B");
        dataSet.GetString(Tag.PatientID).ShouldBe("1");
    }

    [Fact]
    public void Errors_tell_the_place()
    {
        var bytes = new DataSetBytes().Add(Tag.Modality, Vr.CS, "MR").Header(Tag.PatientID, Vr.LO, 60000).ToArray();

        var error = Should.Throw<DicomFormatException>(() => DicomDataSet.Read(bytes, Find(Explicit)));

        error.Position.ShouldBe(10);
        error.Tag.ShouldBe(Tag.PatientID);
        error.Message.ShouldBe("The value is longer than the file (element (0010,0020) at byte 10)");
    }

    [Fact]
    public void Deflated_data_are_read_also_inside_a_zlib_frame()
    {
        var deflated = new DataSetBytes(Find("1.2.840.10008.1.2.1.99")).ToFile().AsSpan();
        var head = deflated[..^DataSetBytes.Deflate([]).Length].ToArray();
        var zlib = new MemoryStream();
        using (var stream = new ZLibStream(zlib, CompressionLevel.Optimal, leaveOpen: true))
            stream.Write(Small(Explicit).ToArray());

        DicomFile.Read((byte[])[.. head, .. DataSetBytes.Deflate(Small(Explicit).ToArray())]).DataSet.GetInt32(Tag.Rows).ShouldBe(2);
        DicomFile.Read((byte[])[.. head, .. zlib.ToArray()]).DataSet.GetInt32(Tag.Rows).ShouldBe(2);
    }

    [Fact]
    public void A_deflate_bomb_is_refused_before_it_grows()
    {
        var dataSet = new DataSetBytes(Find("1.2.840.10008.1.2.1.99")).Add(new Tag(0x00091010), Vr.OB, new byte[100_000_000]);
        var bytes = dataSet.ToFile();
        Should.Throw<DicomFormatException>(() => DicomFile.Read(bytes));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Should.Throw<DicomFormatException>(() => DicomFile.Read(new MemoryStream(bytes)));

        error.Problem.ShouldBe("The deflated data set inflates to more than the limit allows");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Long_values_of_a_stream_are_passed_over(bool canSeek)
    {
        var bytes = new DataSetBytes()
            .Add(new Tag(0x00091010), Vr.OB, new byte[200_000])
            .Add(Tag.PatientID, Vr.LO, "1")
            .Add(new Tag(0x00111010), Vr.OB, new byte[66_000])
            .AddUInt16(Tag.Rows, 2)
            .ToFile();
        Stream stream = canSeek ? new MemoryStream(bytes) : new TrickleStream(bytes, 1000);
        var whole = DicomFile.Read(bytes);

        var file = DicomFile.Read(stream);

        file.DataSet.TryGet(new Tag(0x00091010), out var deferred).ShouldBeTrue();
        deferred.IsDeferred.ShouldBeTrue();
        deferred.Length.ShouldBe(200_000u);
        deferred.Value.IsEmpty.ShouldBeTrue();
        file.DataSet.GetString(Tag.PatientID).ShouldBe("1");
        file.DataSet.GetInt32(Tag.Rows).ShouldBe(2);
        file.DataSet.Elements.Select(element => element.ValuePosition)
            .ShouldBe(whole.DataSet.Elements.Select(element => element.ValuePosition));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_film_of_small_fragments_is_not_kept(bool canSeek)
    {
        var fragments = Enumerable.Range(0, 3000).Select(_ => new byte[1000]).ToArray();
        var bytes = new DataSetBytes(Find("1.2.840.10008.1.2.4.50"))
            .Add(Tag.PatientID, Vr.LO, "1")
            .AddFragments(fragments)
            .Add(new Tag(0x7FE11010), Vr.LO, "behind")
            .ToFile();
        var options = new DicomReadOptions { ReadPixelData = true };

        var file = DicomFile.Read(canSeek ? new MemoryStream(bytes) : new TrickleStream(bytes, 5000), options);

        file.DataSet.Table.Bytes.Length.ShouldBeLessThan(110_000);
        file.DataSet.TryGet(Tag.PixelData, out var pixels).ShouldBeTrue();
        pixels.Fragments.Count.ShouldBe(3001);
        file.DataSet.GetString(new Tag(0x7FE11010)).ShouldBe("behind");
        file.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void The_header_has_a_limit()
    {
        var dataSet = new DataSetBytes();
        for (uint i = 0; i < 200; i++)
            dataSet.Add(new Tag(0x00091000 + i), Vr.OB, new byte[10_000]);
        var options = new DicomReadOptions { Limits = new DicomLimits { HeaderBytes = 1 << 20 } };

        var error = Should.Throw<DicomFormatException>(() => DicomFile.Read(new MemoryStream(dataSet.ToFile()), options));

        error.Problem.ShouldBe("The elements before the pixel data are longer than the limit allows");
    }

    [Fact]
    public void Reading_ends_where_the_pixels_begin()
    {
        var bytes = Small(Explicit).Header(Tag.PixelData, Vr.OW, 0x7FFFFFF0).ToFile();

        var file = DicomFile.Read(bytes);

        file.PixelDataPosition.ShouldBe(bytes.Length - 12);
        file.PixelData!.Value.Length.ShouldBe(0x7FFFFFF0u);
        file.DataSet.Contains(Tag.PixelData).ShouldBeFalse();
    }

    private static TransferSyntax Find(string uid) => TransferSyntax.Find(Uid.Parse(uid));

    private static DataSetBytes Small(string syntax) => new DataSetBytes(Find(syntax))
        .Add(Tag.Modality, Vr.CS, "MR")
        .Add(Tag.PatientID, Vr.LO, "1")
        .AddUInt16(Tag.Rows, 2)
        .AddUInt16(Tag.Columns, 3);
}
