using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tornado.Tests;

/// <summary>One application on a real Kestrel on a free port, with its log and ways to talk to it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly HttpServer _server;
    private readonly ServiceProvider _services;

    private TestServer(HttpServer server, ServiceProvider services, LogLines log)
    {
        _server = server;
        _services = services;
        Log = log;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Port}"),
        };
    }

    public int Port => _server.Ports[0];

    public HttpClient Client { get; }

    /// <summary>Every line that the server logged, as <c>category level message</c>.</summary>
    public LogLines Log { get; }

    public static Task<TestServer> StartAsync<THandler>(ApplicationSettings? settings = null)
        where THandler : RequestHandler
        => StartAsync([Rule.To<THandler>("/.*")], settings);

    public static async Task<TestServer> StartAsync(
        IEnumerable<Rule> rules, ApplicationSettings? settings = null, Action<IServiceCollection>? configure = null)
    {
        var log = new LogLines();
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        configure?.Invoke(collection);
        var services = collection.BuildServiceProvider();
        var server = new Application(rules, settings, services).Listen(0, "127.0.0.1");
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(server, services, log);
    }

    public Task<HttpResponseMessage> GetAsync(string path)
        => Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public Task<string> GetTextAsync(string path) => ReadAsync(GetAsync(path));

    public async Task<HttpResponseMessage> SendAsync(
        string method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<string> ReadAsync(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Opens a socket for bytes that no HTTP client would send.</summary>
    public async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>
    /// Sends a request that asks for the connection to be closed, and reads everything that comes back.
    /// </summary>
    public async Task<string> TalkAsync(string request)
    {
        await using var stream = await ConnectAsync();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        return await ReadToEndAsync(stream);
    }

    public static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The server cut the connection: what came until then counts.
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using (var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
            await _server.StopAsync(hurry.Token);
        await _server.DisposeAsync();
        await _services.DisposeAsync();
    }
}
