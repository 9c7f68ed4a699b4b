using System.Net.Sockets;

namespace Tornado.Tests;

/// <summary>Clients that leave: never an error in the log, never an answer to half a request.</summary>
public sealed class DisconnectTests
{
    // Case S11, where Tornado lets the verb run on.
    [Fact]
    public async Task A_client_that_leaves_cancels_the_verb()
    {
        var events = new Events();
        await using var server = await TestServer.StartAsync([Rule.To<Waiting>("/", new { events })]);
        var stream = await server.ConnectAsync();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await events.ShouldBeAsync("initialize", "get");

        stream.Socket.LingerState = new LingerOption(true, 0);
        await stream.DisposeAsync();

        await events.ShouldBeAsync("initialize", "get", "on_connection_close", "on_finish");
        server.Log.All.ShouldNotContain(
            l => l.Contains(" Error ", StringComparison.Ordinal) || l.Contains(" Warning ", StringComparison.Ordinal));
    }

    // Case S12: a body that never arrives in whole makes no handler.
    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nabc")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n64\r\nabc")]
    public async Task Half_a_request_is_not_answered(string rest)
    {
        var events = new Events();
        await using var server = await TestServer.StartAsync([Rule.To<Waiting>("/", new { events })]);
        await using var stream = await server.ConnectAsync();
        await stream.WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: h\r\n{rest}"),
            TestContext.Current.CancellationToken);

        stream.Socket.Shutdown(SocketShutdown.Send);

        (await TestServer.ReadToEndAsync(stream)).ShouldNotContain("200 OK");
        await events.ShouldBeAsync();
        server.Log.All.ShouldNotContain(
            l => l.Contains(" Error ", StringComparison.Ordinal) || l.Contains(" Warning ", StringComparison.Ordinal));
    }

    private sealed class Waiting : RequestHandler
    {
        private Events _events = new();

        public async Task GetAsync(CancellationToken cancel)
        {
            _events.Add("get");
            await Task.Delay(TimeSpan.FromSeconds(20), cancel);
        }

        public void Post() => _events.Add("post");

        public void Initialize(Events events)
        {
            _events = events;
            events.Add("initialize");
        }

        protected override void OnConnectionClose() => _events.Add("on_connection_close");

        protected override void OnFinish() => _events.Add("on_finish");
    }
}
