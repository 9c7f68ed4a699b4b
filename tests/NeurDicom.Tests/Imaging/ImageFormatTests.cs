using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class ImageFormatTests
{
    [Theory]
    [InlineData("image/jpeg", "Jpeg")]
    [InlineData("image/png", "Png")]
    [InlineData("*/*", "Jpeg")]
    [InlineData("image/*", "Jpeg")]
    [InlineData("image/png, image/jpeg", "Jpeg")]
    [InlineData("image/png, image/jpeg;q=0.9", "Png")]
    [InlineData("image/*;q=0.8, image/png", "Png")]
    [InlineData("image/jpeg;q=0, */*", "Png")]
    [InlineData("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "Jpeg")]
    [InlineData("application/json, */*;q=0.1", "Jpeg")]
    [InlineData("not a media type at all", "Jpeg")]
    public void The_accept_header_chooses(string accept, string expected) =>
        ImageFormats.Choose([accept], ImageFormat.Jpeg, ImageFormat.Png).ShouldBe(Enum.Parse<ImageFormat>(expected));

    [Theory]
    [InlineData("application/json")]
    [InlineData("image/webp")]
    [InlineData("image/jpeg;q=0, image/png;q=0")]
    public void What_takes_neither_gets_none(string accept) =>
        ImageFormats.Choose([accept], ImageFormat.Jpeg, ImageFormat.Png).ShouldBeNull();

    [Fact]
    public void Without_a_header_the_first_is_sent()
    {
        ImageFormats.Choose([], ImageFormat.Jpeg, ImageFormat.Png).ShouldBe(ImageFormat.Jpeg);
        ImageFormats.Choose(["*/*"], ImageFormat.Png).ShouldBe(ImageFormat.Png);
    }

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
