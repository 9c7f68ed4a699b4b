using System.Net;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class SessionHandlersTests
{
    [Fact]
    public async Task One_sees_where_one_is_signed_in_and_signs_out_everywhere()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Reader);
        var elsewhere = await server.SessionOfAsync("ada");
        using var signedIn = await server.SignInAsync(new { email = "ada", password = AccountClient.Password });
        var here = ("Cookie", signedIn.SessionCookie());

        using var list = await server.AskAsync("GET", "/api/sessions", null, here);
        var sessions = (await list.JsonAsync()).AsArray();

        sessions.Count.ShouldBe(2);
        var current = sessions.Single(session => session!["is_current"]!.GetValue<bool>())!;
        current["address"]!.GetValue<string>().ShouldBe("127.0.0.1");
        current["id"]!.GetValue<string>().ShouldMatch("^[0-9a-f]{16}$");

        using var ended = await server.AskAsync("DELETE", "/api/sessions", null, here);
        ended.StatusCode.ShouldBe(HttpStatusCode.OK);
        ended.Headers.GetValues("Set-Cookie").Single().ShouldContain("expires=Thu, 01 Jan 1970");
        foreach (var session in ((string, string)[])[here, elsewhere])
            (await server.AskAsync("GET", "/api/users/check", null, session)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task One_session_is_ended_and_others_are_nobodys_business()
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Reader);
        await server.CreateAsync("bob", Role.Reader);
        var (ada, bob, admin) = (await server.SessionOfAsync("ada"), await server.SessionOfAsync("bob"), await server.SessionOfAsync());
        using var list = await server.AskAsync("GET", $"/api/sessions?user={id}", null, admin);
        var session = (await list.JsonAsync())[0]!["id"]!.GetValue<string>();

        using var spied = await server.AskAsync("GET", $"/api/sessions?user={id}", null, bob);
        using var byOther = await server.AskAsync("DELETE", $"/api/sessions/{session}", null, bob);
        using var wrong = await server.AskAsync("DELETE", "/api/sessions/abc", null, ada);
        using var allOfOther = await server.AskAsync("DELETE", $"/api/sessions?user={id}", null, bob);
        using var own = await server.AskAsync("DELETE", $"/api/sessions/{session}", null, ada);
        using var after = await server.AskAsync("GET", "/api/users/check", null, ada);

        spied.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        byOther.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        wrong.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        allOfOther.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Signing_in_gives_a_new_cookie_and_ends_the_old_session()
    {
        await using var server = await AccountClient.StartAsync();
        var old = await server.SessionOfAsync();
        var planted = ("Cookie", $"{Sessions.Cookie}=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

        using var again = await server.AskAsync(
            "POST", "/api/users/auth", new { email = "admin", password = ArchiveServer.Password }, old);
        using var fixated = await server.AskAsync(
            "POST", "/api/users/auth", new { email = "admin", password = ArchiveServer.Password }, planted);

        again.SessionCookie().ShouldNotBe(old.Item2);
        fixated.SessionCookie().ShouldNotBe(planted.Item2);
        foreach (var session in ((string, string)[])[old, planted])
            (await server.AskAsync("GET", "/api/users/check", null, session)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Who_has_no_account_has_no_sessions()
    {
        await using var server = await AccountClient.StartAsync(new Settings { RestPort = 0, RequireAuth = false });

        using var list = await server.AskAsync("GET", "/api/sessions");
        using var token = await server.AskAsync("POST", "/api/tokens", new { name = "x" });

        list.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        token.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
