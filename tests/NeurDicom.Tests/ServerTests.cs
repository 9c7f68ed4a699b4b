using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NeurDicom.Accounts;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests;

public sealed class ServerTests
{
    public static TheoryData<string> AllPaths => [.. RoutePaths.All];

    public static TheoryData<string> Paths => [.. RoutePaths.All.Except(RoutePaths.Open)];

    [Fact]
    public void Every_handler_says_who_may_call_it()
    {
        foreach (var rule in Routes.All)
            Should.NotThrow(() => AccessRule.For(rule.Handler!));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Nothing_is_shown_to_who_has_not_signed_in(string path)
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });

        using var response = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Basic");
        (await Problem(response))["status"]!.GetValue<int>().ShouldBe(401);
    }

    [Theory]
    [MemberData(nameof(AllPaths))]
    public async Task Every_route_answers_options_to_everybody(string path)
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });

        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Content.Headers.Allow.ShouldContain("OPTIONS");
        response.Content.Headers.Allow.Count.ShouldBeGreaterThan(1);
        response.Content.Headers.Allow.Contains("HEAD").ShouldBe(response.Content.Headers.Allow.Contains("GET"));
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        response.Headers.Server.ToString().ShouldBe("NeurDICOM");
    }

    [Theory]
    [InlineData("/api/patients/1")]
    [InlineData("/api/patients/001")]
    [InlineData("/api/patients/99999999999999999999999")]
    [InlineData("/api/patients/abc")]
    [InlineData("/api/patients/-1")]
    [InlineData("/api/patients/%D9%A1")]
    [InlineData("/api/patients/")]
    [InlineData("/api/patients/1/studies")]
    [InlineData("/api/studies/1/series")]
    [InlineData("/api/series/1/instances")]
    [InlineData("/api/instances/1/tags")]
    [InlineData("/api/instances/1/file")]
    [InlineData("/api/instances/1/image")]
    [InlineData("/api/Patients")]
    [InlineData("//api/patients")]
    [InlineData("/media/instances/1.dcm")]
    [InlineData("/nothing")]
    public async Task What_is_not_there_is_a_problem_document(string path)
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.GetAsync(path.StartsWith("//", StringComparison.Ordinal) ? server.Http.BaseAddress + path[1..] : path);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var problem = await Problem(response);
        problem.AsObject().Select(member => member.Key).ShouldBe(["type", "title", "status", "detail", "message"]);
        problem["message"]!.ToString().ShouldBe(problem["detail"]!.ToString());
    }

    [Theory]
    [InlineData("PUT", "/api/patients/1")]
    [InlineData("POST", "/api/patients")]
    [InlineData("PATCH", "/api/instances")]
    [InlineData("DELETE", "/api/instances/1/tags")]
    [InlineData("GET", "/api/instances/upload")]
    public async Task A_method_that_is_not_offered_is_405_with_those_that_are(string method, string path)
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.SendAsync(new HttpMethod(method), path);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldContain("OPTIONS");
        response.Content.Headers.Allow.ShouldNotContain(method);
        _ = await Problem(response);
    }

    [Fact]
    public async Task Sign_in_is_asked_for_before_anything_else()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });

        foreach (var (method, path) in new[]
            { ("GET", "/api/patients/999"), ("PUT", "/api/patients/1"), ("GET", "/api/patients?colour=red"), ("POST", "/api/instances") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Fact]
    public async Task The_first_account_signs_in_with_basic()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });
        await server.SignInAsync();

        using var right = await server.GetAsync("/api/patients");
        server.Http.DefaultRequestHeaders.Authorization = ArchiveServer.Basic("admin", "wrong");
        using var wrong = await server.GetAsync("/api/patients");

        right.StatusCode.ShouldBe(HttpStatusCode.OK);
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_empty_archive_has_empty_lists()
    {
        await using var server = await ArchiveServer.StartAsync();

        foreach (var path in new[] { "/api/patients", "/api/studies", "/api/series", "/api/instances", "/api/changes" })
            (await server.GetJsonAsync(path)).ToJsonString().ShouldBe("[]");
        using var response = await server.GetAsync("/api/patients");
        response.Headers.GetValues("X-Total-Count").ShouldBe(["0"]);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        response.Headers.Server.ToString().ShouldBe("NeurDICOM");
        response.Headers.CacheControl!.ToString().ShouldContain("private");
    }

    [Fact]
    public async Task An_unknown_parameter_is_named()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.GetAsync("/api/patients?colour=red&limit=x");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var errors = (await Problem(response))["errors"]!.AsObject();
        errors.Select(error => error.Key).ShouldBe(["colour", "limit"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_stopped_with_advice()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, QuerySeconds = 0 });
        server.ExpectLog("A query took too long and was stopped: /api/patients");
        using (var connection = server.Archive.Index.OpenForWriting())
        {
            NeurDicom.Index.ArchiveIndex.Execute(connection, """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000)
                INSERT INTO patients (patient_id, issuer, name_search) SELECT 'P' || n, '', 'nobody' FROM numbers
                """);
        }

        using var response = await server.GetAsync("/api/patients?patient_name=contains:x");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        (await Problem(response))["detail"]!.ToString().ShouldContain("patient_id");
    }

    [Theory]
    [MemberData(nameof(AllPaths))]
    public async Task Every_route_answers_head_as_get_without_its_body(string path)
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.Services.GetRequiredService<FirstAccount>().EnsureAsync(ArchiveServer.Password, TestContext.Current.CancellationToken);
        await server.StoreAsync(new PictureFile().Pixels(new int[64]).Write());

        using var get = await server.GetAsync(path);
        using var head = await server.SendAsync(HttpMethod.Head, path);

        head.StatusCode.ShouldBe(get.StatusCode);
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        head.Content.Headers.ContentType.ShouldBe(get.Content.Headers.ContentType);
        (await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        // What is made while it is sent has no length.
        if (get.StatusCode == HttpStatusCode.OK && get.Headers.TransferEncodingChunked != true)
            head.Content.Headers.ContentLength.ShouldBe((await get.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Head_is_get_without_its_body()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var get = await server.GetAsync("/api/statistics");
        using var head = await server.SendAsync(HttpMethod.Head, "/api/statistics");

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(get.Content.Headers.ContentLength);
        head.Headers.ETag.ShouldBe(get.Headers.ETag);
        (await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_origin_may_read_by_default()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.GetAsync("/api/patients", ("Origin", "https://viewer.example"));

        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task An_origin_of_the_settings_may_use_every_method()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, CorsOrigins = ["https://viewer.example"] });

        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/patients/1");
        request.Headers.Add("Origin", "https://viewer.example");
        request.Headers.Add("Access-Control-Request-Method", "DELETE");
        using var preflight = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        using var other = await server.GetAsync("/api/patients", ("Origin", "https://evil.example"));

        preflight.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        preflight.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://viewer.example"]);
        preflight.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("DELETE");
        preflight.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("Content-Type");
        preflight.Headers.GetValues("Access-Control-Allow-Credentials").ShouldBe(["true"]);
        other.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        other.Headers.Vary.ShouldContain("Origin");
    }

    [Fact]
    public async Task The_socket_in_the_data_folder_needs_no_sign_in_and_is_closed_to_others()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });
        var file = NeurDicom.Archive.DataFolder.SocketFileOf(server.Folder);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(file), cancel);
                return new NetworkStream(socket, true);
            },
        });

        using var response = await http.GetAsync(new Uri("http://localhost/api/statistics"), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        SpinWait.SpinUntil(() => server.LogText.Contains("/api/statistics (", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        server.LogText.ShouldContain("200 GET /api/statistics (socket) ");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task The_query_of_a_request_is_not_logged()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var good = await server.GetAsync("/api/patients?patient_name=Geheimrat");
        using var bad = await server.GetAsync("/api/patients?Geheimrat=1&after=Geheimrat");

        bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        server.LogText.ShouldContain("/api/patients");
        server.LogText.ShouldNotContain("Geheimrat");
    }

    private static async Task<JsonNode> Problem(HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(text).ShouldNotBeNull();
    }
}
