using System.Net;

namespace Tornado.Tests;

public sealed class LifeCycleTests
{
    private static readonly string[] Normal =
        ["set_default_headers", "initialize", "prepare", "get", "compute_etag", "on_finish"];

    // shared/tornado case S01, seed 001.
    [Fact]
    public async Task A_request_runs_its_hooks_in_the_order_of_tornado()
    {
        var events = new Events();
        await using var server = await TestServer.StartAsync([Rule.To<Recorder>("/life", new { events })]);

        (await server.GetAsync("/life")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await events.ShouldBeAsync(Normal);
    }

    // Cases S02 to S07.
    [Theory]
    [InlineData("POST", "post", "set_default_headers", "write_error 200")]
    [InlineData("PUT", "put", "log_exception", "set_default_headers", "write_error 400")]
    [InlineData("PATCH", "patch", "log_exception", "set_default_headers", "write_error 500")]
    [InlineData("DELETE", "delete")]
    [InlineData("HEAD", "log_exception", "set_default_headers", "write_error 405")]
    public async Task An_error_sets_the_default_headers_again(string method, params string[] middle)
    {
        var events = new Events();
        await using var server = await TestServer.StartAsync([Rule.To<Recorder>("/life", new { events })]);

        (await server.SendAsync(method, "/life")).Dispose();

        await events.ShouldBeAsync(["set_default_headers", "initialize", "prepare", .. middle, "on_finish"]);
    }

    [Fact]
    public async Task An_unknown_method_is_refused_before_prepare()
    {
        var events = new Events();
        await using var server = await TestServer.StartAsync([Rule.To<Recorder>("/life", new { events })]);

        using var answer = await server.SendAsync("BREW", "/life");

        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        await events.ShouldBeAsync(
            "set_default_headers",
            "initialize",
            "log_exception",
            "set_default_headers",
            "write_error 405",
            "on_finish");
    }

    private sealed class Recorder : RequestHandler
    {
        private Events _events = new();

        // SetDefaultHeaders runs before Initialize, so the first event waits for the list.
        private readonly List<string> _early = [];

        public void Initialize(Events events)
        {
            _events = events;
            foreach (var e in _early)
                events.Add(e);
            events.Add("initialize");
        }

        public void Get() => _events.Add("get");

        public void Post()
        {
            _events.Add("post");
            SendError(200);
        }

        public void Put()
        {
            _events.Add("put");
            throw new HttpException(400);
        }

        public void Patch()
        {
            _events.Add("patch");
            throw new InvalidOperationException("x");
        }

        public void Delete()
        {
            _events.Add("delete");
            Redirect("/");
        }

        protected override void SetDefaultHeaders()
        {
            if (_early.Count == 0)
                _early.Add("set_default_headers");
            else
                _events.Add("set_default_headers");
        }

        protected override void Prepare() => _events.Add("prepare");

        protected override void WriteError(int statusCode, ErrorArguments arguments)
            => _events.Add($"write_error {statusCode}");

        protected override void LogException(Exception exception) => _events.Add("log_exception");

        protected override void OnFinish() => _events.Add("on_finish");

        protected override string? ComputeEtag()
        {
            _events.Add("compute_etag");
            return base.ComputeEtag();
        }
    }
}
