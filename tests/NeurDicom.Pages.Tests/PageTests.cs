using System.Net;
using System.Text.RegularExpressions;
using NeurDicom.Accounts;
using NeurDicom.Tests.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

/// <summary>What holds for every page.</summary>
public sealed class PageTests
{
    private static readonly string[] Everything =
        ["/", "/studies/1", "/studies/1/delete", "/series/1", "/series/1/delete", "/instances/1/tags", "/upload", "/sign-in", "/nothing"];

    [Fact]
    public async Task Every_page_allows_nothing_but_what_it_needs()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(1));

        foreach (var path in Everything)
        {
            using var response = await server.GetPageAsync(path);
            var page = await response.TextAsync();

            var policy = response.Header("Content-Security-Policy");
            policy.ShouldStartWith("default-src 'none';");
            policy.ShouldContain("frame-ancestors 'none'");
            policy.ShouldContain("form-action 'self'");
            policy.ShouldContain("base-uri 'none'");
            policy.ShouldNotContain("unsafe");
            response.Header("X-Frame-Options").ShouldBe("DENY");
            response.Header("Cache-Control").ShouldBe("no-store");
            response.Header("X-Content-Type-Options").ShouldBe("nosniff");
            response.Header("Referrer-Policy").ShouldBe("same-origin");
            response.Header("Vary").ShouldContain("Accept-Language");
            Regex.IsMatch(page, "<script(?! src=)|<style| style=| on[a-z]+=|javascript:", RegexOptions.IgnoreCase).ShouldBeFalse(path);
            page.ShouldContain("<main id=\"main\"");
            Regex.Count(page, "<h1").ShouldBe(1, path);
        }
    }

    [Fact]
    public async Task No_page_and_no_title_holds_markup_out_of_a_file()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync([SampleStudies.Hostile()]);

        foreach (var path in Everything.Append("/?name=" + Uri.EscapeDataString(SampleStudies.Attack)))
        {
            using var response = await server.GetPageAsync(path);
            var page = await response.TextAsync();

            page.ShouldNotContain("<script>");
            page.ShouldNotContain("<img src=x");
            page.ShouldNotContain("\"'>");
            // Titles stay in the browser's history.
            Regex.Match(page, "<title>(.*?)</title>").Value.ShouldNotContain("alert");
        }

        (await server.PageAsync("/studies/1")).ShouldContain("&lt;script&gt;alert(1)");
    }

    [Fact]
    public async Task No_other_origin_reads_a_page()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, CorsOrigins = ["*", "https://viewer.example"] });

        using var response = await server.GetPageAsync("/", ("Origin", "https://viewer.example"));

        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        response.Header("Cross-Origin-Resource-Policy").ShouldBe("same-origin");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("*/*")]
    [InlineData("application/json, text/html;q=0.5")]
    [InlineData("text/*;q=0.1, application/json")]
    [InlineData("nonsense")]
    public async Task A_script_that_asks_for_a_page_gets_a_problem(string accept)
    {
        await using var server = await ArchiveServer.StartAsync();

        foreach (var path in (string[])["/", "/upload", "/nothing"])
        {
            using var response = await server.GetAsync(path, ("Accept", accept));

            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    [Theory]
    [InlineData("/nothing", 404)]
    [InlineData("/studies/999", 404)]
    [InlineData("/series/999", 404)]
    [InlineData("/instances/999/tags", 404)]
    [InlineData("/studies/999999999999999999999999", 404)]
    [InlineData("/studies/abc", 404)]
    [InlineData("/assets/../neurdicom.css", 404)]
    [InlineData("/assets/%2e%2e%2fsecret", 404)]
    [InlineData("/series/1?image=x", 404)]
    [InlineData("/series/1?image=99", 404)]
    [InlineData("/series/1?frame=2", 404)]
    [InlineData("/series/1?frame=0", 404)]
    [InlineData("/series/1?window=<script>", 400)]
    public async Task An_error_is_a_page_that_leads_on(string path, int status)
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(1));

        using var response = await server.GetPageAsync(path);
        var page = await response.TextAsync();

        ((int)response.StatusCode).ShouldBe(status);
        if (path.StartsWith("/assets/", StringComparison.Ordinal))
            return;
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        page.ShouldContain("href=\"/\"");
        page.ShouldNotContain("<script>");
    }

    [Fact]
    public async Task An_error_below_api_stays_a_problem_document()
    {
        await using var server = await ArchiveServer.StartAsync();

        foreach (var path in (string[])["/api/nothing", "/api/studies/999"])
        {
            using var response = await server.GetPageAsync(path);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    [Fact]
    public async Task A_query_that_takes_too_long_has_a_page_with_advice()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, QuerySeconds = 0 });
        server.ExpectLog("A query took too long and was stopped: /");
        using (var connection = server.Archive.Index.OpenForWriting())
        {
            NeurDicom.Index.ArchiveIndex.Execute(connection, """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000)
                INSERT INTO patients (id, patient_id, issuer, name_search) SELECT n, 'P' || n, '', 'nobody' FROM numbers;
                INSERT INTO studies (study_instance_uid, patient, study_date) SELECT '1.' || id, id, '20260101' FROM patients;
                """);
        }

        using var response = await server.GetPageAsync("/?name=x");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        (await response.TextAsync()).ShouldContain("add a date");
    }

    [Fact]
    public async Task Readers_see_no_way_to_change_anything_and_have_none()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("reader", Role.Reader);
        var (admin, reader) = (await server.SessionOfAsync(), await server.SessionOfAsync("reader"));
        server.Http.DefaultRequestHeaders.Add(admin.Item1, admin.Item2);
        await server.StoreAllAsync(SampleStudies.Ct(1));
        server.Http.DefaultRequestHeaders.Clear();

        foreach (var path in (string[])["/", "/studies/1", "/series/1", "/account"])
        {
            var page = await server.PageAsync(path, reader);
            page.ShouldNotContain("/delete");
            page.ShouldNotContain("href=\"/upload\"");
            page.ShouldNotContain("href=\"/users\"");
        }

        foreach (var path in (string[])["/upload", "/users", "/studies/1/delete", "/series/1/delete"])
        {
            using var get = await server.GetPageAsync(path, reader);
            get.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await get.TextAsync()).ShouldContain("You may not do this");
            if (path == "/users")
                continue;
            using var post = await server.PostFormAsync(path, [], reader);
            post.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Assets_are_kept_for_a_year_under_an_address_of_their_content()
    {
        await using var server = await AccountClient.StartAsync();
        var page = await server.PageAsync("/sign-in");

        foreach (Match asset in Regex.Matches(page, "/assets/[^\"]+"))
        {
            using var response = await server.GetAsync(asset.Value);

            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Header("Cache-Control").ShouldBe("public, max-age=31536000, immutable");
            response.Content.Headers.ContentType!.MediaType.ShouldBeOneOf("text/css", "image/svg+xml");
        }

        using var old = await server.GetAsync("/assets/neurdicom.0000000000000000.css");
        old.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
