using System.Net;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans")]
    [InlineData("zh", "zh-Hans")]
    [InlineData("ZH-TW", "zh-Hans")]
    [InlineData("fr, zh;q=0.5, en;q=0.4", "zh-Hans")]
    [InlineData("en-GB,en;q=0.9,zh;q=0.8", "en")]
    [InlineData("ru,de;q=0.5", "en")]
    [InlineData("zh;q=0, fr", "en")]
    [InlineData("*", "en")]
    [InlineData(";;;,=", "en")]
    public async Task The_language_is_what_the_browser_prefers(string accept, string tag)
    {
        await using var server = await ArchiveServer.StartAsync();

        (await server.PageAsync("/sign-in", ("Accept-Language", accept))).ShouldContain($"<html lang=\"{tag}\">");
    }

    [Fact]
    public async Task A_chosen_language_stays()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var chosen = await server.PostFormAsync("/language", new Dictionary<string, string> { ["language"] = "zh", ["next"] = "/upload" });
        var cookie = chosen.Header("Set-Cookie").Split(';')[0];

        chosen.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        chosen.Header("Location").ShouldBe("/upload");
        chosen.Header("Set-Cookie").ShouldContain("samesite=lax", Case.Insensitive);
        (await server.PageAsync("/upload", ("Cookie", cookie), ("Accept-Language", "en"))).ShouldContain("<h1>上传</h1>");
        (await server.PageAsync("/upload", ("Cookie", "neurdicom.language=<x>"))).ShouldContain("<h1>Upload</h1>");
    }

    [Fact]
    public async Task A_language_that_there_is_not_is_refused()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.PostFormAsync("/language", new Dictionary<string, string> { ["language"] = "xx" });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
