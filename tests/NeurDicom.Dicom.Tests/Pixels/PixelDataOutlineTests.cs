using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class PixelDataOutlineTests
{
    private static readonly TransferSyntax Rle = TransferSyntax.Find(Uid.Parse("1.2.840.10008.1.2.5"));

    [Fact]
    public void Native_pixels_are_measured()
    {
        var whole = new DataSetBytes().AddUInt16(Tag.Rows, 2).Add(Tag.PixelData, Vr.OW, new byte[100]).ToFile();

        Look(whole).ShouldBe(new PixelDataOutline(PixelDataState.Complete, 0, 100, whole.Length));
        Look(whole[..^1]).ShouldBe(new PixelDataOutline(PixelDataState.Truncated, 0, 99, whole.Length - 1));
        Look(whole[..^100]).ShouldBe(new PixelDataOutline(PixelDataState.Truncated, 0, 0, whole.Length - 100));
    }

    [Fact]
    public void Fragments_are_counted_and_not_read()
    {
        var file = new DataSetBytes(Rle).AddUInt16(Tag.Rows, 2).AddFragments(new byte[10], new byte[20]).ToFile();

        Look(file).ShouldBe(new PixelDataOutline(PixelDataState.Complete, 2, 30, file.Length));
        Look(file[..^8]).ShouldBe(new PixelDataOutline(PixelDataState.NotDelimited, 2, 30, file.Length - 8));
        Look(file[..^9]).State.ShouldBe(PixelDataState.Truncated);
        Look(file[..^20]).State.ShouldBe(PixelDataState.Truncated);
    }

    [Fact]
    public void More_fragments_than_the_limit_allows_are_not_walked_over()
    {
        var bytes = new DataSetBytes(Rle).AddUInt16(Tag.Rows, 2).AddFragments(new byte[10], new byte[20]).ToFile();
        var file = DicomFile.Read(bytes);

        PixelDataOutline.Read(bytes, file, new DicomLimits { Elements = 3 })!.State.ShouldBe(PixelDataState.Complete);
        Should.Throw<DicomFormatException>(() => PixelDataOutline.Read(bytes, file, new DicomLimits { Elements = 2 }))
            .IsLimit.ShouldBeTrue();
        Should.Throw<DicomFormatException>(() => DicomFile.Read(bytes, new DicomReadOptions
        {
            ReadPixelData = true,
            Limits = new DicomLimits { Elements = 3 },
        })).IsLimit.ShouldBeTrue();
    }

    [Fact]
    public void Pixels_that_are_no_fragments_are_told()
    {
        var file = new DataSetBytes(Rle).Header(Tag.PixelData, Vr.OW, uint.MaxValue).Raw(new byte[100]).ToFile();

        Look(file).State.ShouldBe(PixelDataState.NotFragments);
    }

    [Fact]
    public void Deflated_pixels_are_inflated_to_be_measured()
    {
        var random = new byte[10_000];
        new Random(1).NextBytes(random);
        var file = new DataSetBytes(TransferSyntax.DeflatedExplicitVrLittleEndian)
            .AddUInt16(Tag.Rows, 2).Add(Tag.PixelData, Vr.OW, random).ToFile();

        Look(file).State.ShouldBe(PixelDataState.Complete);
        Look(file[..^2000]).State.ShouldBe(PixelDataState.Truncated);
    }

    [Fact]
    public void A_file_without_pixels_has_no_outline()
    {
        var bytes = new DataSetBytes().AddUInt16(Tag.Rows, 2).ToFile();

        PixelDataOutline.Read(bytes, DicomFile.Read(bytes)).ShouldBeNull();
    }

    private static PixelDataOutline Look(byte[] bytes)
    {
        var file = DicomFile.Read(bytes);
        var outline = PixelDataOutline.Read(bytes, file)!;
        PixelDataOutline.Read(new MemoryStream(bytes), file).ShouldBe(outline);
        return outline;
    }
}
