using System.Net;
using System.Text.RegularExpressions;
using NeurDicom.Accounts;
using NeurDicom.Tests.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

public sealed class AccountPageTests
{
    [Fact]
    public async Task A_new_password_ends_other_sessions_and_keeps_this_one()
    {
        await using var server = await AccountClient.StartAsync();
        var (here, elsewhere) = (await server.SessionOfAsync(), await server.SessionOfAsync());

        using var response = await ChangeAsync(server, here, ArchiveServer.Password, "another long one", "another long one");
        var now = ("Cookie", response.SessionCookie());
        using var other = await server.GetPageAsync("/account", elsewhere);

        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await server.PageAsync(response.Header("Location"), now)).ShouldContain("The password was changed");
        other.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var signIn = await server.SignInAsync(new { email = "admin", password = "another long one" });
        signIn.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("wrong", "another long one", "another long one", 403)]
    [InlineData(ArchiveServer.Password, "short", "short", 400)]
    [InlineData(ArchiveServer.Password, "another long one", "another long two", 400)]
    public async Task What_is_wrong_with_a_change_is_told(string current, string password, string again, int status)
    {
        await using var server = await AccountClient.StartAsync();
        var session = await server.SessionOfAsync();

        using var response = await ChangeAsync(server, session, current, password, again);
        var page = await response.TextAsync();

        ((int)response.StatusCode).ShouldBe(status);
        page.ShouldContain("role=\"alert\"");
        page.ShouldNotContain(password);
        using var still = await server.GetPageAsync("/account", session);
        still.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/sign-in", HttpStatusCode.Forbidden)]
    [InlineData("/language", HttpStatusCode.BadRequest)]
    [InlineData("/account", HttpStatusCode.BadRequest)]
    [InlineData("/account/tokens", HttpStatusCode.BadRequest)]
    [InlineData("/account/sessions", HttpStatusCode.SeeOther)]
    public async Task A_form_may_lack_every_field(string path, HttpStatusCode status)
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await server.PostFormAsync(path, [], await server.SessionOfAsync());

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task What_names_no_session_ends_none()
    {
        await using var server = await AccountClient.StartAsync();
        var here = await server.SessionOfAsync();

        using var response = await server.PostFormAsync(
            "/account/sessions", [KeyValuePair.Create("id", "sixteen letters!")], here);

        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await server.PageAsync("/account", here)).ShouldContain("action=\"/sign-out\"");
    }

    [Fact]
    public async Task Who_has_no_account_has_no_page_of_it()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.GetPageAsync("/account");

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await server.PageAsync("/")).ShouldContain("href=\"/sign-in\"");
    }

    [Fact]
    public async Task Admins_see_the_accounts()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada<b>", Role.Reader);

        var page = await server.PageAsync("/users", await server.SessionOfAsync());

        page.ShouldContain("ada&lt;b&gt;");
        page.ShouldContain("reader: looks");
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended()
    {
        await using var server = await AccountClient.StartAsync();
        var (here, elsewhere) = (await server.SessionOfAsync(), await server.SessionOfAsync());
        await server.CreateAsync("other", Role.Writer);
        var stranger = await server.SessionOfAsync("other");

        var page = await server.PageAsync("/account", here);
        var id = Regex.Match(page, "name=\"id\" value=\"([^\"]+)\"").Groups[1].Value;
        using var foreign = await server.PostFormAsync("/account/sessions", Fields(("id", id)), stranger);
        using var still = await server.GetPageAsync("/account", elsewhere);
        using var ended = await server.PostFormAsync("/account/sessions", Fields(("id", id)), here);
        using var gone = await server.GetPageAsync("/account", elsewhere);

        Regex.Count(page, "this one").ShouldBe(1);
        foreign.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        still.StatusCode.ShouldBe(HttpStatusCode.OK, "Nobody ends another's session.");
        ended.Header("Location").ShouldBe("/account");
        gone.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task A_token_is_shown_once_works_and_is_revoked()
    {
        await using var server = await AccountClient.StartAsync();
        var here = await server.SessionOfAsync();
        await server.CreateAsync("other", Role.Writer);
        var stranger = await server.SessionOfAsync("other");

        using var made = await server.PostFormAsync(
            "/account/tokens", Fields(("token-name", "night <b>"), ("role", "reader"), ("days", "30")), here);
        var token = Regex.Match(await made.TextAsync(), "<code>(neurdicom_[^<]+)</code>").Groups[1].Value;
        using var used = await server.GetAsync("/api/patients", ("Authorization", $"Bearer {token}"));
        using var changes = await server.PostFormAsync("/account/tokens", Fields(("revoke", "1")), ("Authorization", $"Bearer {token}"));
        using var foreign = await server.PostFormAsync("/account/tokens", Fields(("revoke", "1")), stranger);
        var after = await server.PageAsync("/account", here);
        using var revoked = await server.PostFormAsync("/account/tokens", Fields(("revoke", "1")), here);
        using var unused = await server.GetAsync("/api/patients", ("Authorization", $"Bearer {token}"));

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        made.Header("Cache-Control").ShouldBe("no-store");
        used.StatusCode.ShouldBe(HttpStatusCode.OK);
        changes.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreign.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        after.ShouldContain("night &lt;b&gt;");
        after.ShouldNotContain(token);
        revoked.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        unused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("", "reader", "30")]
    [InlineData("x", "admin", "30")]
    [InlineData("x", "root", "30")]
    [InlineData("x", "reader", "36500")]
    [InlineData("x", "reader", "-1")]
    public async Task A_token_beyond_ones_rights_is_not_made(string name, string role, string days)
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("writer", Role.Writer);
        var session = await server.SessionOfAsync("writer");

        using var response = await server.PostFormAsync(
            "/account/tokens", Fields(("token-name", name), ("role", role), ("days", days)), session);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await server.PageAsync("/account", session)).ShouldNotContain("name=\"revoke\"");
    }

    private static Dictionary<string, string> Fields(params (string Name, string Value)[] fields) =>
        fields.ToDictionary(field => field.Name, field => field.Value);

    private static Task<HttpResponseMessage> ChangeAsync(
        ArchiveServer server, (string, string) session, string current, string password, string again) =>
        server.PostFormAsync(
            "/account",
            new Dictionary<string, string> { ["current"] = current, ["password"] = password, ["again"] = again },
            session);
}
