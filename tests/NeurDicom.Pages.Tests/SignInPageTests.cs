using System.Net;
using NeurDicom.Accounts;
using NeurDicom.Tests.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

public sealed class SignInPageTests
{
    private static readonly string[] Pages =
        ["/", "/studies/1", "/studies/1/delete", "/series/1", "/series/1/delete", "/instances/1/tags", "/upload", "/account", "/users"];

    [Fact]
    public async Task Who_has_not_signed_in_is_led_to_sign_in_and_back()
    {
        await using var server = await AccountClient.StartAsync();

        foreach (var path in Pages.Append("/?name=a%20b"))
        {
            using var response = await server.GetPageAsync(path);
            var next = path == "/" ? "" : "?next=" + Uri.EscapeDataString(path);

            response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
            response.Header("Location").ShouldBe("/sign-in" + next);
            response.Headers.WwwAuthenticate.ShouldBeEmpty();
            (await response.TextAsync()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_form_that_was_sent_too_late_leads_to_sign_in()
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await server.PostFormAsync("/studies/1/delete", []);

        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Header("Location").ShouldBe("/sign-in?next=%2Fstudies%2F1%2Fdelete");
    }

    [Fact]
    public async Task Name_and_password_give_the_cookie_of_the_api()
    {
        await using var server = await AccountClient.StartAsync();
        (await server.PageAsync("/sign-in?next=/studies/7")).ShouldContain("name=\"next\" value=\"/studies/7\"");

        using var response = await SignInAsync(server, ArchiveServer.Password, "/studies/7");
        var cookie = ("Cookie", response.SessionCookie());

        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Header("Location").ShouldBe("/studies/7");
        response.Header("Set-Cookie").ShouldContain("httponly", Case.Insensitive);
        response.Header("Set-Cookie").ShouldContain("samesite=lax", Case.Insensitive);
        (await server.PageAsync("/", cookie)).ShouldContain("action=\"/sign-out\"");
        using var api = await server.GetAsync("/api/patients", cookie);
        api.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_the_name_kept()
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await SignInAsync(server, "wrong", "/studies/7");
        var page = await response.TextAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        page.ShouldContain("The name or the password is wrong.");
        page.ShouldContain("value=\"admin\"");
        page.ShouldContain("value=\"/studies/7\"");
        page.ShouldNotContain("value=\"wrong\"");
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await using var server = await AccountClient.StartAsync();

        HttpResponseMessage response;
        var tries = 0;
        do
        {
            response = await SignInAsync(server, "wrong", "/");
        }
        while (response.StatusCode == HttpStatusCode.Forbidden && ++tries < 20);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter.ShouldNotBeNull();
        (await response.TextAsync()).ShouldContain("Too many attempts");
        response.Dispose();
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        await using var server = await AccountClient.StartAsync();
        var cookie = await server.SessionOfAsync();

        using var get = await server.GetPageAsync("/sign-out", cookie);
        using var still = await server.GetPageAsync("/", cookie);
        using var post = await server.PostFormAsync("/sign-out", [], cookie);
        using var after = await server.GetPageAsync("/", cookie);

        get.StatusCode.ShouldNotBe(HttpStatusCode.SeeOther, "A link or an image must not sign anybody out.");
        still.StatusCode.ShouldBe(HttpStatusCode.OK);
        post.Header("Location").ShouldBe("/sign-in");
        after.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task A_form_of_another_site_is_refused()
    {
        await using var server = await AccountClient.StartAsync();
        var cookie = await server.SessionOfAsync();
        await server.CreateAsync("reader", Role.Reader);

        string[] forms =
        [
            "/sign-in", "/sign-out", "/language", "/upload", "/account", "/account/sessions", "/account/tokens",
            "/studies/1/delete", "/series/1/delete",
        ];
        (string, string)[] signs =
        [
            ("Origin", "https://evil.example"), ("Origin", "null"),
            ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
        ];
        foreach (var path in forms)
        {
            foreach (var forged in signs)
            {
                using var response = await server.PostFormAsync(path, [], cookie, forged);

                response.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{path} {forged}");
                response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
                response.Headers.Contains("Set-Cookie").ShouldBeFalse();
            }
        }
    }

    [Fact]
    public async Task A_form_has_a_limit()
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await server.PostFormAsync("/sign-in", new Dictionary<string, string> { ["name"] = new('x', 100_000) });

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_form_in_another_type_is_refused()
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await server.SendAsync(
            HttpMethod.Post, "/sign-in", new StringContent("{\"name\":\"admin\"}", null, "application/json"), ("Accept", "text/html"));

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    private static Task<HttpResponseMessage> SignInAsync(ArchiveServer server, string password, string next) =>
        server.PostFormAsync("/sign-in", new Dictionary<string, string>
        {
            ["name"] = FirstAccount.Name,
            ["password"] = password,
            ["next"] = next,
        });
}
