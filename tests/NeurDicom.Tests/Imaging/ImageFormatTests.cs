using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class ImageFormatTests
{
    [Theory]
    [InlineData("png", "Png")]
    [InlineData("JPEG", "Jpeg")]
    [InlineData("jpg", "Jpeg")]
    [InlineData("image/png", "Png")]
    public void A_format_is_read_from_a_url(string text, string expected) =>
        ImageFormats.Parse(text).ShouldBe(Enum.Parse<ImageFormat>(expected));

    [Theory]
    [InlineData("")]
    [InlineData("webp")]
    [InlineData("LUM_8")]
    public void An_unknown_format_is_none(string text) => ImageFormats.Parse(text).ShouldBeNull();
}
