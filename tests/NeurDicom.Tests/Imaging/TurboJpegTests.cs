using System.Buffers;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class TurboJpegTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    [InlineData(17, 31)]
    [InlineData(640, 480)]
    public void A_picture_comes_back_nearly_as_it_was(int width, int height)
    {
        var jpeg = LoadOrSkip();
        var pixels = new byte[width * height];
        for (var index = 0; index < pixels.Length; index++)
            pixels[index] = (byte)(127 + 100 * Math.Sin(index % width / 40.0) * Math.Cos(index / width / 30.0));

        using var image = jpeg.Encode(pixels, width, height, 95);

        var picture = JpegPicture.Read(image.Bytes.Span);
        (picture.Width, picture.Height).ShouldBe((width, height));
        picture.LargestDifference(pixels).ShouldBeLessThanOrEqualTo(6);
    }

    [Fact]
    public void A_higher_quality_takes_more_bytes()
    {
        var jpeg = LoadOrSkip();
        var pixels = new byte[256 * 256];
        new Random(1).NextBytes(pixels);

        using var low = jpeg.Encode(pixels, 256, 256, 10);
        using var high = jpeg.Encode(pixels, 256, 256, 100);

        high.Bytes.Length.ShouldBeGreaterThan(2 * low.Bytes.Length);
        high.Bytes.Span[..2].ToArray().ShouldBe(new byte[] { 0xFF, 0xD8 });
    }

    [Fact]
    public void A_library_that_is_absent_gives_null() => TurboJpeg.Load(["libno-such-turbojpeg.so.0"]).ShouldBeNull();

    [Fact]
    public void A_library_without_the_interface_gives_null() => TurboJpeg.Load(["libc.so.6"]).ShouldBeNull();

    [Fact]
    public void A_picture_is_given_back_once()
    {
        var image = new EncodedImage(ArrayPool<byte>.Shared.Rent(16), 4);

        image.Dispose();
        image.Dispose();

        Should.Throw<ObjectDisposedException>(() => image.Bytes);
    }

    private static TurboJpeg LoadOrSkip()
    {
        var jpeg = TurboJpeg.Load();
        Assert.SkipWhen(jpeg is null, "libjpeg-turbo (Debian: libturbojpeg0) is not installed: JPEG is not tested.");
        return jpeg!; // Skipped above when null.
    }
}
