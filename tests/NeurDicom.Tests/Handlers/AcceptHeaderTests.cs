using NeurDicom.Handlers;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Handlers;

public sealed class AcceptHeaderTests
{
    [Theory]
    [InlineData("image/jpeg", "image/jpeg")]
    [InlineData("image/png", "image/png")]
    [InlineData("*/*", "image/jpeg")]
    [InlineData("image/*", "image/jpeg")]
    [InlineData("image/png, image/jpeg", "image/jpeg")]
    [InlineData("image/png, image/jpeg;q=0.9", "image/png")]
    [InlineData("image/*;q=0.8, image/png", "image/png")]
    [InlineData("image/jpeg;q=0, */*", "image/png")]
    [InlineData("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "image/jpeg")]
    [InlineData("application/json, */*;q=0.1", "image/jpeg")]
    [InlineData("not a media type at all", "image/jpeg")]
    public void The_accept_header_chooses(string accept, string expected) =>
        AcceptHeader.Choose(accept, "image/jpeg", "image/png").ShouldBe(expected);

    [Theory]
    [InlineData("application/json")]
    [InlineData("image/webp")]
    [InlineData("image/jpeg;q=0, image/png;q=0")]
    public void What_takes_neither_gets_none(string accept) =>
        AcceptHeader.Choose(accept, "image/jpeg", "image/png").ShouldBeNull();

    [Fact]
    public void Without_a_header_the_first_is_sent()
    {
        AcceptHeader.Choose(default, "image/jpeg", "image/png").ShouldBe("image/jpeg");
        AcceptHeader.Choose("*/*", "image/png").ShouldBe("image/png");
    }
}
