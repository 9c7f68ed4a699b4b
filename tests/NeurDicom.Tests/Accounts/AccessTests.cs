using System.Net;
using System.Net.Sockets;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class AccessTests
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_answers_who_has_not_signed_in()
    {
        await using var server = await AccountClient.StartAsync();

        foreach (var path in RoutePaths.All.Except(RoutePaths.Open))
        {
            foreach (var method in Methods)
            {
                using var response = await server.AskAsync(method, path);
                response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
            }
        }
    }

    [Fact]
    public async Task Readers_only_read()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("reader", Role.Reader);
        var cookie = await server.SessionOfAsync("reader");

        foreach (var path in RoutePaths.All.Where(path => path is not ("/api/instances/upload" or "/api/verify" or "/api/sessions"
            or "/api/sessions/1" or "/api/tokens/1" or "/api/audit" or "/upload" or "/users")
            && !path.StartsWith("/api/users", StringComparison.Ordinal) && !path.EndsWith("/delete", StringComparison.Ordinal)))
        {
            using var get = await server.AskAsync("GET", path, null, cookie);
            get.StatusCode.ShouldNotBeOneOf([HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden], path);
            using var delete = await server.AskAsync("DELETE", path, null, cookie);
            delete.StatusCode.ShouldBeOneOf([HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed], path);
        }

        foreach (var path in (string[])["/api/instances", "/api/instances/upload", "/api/verify", "/upload", "/studies/1/delete", "/series/1/delete"])
        {
            using var post = await server.AskAsync("POST", path, null, cookie);
            post.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
        }
    }

    [Fact]
    public async Task Writers_delete_and_do_not_manage_accounts()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("writer", Role.Writer);
        var cookie = await server.SessionOfAsync("writer");

        using var delete = await server.AskAsync("DELETE", "/api/studies/1", null, cookie);
        using var create = await server.AskAsync("POST", "/api/users", new { email = "x" }, cookie);
        using var remove = await server.AskAsync("DELETE", "/api/users/1", null, cookie);

        delete.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        create.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        remove.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public void Every_route_says_who_may_call_it()
    {
        foreach (var rule in Routes.All)
            Should.NotThrow(() => AccessRule.For(rule.Handler.ShouldNotBeNull()));
    }

    [Fact]
    public async Task Without_sign_in_everybody_reads_and_nobody_manages_accounts()
    {
        await using var server = await AccountClient.StartAsync(new Settings { RestPort = 0, RequireAuth = false });

        using var read = await server.AskAsync("GET", "/api/patients");
        using var delete = await server.AskAsync("DELETE", "/api/patients/1");
        using var create = await server.AskAsync("POST", "/api/users", new { email = "x", password = "12345678" });
        using var change = await server.AskAsync("PUT", "/api/users/1", new { email = "x", name = "", surname = "" });
        using var password = await server.AskAsync("PUT", "/api/users/1/password", new { password = "12345678" });

        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        delete.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        create.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        change.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        password.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_page_of_another_origin_changes_nothing()
    {
        await using var server = await AccountClient.StartAsync();
        var cookie = await server.SessionOfAsync("admin");

        using var cross = await server.AskAsync(
            "POST", "/api/users/logout", null, cookie, ("Origin", "https://evil.example"));
        using var site = await server.AskAsync(
            "DELETE", "/api/patients/1", null, cookie, ("Sec-Fetch-Site", "same-site"));
        using var basic = await server.AskAsync(
            "DELETE", "/api/patients/1", null, AccountClient.BasicHeader("admin", ArchiveServer.Password), ("Origin", "null"));
        using var own = await server.AskAsync(
            "DELETE", "/api/patients/1", null, cookie, ("Sec-Fetch-Site", "same-origin"));

        cross.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        site.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        basic.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        own.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_name_that_is_not_this_machine_is_refused_on_loopback()
    {
        await using var server = await AccountClient.StartAsync();

        using var response = await server.AskAsync(
            "GET", "/api/patients", null, ("Host", "evil.example"), AccountClient.BasicHeader("admin", ArchiveServer.Password));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Listed_origins_get_cors_headers_and_others_none()
    {
        await using var server = await AccountClient.StartAsync(
            new Settings { RestPort = 0, CorsOrigins = ["https://viewer.example"] });

        using var listed = await server.AskAsync("OPTIONS", "/api/patients", null, ("Origin", "https://viewer.example"));
        using var other = await server.AskAsync("OPTIONS", "/api/patients", null, ("Origin", "https://evil.example"));

        listed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        listed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://viewer.example"]);
        listed.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
        listed.Headers.Vary.ShouldContain("Origin");
        other.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        other.Headers.Vary.ShouldContain("Origin");
    }

    [Fact]
    public async Task The_unix_socket_acts_as_admin_and_is_closed_to_others()
    {
        await using var server = await AccountClient.StartAsync();
        var file = DataFolder.SocketFileOf(server.Folder);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(file), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        using var response = await http.GetAsync(new Uri("http://localhost/api/users"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        if (!OperatingSystem.IsWindows())
            (File.GetUnixFileMode(file) & (UnixFileMode)0x3F).ShouldBe(UnixFileMode.None);
    }
}
