using System.Net;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class UserHandlersTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_is_made_listed_shown_changed_and_deleted()
    {
        await using var server = await AccountClient.StartAsync();
        var admin = await server.SessionOfAsync();

        using var created = await server.AskAsync(
            "POST", "/api/users", new { email = "ada@x.org", name = "Ada", surname = "Min", password = "long enough" }, admin);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var path = created.Headers.Location!.OriginalString;
        var text = await created.Content.ReadAsStringAsync(Cancel);
        text.ShouldBe(
            """{"id":2,"name":"Ada","surname":"Min","email":"ada@x.org","is_admin":false,"role":"reader","is_active":true}""");

        using var shown = await server.AskAsync("GET", path, null, admin);
        (await shown.Content.ReadAsStringAsync(Cancel)).ShouldBe(text);
        using var list = await server.AskAsync("GET", "/api/users", null, admin);
        (await list.JsonAsync()).AsArray().Select(user => (string?)user!["email"]).ShouldBe(["admin", "ada@x.org"]);

        using var changed = await server.AskAsync(
            "PUT", path, new { email = "ada@x.org", name = "Ursula", surname = "Ser", role = "writer" }, admin);
        (await changed.JsonAsync())["name"]!.GetValue<string>().ShouldBe("Ursula");
        using var deleted = await server.AskAsync("DELETE", path, null, admin);
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await deleted.Content.ReadAsStringAsync(Cancel)).ShouldBeEmpty();
        using var again = await server.AskAsync("DELETE", path, null, admin);
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_list_is_paged_like_every_other()
    {
        await using var server = await AccountClient.StartAsync();
        foreach (var name in (string[])["a", "b"])
            await server.CreateAsync(name, Role.Reader);
        var admin = await server.SessionOfAsync();

        using var first = await server.AskAsync("GET", "/api/users?limit=2", null, admin);
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        using var second = await server.AskAsync("GET", next, null, admin);
        using var wrong = await server.AskAsync("GET", "/api/users?limit=0&after=3&nonsense=1", null, admin);

        first.Headers.GetValues("X-Total-Count").ShouldBe(["3"]);
        (await second.JsonAsync()).AsArray().Single()!["email"]!.GetValue<string>().ShouldBe("b");
        (await wrong.JsonAsync())["errors"]!.AsObject().Count.ShouldBe(3);
    }

    // golden.md section 3, row 4: a password never comes back and is never stored as it is.
    [Fact]
    public async Task A_password_is_stored_as_its_hash()
    {
        await using var server = await AccountClient.StartAsync();

        await server.CreateAsync("ada", Role.Reader);

        using var database = File.Open(
            Directory.GetFiles(server.Folder, "*.db").Single(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var wal = File.Open(
            Directory.GetFiles(server.Folder, "*.db-wal").Single(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        foreach (var file in (FileStream[])[database, wal])
        {
            using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync(Cancel)).ShouldNotContain(AccountClient.Password);
        }
    }

    [Theory]
    [InlineData("email", "")]
    [InlineData("email", "a:b")]
    [InlineData("email", " ada")]
    [InlineData("email", "a\nb")]
    [InlineData("password", "short")]
    [InlineData("role", "king")]
    [InlineData("name", "a\u0000b")]
    public async Task A_wrong_member_is_named(string member, string value)
    {
        await using var server = await AccountClient.StartAsync();
        var body = new Dictionary<string, string> { ["email"] = "ada", ["password"] = "long enough", [member] = value };

        using var response = await server.AskAsync(
            "POST", "/api/users", body, await server.SessionOfAsync());

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe([member]);
    }

    // golden.md section 3, row 9.
    [Fact]
    public async Task A_taken_name_is_a_conflict()
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Reader);
        var admin = await server.SessionOfAsync();

        using var create = await server.AskAsync("POST", "/api/users", new { email = "ada", password = "long enough" }, admin);
        using var rename = await server.AskAsync("PUT", $"/api/users/{id}", new { email = "admin", name = "", surname = "" }, admin);
        using var incomplete = await server.AskAsync("PUT", $"/api/users/{id}", new { name = "U" }, admin);

        create.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        rename.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        incomplete.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await incomplete.JsonAsync())["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["email", "surname"]);
    }

    // golden.md section 3, row 10: anybody could edit anybody.
    [Fact]
    public async Task People_change_their_own_names_and_nothing_else()
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Reader);
        var ada = await server.SessionOfAsync("ada");

        using var own = await server.AskAsync("PUT", $"/api/users/{id}", new { email = "ada", name = "A", surname = "B" }, ada);
        using var role = await server.AskAsync(
            "PUT", $"/api/users/{id}", new { email = "ada", name = "A", surname = "B", role = "admin" }, ada);
        using var flag = await server.AskAsync(
            "PUT", $"/api/users/{id}", new { email = "ada", name = "A", surname = "B", is_admin = true }, ada);
        using var name = await server.AskAsync("PUT", $"/api/users/{id}", new { email = "eve", name = "A", surname = "B" }, ada);
        using var other = await server.AskAsync("PUT", "/api/users/1", new { email = "admin", name = "X", surname = "Y" }, ada);

        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        role.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        flag.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        name.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        other.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_last_admin_stays()
    {
        await using var server = await AccountClient.StartAsync();
        var admin = await server.SessionOfAsync();

        using var delete = await server.AskAsync("DELETE", "/api/users/1", null, admin);
        using var demote = await server.AskAsync(
            "PUT", "/api/users/1", new { email = "admin", name = "", surname = "", role = "writer" }, admin);
        using var unflag = await server.AskAsync(
            "PUT", "/api/users/1", new { email = "admin", name = "", surname = "", is_admin = false }, admin);
        using var disable = await server.AskAsync(
            "PUT", "/api/users/1", new { email = "admin", name = "", surname = "", is_active = false }, admin);

        foreach (var response in (HttpResponseMessage[])[delete, demote, unflag, disable])
            response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    // golden.md section 3, row 11: the cookie of a deleted user went on working.
    [Theory]
    [InlineData("""{"email": "ada", "name": "", "surname": "", "role": "writer"}""")]
    [InlineData("""{"email": "ada", "name": "", "surname": "", "is_active": false}""")]
    [InlineData("""{"email": "eve", "name": "", "surname": ""}""")]
    [InlineData(null)]
    public async Task A_change_of_the_account_ends_its_sessions(string? change)
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Reader);
        var cookie = await server.SessionOfAsync("ada");
        var basic = AccountClient.BasicHeader("ada", AccountClient.Password);
        using var before = await server.AskAsync("GET", "/api/users/check", null, basic);

        using var changed = await server.AskAsync(
            change is null ? "DELETE" : "PUT", $"/api/users/{id}",
            change is null ? null : System.Text.Json.Nodes.JsonNode.Parse(change),
            await server.SessionOfAsync());
        using var byCookie = await server.AskAsync("GET", "/api/users/check", null, cookie);
        using var byBasic = await server.AskAsync("GET", "/api/instances", null, basic);

        before.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        byCookie.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // The password is still right after a change of role; it was hashed again.
        byBasic.StatusCode.ShouldBe(
            change?.Contains("writer", StringComparison.Ordinal) == true ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_new_password_ends_all_other_sessions()
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Reader);
        var here = await server.SessionOfAsync("ada");
        var elsewhere = await server.SessionOfAsync("ada");
        var basic = AccountClient.BasicHeader("ada", AccountClient.Password);
        using var remembered = await server.AskAsync("GET", "/api/users/check", null, basic);

        using var changed = await server.AskAsync(
            "PUT", $"/api/users/{id}/password",
            new { current_password = AccountClient.Password, password = "another long one" }, here);
        var fresh = ("Cookie", changed.SessionCookie());

        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.AskAsync("GET", "/api/users/check", null, fresh)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.AskAsync("GET", "/api/users/check", null, here)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await server.AskAsync("GET", "/api/users/check", null, elsewhere)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await server.AskAsync("GET", "/api/users/check", null, basic)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await server.CookieOfAsync("ada", "another long one");
    }

    [Fact]
    public async Task A_new_password_needs_the_current_one()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Reader);
        var cookie = await server.SessionOfAsync("ada");

        using var wrong = await server.AskAsync(
            "POST", "/api/users/password", new { current_password = "wrong", password = "another long one" }, cookie);
        using var missing = await server.AskAsync("POST", "/api/users/password", new { password = "another long one" }, cookie);
        using var other = await server.AskAsync(
            "POST", "/api/users/1/password", new { current_password = AccountClient.Password, password = "another long one" }, cookie);
        using var byAdmin = await server.AskAsync(
            "PUT", "/api/users/2/password", new { password = "another long one" },
            await server.SessionOfAsync());

        wrong.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        missing.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        other.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        byAdmin.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
