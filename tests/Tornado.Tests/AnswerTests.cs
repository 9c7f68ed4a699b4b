using System.Net;

namespace Tornado.Tests;

public sealed class AnswerTests
{
    [Fact]
    public async Task Head_can_be_answered_by_get()
    {
        await using var server = await TestServer.StartAsync<Texts>(new() { AutoHead = true });

        var answer = await server.TalkAsync("HEAD /text HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        answer.ShouldContain("Content-Length: 5\r\n");
        answer.ShouldContain("ETag: \"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d\"");
        answer.ShouldEndWith("\r\n\r\n");
    }

    [Fact]
    public async Task Options_can_be_answered_with_the_methods()
    {
        await using var server = await TestServer.StartAsync<Texts>(new() { AutoOptions = true, AutoHead = true });

        using var answer = await server.SendAsync("OPTIONS", "/text");

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        answer.Content.Headers.Allow.ShouldBe(["GET", "HEAD", "POST", "OPTIONS"]);
        answer.Content.Headers.ContentType.ShouldBeNull();
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("BREW")]
    [InlineData("get")]
    public async Task A_method_that_is_not_there_is_answered_with_those_that_are(string method)
    {
        await using var server = await TestServer.StartAsync<Texts>();

        var answer = await server.TalkAsync($"{method} /text HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 405 Method Not Allowed\r\n");
        answer.ShouldContain("\r\nAllow: GET, POST\r\n");
    }

    [Fact]
    public async Task An_unknown_status_is_an_error_under_the_strict_switch()
    {
        await using var lax = await TestServer.StartAsync<Statuses>();
        await using var strict = await TestServer.StartAsync<Statuses>(new() { StrictStatus = true });

        using var unknown = await lax.GetAsync("/211");
        using var named = await strict.GetAsync("/210");
        using var refused = await strict.GetAsync("/211");

        (unknown.ReasonPhrase, (int)unknown.StatusCode).ShouldBe(("Unknown", 211));
        (named.ReasonPhrase, (int)named.StatusCode).ShouldBe(("itcast error", 210));
        refused.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task The_entity_tag_can_be_switched_off()
    {
        await using var server = await TestServer.StartAsync<Texts>(new() { AutoEtag = false });

        (await server.GetAsync("/text")).Headers.ETag.ShouldBeNull();
    }

    [Fact]
    public async Task A_tag_of_the_handlers_own_can_be_checked_before_the_body()
    {
        await using var server = await TestServer.StartAsync<Tagged>();

        using var fresh = await server.SendAsync("GET", "/", null, ("If-None-Match", "\"a\", W/\"v7\""));
        using var stale = await server.SendAsync("GET", "/", null, ("If-None-Match", "\"v6\""));

        fresh.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        stale.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Objects_become_json_and_lists_have_to_be_meant()
    {
        await using var server = await TestServer.StartAsync<Texts>();

        (await server.GetTextAsync("/object"))
            .ShouldBe("""{"name": "\u4e2d<\/b>", "sizes": [1, 2.0, 1e+16, null], "ok": true}""");
        (await server.GetTextAsync("/json")).ShouldBe("""[{"a":1},{"a":2}]""");
        (await server.GetAsync("/list")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task An_exception_can_carry_headers()
    {
        await using var server = await TestServer.StartAsync<Texts>();

        using var answer = await server.GetAsync("/auth");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Basic realm=\"r\"");
    }

    [Theory]
    [InlineData("/?reason=a%0d%0aX-Evil:%201")]
    [InlineData("/?header=a%0d%0aX-Evil:%201")]
    [InlineData("/?cookie=a%0d%0aX-Evil:%201")]
    [InlineData("/?domain=a%0d%0aX-Evil:%201")]
    [InlineData("/?location=/a%0d%0aX-Evil:%201")]
    [InlineData("/?name=a%0d%0aX-Evil:%201")]
    public async Task No_value_writes_headers_of_its_own(string path)
    {
        await using var server = await TestServer.StartAsync<Splitting>();

        var answer = await server.TalkAsync($"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 ");
        answer.ShouldNotContain("\nX-Evil");
    }

    [Fact]
    public async Task Logs_leave_the_query_out_where_they_must()
    {
        await using var server = await TestServer.StartAsync<Texts>(new() { LogQuery = false });

        (await server.GetAsync("/missing?patient=Doe")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await server.GetAsync("/boom?patient=Doe")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);

        (await server.Log.OfAsync("tornado.access")).ShouldContain(
            l => l.StartsWith("tornado.access Warning 400 GET /missing (127.0.0.1) ", StringComparison.Ordinal));
        (await server.Log.OfAsync("tornado.general"))
            .ShouldContain("tornado.general Warning 400 GET /missing (127.0.0.1): Missing argument needed");
        server.Log.All.Where(l => l.StartsWith("tornado.", StringComparison.Ordinal))
            .ShouldNotContain(l => l.Contains("Doe", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(10_000_000)]
    public async Task An_answer_of_any_size_arrives_whole(int size)
    {
        await using var server = await TestServer.StartAsync<Sized>();

        foreach (var way in new[] { "auto", "finish", "flush", "unawaited" })
        {
            using var answer = await server.GetAsync($"/?way={way}&size={size}");
            var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

            bytes.Length.ShouldBe(size);
            bytes.AsSpan().SequenceEqual(Sized.Bytes(size)).ShouldBeTrue(way);
        }
    }

    [Fact]
    public async Task The_access_log_can_be_replaced()
    {
        var lines = new List<string>();
        await using var server = await TestServer.StartAsync<Texts>(
            new() { LogFunction = h => lines.Add($"{h.StatusCode} {h.Request.Path}") });

        await server.GetTextAsync("/text");
        await server.GetTextAsync("/text");

        lines[0].ShouldBe("200 /text");
        server.Log.All.ShouldNotContain(l => l.StartsWith("tornado.access", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_traceback_is_served_only_when_asked_for()
    {
        await using var open = await TestServer.StartAsync<Texts>(new() { ServeTraceback = true });
        await using var closed = await TestServer.StartAsync<Texts>();

        (await open.GetTextAsync("/boom")).ShouldEndWith("System.InvalidOperationException: boom\n");
        (await closed.GetTextAsync("/boom"))
            .ShouldBe("<html><title>500: Internal Server Error</title><body>500: Internal Server Error</body></html>");
    }

    private sealed class Texts : RequestHandler
    {
        private static readonly object[] Rows = [new { a = 1 }, new { a = 2 }];

        public void Get()
        {
            switch (Request.Path)
            {
                case "/text":
                    Write("hello");
                    break;
                case "/object":
                    Write(new Dictionary<string, object?>
                    {
                        ["name"] = "中</b>",
                        ["sizes"] = new object?[] { 1, 2.0, 1e16, null },
                        ["ok"] = true,
                    });
                    break;
                case "/json":
                    WriteJson(Rows);
                    break;
                case "/list":
                    Write(Rows);
                    break;
                case "/auth":
                    throw new HttpException(401) { Headers = { ["WWW-Authenticate"] = "Basic realm=\"r\"" } };
                case "/missing":
                    GetArgument("needed");
                    break;
                default:
                    throw new InvalidOperationException("boom");
            }
        }

        public void Post() => Write("posted");
    }

    private sealed class Sized : RequestHandler
    {
        public static byte[] Bytes(int size)
        {
            var bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            return bytes;
        }

        public async Task GetAsync()
        {
            var bytes = Bytes(GetArgument("size", 0));
            Write(bytes[..(bytes.Length / 2)]);
            switch (GetArgument("way"))
            {
                case "flush":
                    await FlushAsync();
                    break;
                case "unawaited":
                    _ = FlushAsync();
                    break;
            }
            Write(bytes[(bytes.Length / 2)..]);
            if (GetArgument("way") == "finish")
                Finish();
        }
    }

    private sealed class Statuses : RequestHandler
    {
        public void Get()
        {
            if (Request.Path == "/210")
                SetStatus(210, "itcast error");
            else
                SetStatus(211);
        }
    }

    private sealed class Tagged : RequestHandler
    {
        public void Get()
        {
            SetHeader("ETag", "\"v7\"");
            if (CheckEtagHeader())
                SetStatus(304);
            else
                Write("body");
        }
    }

    private sealed class Splitting : RequestHandler
    {
        public void Get()
        {
            // Arguments have their line breaks left in: only control characters other than blanks are replaced.
            if (GetArgument("reason", null, strip: false) is { } reason)
                SetStatus(200, reason);
            if (GetArgument("header", null) is { } header)
                SetHeader("X-Good", header);
            if (GetArgument("cookie", null) is { } cookie)
                SetCookie("c", cookie);
            if (GetArgument("domain", null) is { } domain)
                SetCookie("c", "v", new() { Domain = domain });
            if (GetArgument("name", null) is { } name)
                SetHeader(name, "v");
            if (GetArgument("location", null) is { } location)
                Redirect(location);
        }
    }
}
