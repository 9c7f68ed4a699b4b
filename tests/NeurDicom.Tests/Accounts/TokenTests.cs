using System.Net;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class TokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_made_shown_once_used_and_revoked()
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Writer);
        var ada = await server.SessionOfAsync("ada");

        using var created = await server.AskAsync(
            "POST", "/api/tokens", new { name = "nightly", role = "reader", expires_at = "2099-01-31" }, ada);
        created.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "That is more than ten years.");
        using var made = await server.AskAsync("POST", "/api/tokens", new { name = "nightly" }, ada);

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var token = await made.JsonAsync();
        token.AsObject().Select(member => member.Key).ShouldBe(
            ["id", "name", "user", "email", "role", "created_at", "expires_at", "used_at", "token"]);
        token["role"]!.GetValue<string>().ShouldBe("reader");
        token["user"]!.GetValue<long>().ShouldBe(id);
        var text = token["token"]!.GetValue<string>();
        text.ShouldMatch("^neurdicom_[A-Za-z0-9_-]{43}$");

        using var read = await server.AskAsync("GET", "/api/patients", null, Bearer(text));
        using var delete = await server.AskAsync("DELETE", "/api/patients/1", null, Bearer(text));
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        delete.StatusCode.ShouldBe(HttpStatusCode.Forbidden, "The token reads only.");

        var path = made.Headers.Location!.OriginalString;
        using var shown = await server.AskAsync("GET", path, null, ada);
        (await shown.JsonAsync()).AsObject().ContainsKey("token").ShouldBeFalse();
        using var revoked = await server.AskAsync("DELETE", path, null, ada);
        revoked.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var after = await server.AskAsync("GET", "/api/patients", null, Bearer(text));
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        after.Headers.WwwAuthenticate.Single().ToString().ShouldBe("Bearer realm=\"NeurDICOM\", error=\"invalid_token\"");
    }

    [Theory]
    [InlineData("""{"role": "reader"}""", "name")]
    [InlineData("""{"name": ""}""", "name")]
    [InlineData("""{"name": "a\nb"}""", "name")]
    [InlineData("""{"name": "x", "role": "king"}""", "role")]
    [InlineData("""{"name": "x", "expires_at": "2020-01-01"}""", "expires_at")]
    [InlineData("""{"name": "x", "expires_at": "tomorrow"}""", "expires_at")]
    [InlineData("""{"name": "x", "expires_at": 7}""", "expires_at")]
    public async Task What_is_wrong_with_a_token_is_named(string body, string member)
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await server.AskAsync(
            "POST", "/api/tokens", System.Text.Json.Nodes.JsonNode.Parse(body), await server.SessionOfAsync());

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe([member]);
    }

    [Fact]
    public async Task Nobody_makes_a_token_above_their_own_role()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Writer);

        using var above = await server.AskAsync(
            "POST", "/api/tokens", new { name = "x", role = "admin" }, await server.SessionOfAsync("ada"));
        using var flag = await server.AskAsync(
            "POST", "/api/tokens", new { name = "x", is_admin = true }, await server.SessionOfAsync("ada"));

        above.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        flag.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    // A stolen token would otherwise renew itself for ever.
    [Fact]
    public async Task A_token_makes_no_tokens_and_ends_only_itself()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Writer);
        var ada = await server.SessionOfAsync("ada");
        var (first, text) = await MakeAsync(server, ada);
        var (second, _) = await MakeAsync(server, ada);

        using var make = await server.AskAsync("POST", "/api/tokens", new { name = "x" }, Bearer(text));
        using var other = await server.AskAsync("DELETE", $"/api/tokens/{second}", null, Bearer(text));
        using var everywhere = await server.AskAsync("DELETE", "/api/sessions", null, Bearer(text));
        using var rename = await server.AskAsync(
            "PUT", "/api/users/2", new { email = "ada", name = "X", surname = "Y" }, Bearer(text));
        using var password = await server.AskAsync(
            "PUT", "/api/users/password",
            new { current_password = ArchiveServer.Password, password = "another long one" }, Bearer(text));
        using var itself = await server.AskAsync("DELETE", $"/api/tokens/{first}", null, Bearer(text));

        foreach (var refused in (HttpResponseMessage[])[make, other, everywhere, rename, password])
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        itself.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task People_see_their_own_tokens_and_admins_all()
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Reader);
        await server.CreateAsync("bob", Role.Reader);
        var (ada, bob, admin) = (await server.SessionOfAsync("ada"), await server.SessionOfAsync("bob"), await server.SessionOfAsync());
        var (token, _) = await MakeAsync(server, ada);
        await MakeAsync(server, bob);

        (await ListAsync(server, "/api/tokens", ada)).ShouldBe(["ada"]);
        (await ListAsync(server, "/api/tokens", admin)).ShouldBe(["ada", "bob"]);
        (await ListAsync(server, $"/api/tokens?user={id}", admin)).ShouldBe(["ada"]);
        (await ListAsync(server, "/api/tokens?limit=1", admin)).ShouldBe(["ada"]);
        using var others = await server.AskAsync("GET", $"/api/tokens?user={id}", null, bob);
        others.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var shown = await server.AskAsync("GET", $"/api/tokens/{token}", null, bob);
        shown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var revoke = await server.AskAsync("DELETE", $"/api/tokens/{token}", null, bob);
        revoke.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var byAdmin = await server.AskAsync("DELETE", $"/api/tokens/{token}", null, admin);
        byAdmin.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer neurdicom_")]
    [InlineData("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer neurdicom_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer neurdicom_*******************************************")]
    [InlineData("bearer neurdicom_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=")]
    public async Task What_is_no_token_opens_nothing(string header)
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await server.AskAsync("GET", "/api/patients", null, ("Authorization", header));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    // Also not where no sign-in is asked for: who shows something wrong is told.
    [Fact]
    public async Task A_wrong_token_is_told_without_sign_in_too()
    {
        await using var server = await AccountClient.StartAsync(new Settings { RestPort = 0, RequireAuth = false });

        using var response = await server.AskAsync("GET", "/api/patients", null, Bearer("neurdicom_x"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"email": "ada", "name": "", "surname": "", "role": "reader"}""")]
    [InlineData("""{"email": "ada", "name": "", "surname": "", "is_active": false}""")]
    [InlineData(null)]
    public async Task A_change_of_the_account_ends_its_tokens(string? change)
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Writer);
        var (_, text) = await MakeAsync(server, await server.SessionOfAsync("ada"));
        using var before = await server.AskAsync("GET", "/api/users/check", null, Bearer(text));

        using var changed = await server.AskAsync(
            change is null ? "DELETE" : "PUT", $"/api/users/{id}",
            change is null ? null : System.Text.Json.Nodes.JsonNode.Parse(change), await server.SessionOfAsync());
        using var after = await server.AskAsync("GET", "/api/users/check", null, Bearer(text));

        before.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_expires()
    {
        await using var archive = new AccountArchive();
        var account = await CreateAsync(archive);
        var tokens = archive.CreateTokens();
        var ends = archive.Time.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds();
        var (_, text) = (await tokens.CreateAsync(account.Id, "x", Role.Reader, ends, Cancel)).ShouldNotBeNull();

        (await tokens.FindAsync(text, Cancel)).ShouldNotBeNull();
        archive.Time.Advance(TimeSpan.FromDays(1));
        (await tokens.FindAsync(text, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task The_last_use_is_written_and_the_text_is_not()
    {
        await using var archive = new AccountArchive();
        var account = await CreateAsync(archive);
        var tokens = archive.CreateTokens();
        var (token, text) = (await tokens.CreateAsync(account.Id, "x", Role.Reader, null, Cancel)).ShouldNotBeNull();

        (await tokens.FindAsync(text, Cancel)).ShouldNotBeNull();
        await archive.RunAsync("SELECT 1");

        (await tokens.FindAsync(token.Id, Cancel)).ShouldNotBeNull().UsedAt.ShouldBe(archive.Time.GetUtcNow().ToUnixTimeMilliseconds());
        (await archive.RunAsync("SELECT quote(hash) || name FROM tokens"))!.ToString()!.ShouldNotContain(text[10..]);
    }

    [Fact]
    public async Task A_token_is_not_made_for_who_lost_the_role_meanwhile()
    {
        await using var archive = new AccountArchive();
        var account = await CreateAsync(archive);

        (await archive.CreateTokens().CreateAsync(account.Id, "x", Role.Admin, null, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task One_account_has_at_most_a_hundred_tokens()
    {
        await using var archive = new AccountArchive();
        var account = await CreateAsync(archive);
        var tokens = archive.CreateTokens();
        for (var i = 0; i < Tokens.MaxPerUser; i++)
            (await tokens.CreateAsync(account.Id, "x", Role.Reader, null, Cancel)).ShouldNotBeNull();

        (await tokens.CreateAsync(account.Id, "x", Role.Reader, null, Cancel)).ShouldBeNull();
    }

    internal static (string, string) Bearer(string token) => ("Authorization", "Bearer " + token);

    private static async Task<(long Id, string Text)> MakeAsync(ArchiveServer server, (string, string) session)
    {
        using var made = await server.AskAsync("POST", "/api/tokens", new { name = "x" }, session);
        var token = await made.JsonAsync();
        return (token["id"]!.GetValue<long>(), token["token"]!.GetValue<string>());
    }

    private static async Task<IEnumerable<string?>> ListAsync(ArchiveServer server, string path, (string, string) session)
    {
        using var list = await server.AskAsync("GET", path, null, session);
        return (await list.JsonAsync()).AsArray().Select(token => (string?)token!["email"]);
    }

    private static async Task<Account> CreateAsync(AccountArchive archive)
    {
        var (_, account) = await archive.Users.CreateAsync(new AccountChange("ada", "", "", Role.Writer, true, "!"), Cancel);
        return account.ShouldNotBeNull();
    }
}
