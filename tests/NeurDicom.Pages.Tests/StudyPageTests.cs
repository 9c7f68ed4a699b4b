using System.Net;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

/// <summary>A study, its series, their images and tags, and how they go.</summary>
public sealed class StudyPageTests
{
    [Fact]
    public async Task A_study_shows_its_patient_and_its_series()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(3));

        var page = await server.PageAsync("/studies/1");

        page.ShouldContain("<h1><bdi>XiaoDong Wang (王 小东)</bdi></h1>");
        page.ShouldContain("1970-01-02");
        page.ShouldContain("female");
        page.ShouldContain("href=\"/series/1\"");
        page.ShouldContain("src=\"/api/series/1/thumbnail\"");
        page.ShouldContain("3 images");
        page.ShouldContain("href=\"/api/studies/1/archive\"");
        page.ShouldContain("2.25.5001.1");
    }

    [Fact]
    public async Task A_series_steps_through_its_images_without_a_script()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(3));

        var first = await server.PageAsync("/series/1");
        var second = await server.PageAsync("/series/1?image=2&window=auto");
        var last = await server.PageAsync("/series/1?image=3");

        first.ShouldContain("src=\"/api/instances/1/image?frame=1&amp;width=96&amp;height=96\"");
        first.ShouldContain("alt=\"Image 1 of 3\"");
        first.ShouldContain("<a class=\"button\" role=\"link\" aria-disabled=\"true\" data-part=\"prev\"");
        first.ShouldContain("href=\"/series/1?image=2\" data-part=\"next\"");
        first.ShouldContain("data-images=\"1-3\"");
        second.ShouldContain("src=\"/api/instances/2/image?frame=1&amp;width=96&amp;height=96&amp;window=auto\"");
        second.ShouldContain("href=\"/series/1?image=1&amp;window=auto\" data-part=\"prev\"");
        second.ShouldContain("href=\"/series/1?image=3&amp;window=auto\" data-part=\"next\"");
        second.ShouldContain("href=\"/series/1?image=2&amp;window=40%2C400\"");
        last.ShouldContain("aria-disabled=\"true\" data-part=\"next\"");
    }

    [Fact]
    public async Task A_clip_steps_through_its_frames()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync([SampleStudies.Clip(4)]);

        var page = await server.PageAsync("/series/1?frame=2");

        page.ShouldContain("src=\"/api/instances/1/image?frame=2&amp;width=96&amp;height=96\"");
        page.ShouldContain("Image 1 of 1, frame 2 of 4");
        page.ShouldContain("href=\"/series/1?image=1\" data-part=\"prev\"");
        page.ShouldContain("href=\"/series/1?image=1&amp;frame=3\" data-part=\"next\"");
        page.ShouldContain("href=\"/series/1?image=1&amp;frame=4\" data-part=\"last\"");
        page.ShouldContain("data-images=\"1:4\"");
    }

    [Fact]
    public async Task A_file_without_a_picture_says_so()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync([SampleStudies.Report()]);

        var page = await server.PageAsync("/series/1");

        page.ShouldContain("There is no picture in this file.");
        page.ShouldNotContain("data-part=\"picture\"");
        page.ShouldNotContain("class=\"presets\"");
        page.ShouldContain("href=\"/instances/1/tags\"");
    }

    [Fact]
    public async Task Tags_are_a_table()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(
        [
            SampleStudies.Named("Tag^Tina", "2.25.5009")
                .Sequence(new Dicom.Tag(0x0008_1140), item => item.Text(new Dicom.Tag(0x0008_1155), "UI", "1.2.3"))
                .Text(new Dicom.Tag(0x0009_0010), "LO", "ACME <b>").Pixels(new int[64]).Write(),
        ]);

        var page = await server.PageAsync("/instances/1/tags");

        page.ShouldContain("(0010,0010)");
        page.ShouldContain("Patient&#x27;s Name");
        page.ShouldContain("Tag^Tina");
        page.ShouldContain("› (0008,1155)");
        page.ShouldContain("ACME &lt;b&gt;");
        page.ShouldContain("href=\"/series/1?image=1\"");
    }

    [Fact]
    public async Task Nothing_is_deleted_before_it_is_confirmed()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(2));

        var question = await server.PageAsync("/studies/1/delete");
        var still = await server.PageAsync("/studies/1");
        using var done = await server.PostFormAsync("/studies/1/delete", []);
        using var after = await server.GetPageAsync("/studies/1");
        using var again = await server.PostFormAsync("/studies/1/delete", []);

        question.ShouldContain("XiaoDong Wang");
        question.ShouldContain("2 images");
        question.ShouldContain("<form method=\"post\" action=\"/studies/1/delete\">");
        still.ShouldContain("2 images");
        done.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        done.Header("Location").ShouldBe("/");
        after.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_series_goes_and_its_study_stays_while_it_has_others()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(
        [
            .. SampleStudies.Ct(1),
            SampleStudies.Named("Wang^XiaoDong", "2.25.5001").Text(Dicom.Tag.SeriesInstanceUid, "UI", "2.25.5001.3").Pixels(new int[64]).Write(),
        ]);

        using var one = await server.PostFormAsync("/series/1/delete", []);
        using var other = await server.PostFormAsync("/series/2/delete", []);

        one.Header("Location").ShouldBe("/studies/1");
        other.Header("Location").ShouldBe("/");
        (await server.PageAsync("/")).ShouldContain("The archive is empty");
    }

    [Fact]
    public async Task A_thumbnail_is_the_image_in_the_middle_and_sent_once()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(5));

        using var study = await server.GetAsync("/api/studies/1/thumbnail");
        using var series = await server.GetAsync("/api/series/1/thumbnail");
        using var again = await server.GetAsync("/api/series/1/thumbnail", ("If-None-Match", series.Header("ETag")));
        var sha = (await server.GetJsonAsync("/api/instances/3"))["sha256"]!.ToString();

        study.Content.Headers.ContentType!.MediaType.ShouldBeOneOf("image/jpeg", "image/png");
        study.Header("ETag").ShouldBe(series.Header("ETag"));
        series.Header("ETag").ShouldContain(sha[..32]);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task What_cannot_be_drawn_has_a_placeholder_that_says_why()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync([SampleStudies.Report(), SampleStudies.Hostile()]);

        using var report = await server.GetAsync("/api/series/1/thumbnail");
        var hostile = await server.Http.GetStringAsync("/api/series/2/thumbnail", TestContext.Current.CancellationToken);

        report.StatusCode.ShouldBe(HttpStatusCode.OK);
        report.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        report.Header("X-Placeholder").ShouldContain("no pixel data");
        report.Header("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
        (await report.TextAsync()).ShouldContain(">SR</text>");
        hostile.ShouldNotContain("<script>");
    }

    [Fact]
    public async Task A_study_without_images_to_draw_is_not_an_error()
    {
        await using var server = await ArchiveServer.StartAsync();

        foreach (var path in (string[])["/api/studies/1/thumbnail", "/api/series/1/thumbnail"])
        {
            using var response = await server.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }
}
