using System.Net;
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

    private static Task<HttpResponseMessage> ChangeAsync(
        ArchiveServer server, (string, string) session, string current, string password, string again) =>
        server.PostFormAsync(
            "/account",
            new Dictionary<string, string> { ["current"] = current, ["password"] = password, ["again"] = again },
            session);
}
