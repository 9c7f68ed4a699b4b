using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tornado.Tests;

/// <summary>An application is a request delegate: alone, in a host, under a path, behind middleware.</summary>
public sealed class HostingTests
{
    [Fact]
    public async Task An_application_lives_under_a_path_of_a_host()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            HttpServer.Configure(kestrel, new ApplicationSettings());
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddScoped<Counter>();
        await using var host = builder.Build();
        var application = new Application(
            [Rule.To<Greeter>(@"/hello/(?<name>\w+)"), Rule.To<Failing>("/fail")], services: host.Services);
        host.Use((http, next) =>
        {
            http.Response.Headers["X-Outer"] = "kept";
            return next(http);
        });
        host.Map("/app", branch => branch.Run(application));
        host.MapGet("/own", () => "own");
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };

        (await ReadAsync("/app/hello/zoe")).ShouldBe("hello zoe 1");
        (await ReadAsync("/app/hello/max")).ShouldBe("hello max 1");
        (await ReadAsync("/own")).ShouldBe("own");
        using var failed = await client.GetAsync(
            new Uri("/app/fail", UriKind.Relative), TestContext.Current.CancellationToken);
        failed.Headers.GetValues("X-Outer").ShouldBe(["kept"]);
        failed.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);

        Task<string> ReadAsync(string path)
            => client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Services_of_an_application_alone_have_the_scope_of_a_request()
    {
        await using var server = await TestServer.StartAsync(
            [Rule.To<Greeter>(@"/hello/(?<name>\w+)")], configure: s => s.AddScoped<Counter>());

        (await server.GetTextAsync("/hello/a")).ShouldBe("hello a 1");
        (await server.GetTextAsync("/hello/b")).ShouldBe("hello b 1");
    }

    [Fact]
    public async Task A_constructor_that_throws_is_a_500()
    {
        await using var server = await TestServer.StartAsync<Unmakeable>();

        (await server.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task Unmatched_paths_can_have_a_handler()
    {
        await using var server = await TestServer.StartAsync(
            [], new() { DefaultHandler = typeof(Lost), DefaultHandlerArguments = new { word = "lost" } });

        using var answer = await server.GetAsync("/x");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("lost");
    }

    [Fact]
    public async Task A_plain_delegate_can_be_a_target()
    {
        await using var server = await TestServer.StartAsync(
            [Rule.To(http => http.Response.WriteAsync("plain"), "/plain/.*"), Rule.To<Failing>("/.*")]);

        (await server.GetTextAsync("/plain/x")).ShouldBe("plain");
    }

    [Fact]
    public async Task The_first_rule_that_matches_wins()
    {
        await using var server = await TestServer.StartAsync(
        [
            Rule.To<Lost>("/a/b", new { word = "literal" }),
            Rule.To<Lost>("/a/.*", new { word = "pattern" }),
            Rule.To<Lost>("/a/c", new { word = "never" }),
            Rule.To<Lost>("/.*", new { word = "all" }),
            Rule.To<Lost>("/z", new { word = "never" }),
        ]);

        (await server.GetTextAsync("/a/b")).ShouldBe("literal");
        (await server.GetTextAsync("/a/c")).ShouldBe("pattern");
        (await server.GetTextAsync("/z")).ShouldBe("all");
    }

    [Theory]
    [InlineData("/(a+)+b")]
    [InlineData(@"/(?=(a+)+b)(\w*)")]
    public async Task A_pattern_that_backtracks_for_ever_does_not(string pattern)
    {
        await using var server = await TestServer.StartAsync(
            [Rule.To<Lost>(pattern, new { word = "x" })], new() { MatchTimeout = TimeSpan.FromMilliseconds(200) });

        using var answer = await server.GetAsync("/" + new string('a', 5000))
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_raw_path_is_matched_undecoded()
    {
        await using var server = await TestServer.StartAsync([Rule.To<Lost>("/req", new { word = "x" })]);

        (await server.TalkAsync("GET /%72eq HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
            .ShouldStartWith("HTTP/1.1 404");
        (await server.TalkAsync("GET /x/../req HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
            .ShouldStartWith("HTTP/1.1 404");
    }

    // 64 clients at once, some of which vanish: what one request sends never shows up in another.
    [Fact]
    public async Task Nothing_leaks_from_one_request_into_another()
    {
        await using var server = await TestServer.StartAsync([Rule.To<Mirror>("/mirror/(.*)")]);

        var crowd = new ParallelOptions
        {
            MaxDegreeOfParallelism = 64,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForEachAsync(Enumerable.Range(0, 3000), crowd, async (i, cancel) =>
        {
            var secret = $"secret-{i}-{new string((char)('a' + (i % 26)), i % 200)}";
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                $"/mirror/{secret}?q={secret}")
            { Content = new FormUrlEncodedContent([new("b", secret)]) };
            request.Headers.Add("Cookie", $"c={secret}");
            using var hurry = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (i % 5 == 0)
                hurry.CancelAfter(TimeSpan.FromMilliseconds(i % 7));
            try
            {
                using var answer = await server.Client.SendAsync(request, hurry.Token);
                (await answer.Content.ReadAsStringAsync(hurry.Token)).ShouldBe($"{secret},{secret},{secret},{secret}");
                answer.Headers.GetValues("Set-Cookie").ShouldBe([$"s={secret}; Path=/"]);
            }
            catch (OperationCanceledException) when (i % 5 == 0)
            {
                // This client has vanished on purpose.
            }
        });
    }

    private sealed class Counter
    {
        public int Count { get; set; }
    }

    private sealed class Greeter(Counter counter) : RequestHandler
    {
        public void Get(string name) => Write($"hello {name} {++counter.Count}");
    }

    private sealed class Failing : RequestHandler
    {
        public void Get() => throw new InvalidOperationException("boom");
    }

    private sealed class Unmakeable : RequestHandler
    {
        public Unmakeable() => throw new InvalidOperationException("no");
    }

    private sealed class Lost : RequestHandler
    {
        private string _word = "";

        public void Initialize(string word) => _word = word;

        public void Get()
        {
            if (_word == "lost")
                SetStatus(404);
            Write(_word);
        }
    }

    private sealed class Mirror : RequestHandler
    {
        public async Task PostAsync(string path)
        {
            Write(path);
            SetCookie("s", path);
            await Task.Yield();
            Write($",{GetQueryArgument("q")},{GetBodyArgument("b")}");
            await Task.Delay(1, CancellationToken.None);
            Write($",{GetCookie("c")}");
        }
    }
}
