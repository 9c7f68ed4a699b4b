using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests;

/// <summary>
/// The real server on a free port with a temporary data folder, for one test. A warning or an error in its log that the
/// test has not announced with <see cref="ExpectLog"/> fails the test when the server is disposed of.
/// </summary>
internal sealed class ArchiveServer : IAsyncDisposable
{
    public const string Password = "a password for tests";

    private readonly WebApplication _server;
    private readonly DataFolder _folder;
    private readonly bool _keepsFolder;
    private readonly CapturedLog _log;
    private readonly List<string> _expected = [];

    private ArchiveServer(WebApplication server, DataFolder folder, CapturedLog log, bool keepsFolder)
    {
        _server = server;
        _folder = folder;
        _log = log;
        _keepsFolder = keepsFolder;
        var address = AddressOf("http");
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    /// <summary>A client, not signed in until <see cref="SignInAsync"/>.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _server.Services;

    public InstanceArchive Archive => Services.GetRequiredService<InstanceArchive>();

    public string Folder => _folder.Path;

    /// <summary>Where it listens for <c>http</c> or <c>https</c>.</summary>
    public Uri AddressOf(string scheme)
    {
        return Server.Addresses(_server).Select(address => new Uri(address)).First(address => address.Scheme == scheme);
    }

    /// <summary>Every line that was logged so far.</summary>
    public string LogText => string.Join('\n', _log.Lines.Select(line => line.Text));

    /// <param name="settings">By default without sign-in, so that a test does not wait for password hashes.</param>
    /// <param name="folder">A data folder that outlives the server; by default a new one that goes with it.</param>
    public static async Task<ArchiveServer> StartAsync(Settings? settings = null, string? folder = null)
    {
        settings ??= new Settings { RestPort = 0, RequireAuth = false };
        settings.RestPort.ShouldBe(0, "A test takes any free port.");
        var log = new CapturedLog();
        var data = DataFolder.Open(folder ?? Directory.CreateTempSubdirectory("neurdicom-test").FullName);
        var server = Server.Build(
            settings, data, TimeProvider.System, logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        await Server.StartAsync(server, TestContext.Current.CancellationToken);
        return new ArchiveServer(server, data, log, folder is not null);
    }

    /// <summary>Makes the first account and signs <see cref="Http"/> in as it.</summary>
    public async Task SignInAsync()
    {
        await Services.GetRequiredService<FirstAccount>().EnsureAsync(Password, TestContext.Current.CancellationToken);
        Http.DefaultRequestHeaders.Authorization = Basic(FirstAccount.Name, Password);
    }

    /// <summary>Announces a warning or an error whose text holds this.</summary>
    public void ExpectLog(string part)
    {
        _expected.Add(part);
    }

    public static AuthenticationHeaderValue Basic(string name, string password)
    {
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
    }

    public async Task<JsonNode> GetJsonAsync(string path)
    {
        var text = await Http.GetByteArrayAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return JsonNode.Parse(text).ShouldNotBeNull();
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        return SendAsync(HttpMethod.Get, path, null, headers);
    }

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Stores one file and returns its entry in the answer.</summary>
    public async Task<JsonNode> StoreAsync(byte[] file)
    {
        using var response = await PostDicomAsync(file);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(text)!["instances"].ShouldNotBeNull(text)[0]!;
    }

    public async Task<HttpResponseMessage> PostDicomAsync(byte[] file)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        return await SendAsync(HttpMethod.Post, "/api/instances", content);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
        _folder.Dispose();
        if (!_keepsFolder)
            Directory.Delete(_folder.Path, true);

        _log.Lines
            .Where(line => line.Level >= LogLevel.Warning)
            .Select(line => line.Text)
            .Where(text => !_expected.Exists(part => text.Contains(part, StringComparison.Ordinal)))
            .ShouldBeEmpty("The server logged what the test did not announce.");
    }

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            return this;
        }

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines.Enqueue((logLevel, formatter(state, exception) + (exception is null ? "" : "\n" + exception)));
        }

        public bool IsEnabled(LogLevel logLevel)
        {
            return true;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            return null;
        }

        public void Dispose()
        {
        }
    }
}
