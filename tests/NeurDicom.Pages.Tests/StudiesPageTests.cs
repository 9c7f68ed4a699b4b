using System.Net;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

public sealed partial class StudiesPageTests
{
    [Fact]
    public async Task An_empty_archive_says_how_to_begin()
    {
        await using var server = await ArchiveServer.StartAsync();

        var page = await server.PageAsync("/");

        page.ShouldContain("The archive is empty");
        page.ShouldContain("href=\"/upload\"");
    }

    [Fact]
    public async Task Studies_are_listed_with_patient_picture_and_counts()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(3));

        var page = await server.PageAsync("/");

        page.ShouldContain("XiaoDong Wang (王 小东)");
        page.ShouldContain("ID-5001");
        page.ShouldContain("2026-01-31");
        page.ShouldContain("09:05");
        page.ShouldContain("Head plain 头部平扫");
        page.ShouldContain("src=\"/api/studies/1/thumbnail\"");
        page.ShouldContain("1 study");
        TitleOf(page).ShouldBe("Studies · NeurDICOM");
    }

    [Theory]
    [InlineData("name=wang", 1)]
    [InlineData("name=xiaodong+WANG", 1)]
    [InlineData("name=王小", 0)]
    [InlineData("name=小东", 1)]
    [InlineData("name=Wang%2C+Xiao", 1)]
    [InlineData("name=w*g", 0)]
    [InlineData("name=w*g*", 1)]
    [InlineData("name=wang+carla", 0)]
    [InlineData("id=ID-50", 4)]
    [InlineData("id=5001", 0)]
    [InlineData("id=*01", 1)]
    [InlineData("modality=ct", 1)]
    [InlineData("modality=XX", 0)]
    [InlineData("accession=A5002", 1)]
    [InlineData("description=平扫+head", 4)]
    [InlineData("description=feet", 0)]
    [InlineData("from=2026-01-31&to=2026-01-31", 4)]
    [InlineData("from=2026-02-01", 0)]
    [InlineData("to=2026-01-30", 0)]
    [InlineData("from=2026-01-01&to=2026-12-31&modality=us&name=clip", 1)]
    [InlineData("name=%25", 0)]
    [InlineData("name=%5B", 0)]
    public async Task The_form_finds_what_a_person_types(string query, int found)
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(
            [.. SampleStudies.Ct(1), SampleStudies.Clip(), SampleStudies.Report(), .. SampleStudies.Ct(1, "Müller^Jörg", "2.25.5005")]);

        var page = await server.PageAsync("/?" + query.Replace("modality=ct", "modality=ct&name=wang", StringComparison.Ordinal));

        StudyLinks().Count(page).ShouldBe(found);
        if (found == 0)
            page.ShouldContain("No study is like that");
    }

    [Fact]
    public async Task Pages_follow_one_another_and_keep_the_search()
    {
        await using var server = await ArchiveServer.StartAsync();
        for (var study = 0; study < 30; study++)
            await server.StoreAllAsync(SampleStudies.Ct(1, uid: $"2.25.{6000 + study}"));

        var first = await server.PageAsync("/?name=wang&order=-id");
        var next = WebUtility.HtmlDecode(NextLink().Match(first).Groups[1].Value);
        var second = await server.PageAsync(next);

        next.ShouldStartWith("/?name=wang&order=-id&after=");
        StudyLinks().Matches(first).Concat(StudyLinks().Matches(second)).Select(match => match.Value).Distinct().Count().ShouldBe(30);
        NextLink().IsMatch(second).ShouldBeFalse();
        second.ShouldContain("First page");
    }

    [Fact]
    public async Task A_date_that_is_none_is_told_at_its_field()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.GetPageAsync("/?from=yesterday");
        var page = await response.TextAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        page.ShouldContain("aria-describedby=\"from-problem\"");
        page.ShouldContain("value=\"yesterday\"");
    }

    [Theory]
    [InlineData("/?after=nonsense")]
    [InlineData("/?after=%00")]
    public async Task A_place_that_is_none_is_refused(string path)
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.GetPageAsync(path);

        response.StatusCode.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.OK);
        (await response.TextAsync()).ShouldContain("<h1>");
    }

    [Fact]
    public async Task What_was_searched_for_is_not_logged()
    {
        await using var server = await ArchiveServer.StartAsync();

        _ = await server.PageAsync("/?name=Geheimrat");

        server.LogText.ShouldNotContain("Geheimrat");
    }

    private static string TitleOf(string page) => Regex.Match(page, "<title>(.*?)</title>").Groups[1].Value;

    [GeneratedRegex("href=\"/studies/[0-9]+\"")]
    private static partial Regex StudyLinks();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex NextLink();
}
