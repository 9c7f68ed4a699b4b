using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class PictureSizeTests
{
    [Theory]
    [InlineData(512, 256, null, null, 512, 256)]
    [InlineData(512, 256, 128, null, 128, 64)]
    [InlineData(512, 256, null, 64, 128, 64)]
    [InlineData(512, 256, 100, 100, 100, 50)]
    [InlineData(65535, 1, 100, null, 100, 1)]
    [InlineData(512, 512, 1024, null, 1024, 1024)]
    [InlineData(512, 512, 65535, null, 4096, 4096)]
    [InlineData(8, 8, 65535, null, 64, 64)]
    [InlineData(6000, 3000, 8000, null, 6000, 3000)]
    public void A_picture_fits_and_keeps_its_shape(int columns, int rows, int? width, int? height, int expectedWidth, int expectedHeight) =>
        PictureSize.Fit(columns, rows, 1, width, height).ShouldBe(new(expectedWidth, expectedHeight));

    [Fact]
    public void Oblong_pixels_are_drawn_in_their_shape() =>
        PictureSize.Fit(100, 100, 2, 100, 100).ShouldBe(new(100, 50));

    [Fact]
    public void Without_a_wish_the_frame_stays_pixel_for_pixel() =>
        PictureSize.Fit(100, 100, 2, null, null).ShouldBe(new(100, 100));

    [Theory]
    [InlineData("PixelSpacing", "0.5\\1.0", 2)]
    [InlineData("ImagerPixelSpacing", "0.2\\0.1", 0.5)]
    [InlineData("PixelAspectRatio", "4\\3", 0.75)]
    [InlineData("PixelSpacing", "0\\1", 1)]
    [InlineData("PixelSpacing", "1", 1)]
    [InlineData("PixelSpacing", "1\\9999", 1)]
    public void The_shape_of_a_pixel_is_the_files(string keyword, string value, double expected)
    {
        var tag = keyword switch { "PixelSpacing" => Tag.PixelSpacing, "ImagerPixelSpacing" => Tag.ImagerPixelSpacing, _ => Tag.PixelAspectRatio };
        var file = new PictureFile().Text(tag, tag == Tag.PixelAspectRatio ? "IS" : "DS", value);

        PictureSize.ReadPixelWidth(DicomFile.Read(file.Write()).DataSet, 0).ShouldBe(expected);
    }
}
