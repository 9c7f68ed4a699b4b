using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class PngWriterTests
{
    [Theory]
    [InlineData(1, 1, 8)]
    [InlineData(3, 5, 8)]
    [InlineData(512, 512, 8)]
    [InlineData(1, 1, 16)]
    [InlineData(7, 3, 16)]
    [InlineData(333, 200, 16)]
    [InlineData(70_000, 2, 8)]
    public void A_picture_is_read_back_as_it_was_written(int width, int height, int bitDepth)
    {
        var pixels = new byte[width * height * bitDepth / 8];
        for (var index = 0; index < pixels.Length; index++)
            pixels[index] = (byte)(index * 7 + index / width * 3);

        using var png = PngWriter.Encode(pixels, width, height, bitDepth);

        var picture = PngPicture.Read(png.Bytes.Span);
        (picture.Width, picture.Height, picture.BitDepth).ShouldBe((width, height, bitDepth));
        picture.Samples.ShouldBe(pixels);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void A_picture_in_colour_is_read_back_as_it_was_written(int bitDepth)
    {
        var pixels = new byte[33 * 17 * 3 * bitDepth / 8];
        new Random(7).NextBytes(pixels);

        using var png = PngWriter.Encode(pixels, 33, 17, bitDepth, channels: 3);

        var picture = PngPicture.Read(png.Bytes.Span);
        (picture.Width, picture.Height, picture.BitDepth, picture.Channels).ShouldBe((33, 17, bitDepth, 3));
        picture.Samples.ShouldBe(pixels);
    }

    [Fact]
    public void Noise_that_deflate_cannot_shrink_fits_the_buffer()
    {
        var pixels = new byte[1000 * 1000];
        new Random(20260101).NextBytes(pixels);

        using var png = PngWriter.Encode(pixels, 1000, 1000, 8);

        PngPicture.Read(png.Bytes.Span).Samples.ShouldBe(pixels);
    }

    [Fact]
    public void Pixels_that_do_not_fill_the_picture_are_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => PngWriter.Encode(new byte[11], 4, 3, 8));
}
