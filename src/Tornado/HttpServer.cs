using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tornado;

/// <summary>
/// Kestrel with one application on it, for programs that have no host of their own. Tornado: <c>HTTPServer</c> together
/// with
/// the <c>IOLoop</c> that runs it.
/// </summary>
public sealed class HttpServer(RequestDelegate application) : IAsyncDisposable
{
    private readonly List<(IPAddress? Address, int Port)> _endpoints = [];
    private WebApplication? _host;

    /// <summary>A server for an application.</summary>
    public HttpServer(Application application)
        : this((RequestDelegate)application) => Application = application;

    /// <summary>The ports that are bound, in the order of <see cref="Listen"/>; empty before the start.</summary>
    public IReadOnlyList<int> Ports
        => _host?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>() is { } bound
        ? [.. bound.Addresses.Select(a => BindingAddress.Parse(a).Port)]
        : [];

    private Application? Application { get; }

    private ApplicationSettings Settings => Application?.Settings ?? new ApplicationSettings();

    /// <summary>Adds a port to listen on after the start. Tornado: <c>listen</c>.</summary>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="address">The address to bind; null, as in Tornado, for all.</param>
    /// <exception cref="FormatException">The address is none.</exception>
    public HttpServer Listen(int port, string? address = null)
    {
        _endpoints.Add(
            (address is null ? null : address == "localhost" ? IPAddress.Loopback : IPAddress.Parse(address), port));
        return this;
    }

    /// <summary>Binds the ports and begins to serve.</summary>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Configure(kestrel, Settings);
            foreach (var (address, port) in _endpoints)
            {
                if (address is null)
                    kestrel.ListenAnyIP(port);
                else
                    kestrel.Listen(address, port);
            }
        });

        // As with Tornado, the access log is the one line of a request.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        if (Application?.Services?.GetService<ILoggerFactory>() is { } loggers)
            builder.Services.AddSingleton(loggers);

        _host = builder.Build();
        if (Application?.Services?.GetService<IServiceScopeFactory>() is { } scopes)
            _host.Use(next => http => InScopeAsync(scopes, next, http));
        _host.Run(application);
        await _host.StartAsync(cancel);
    }

    /// <summary>
    /// Starts, unless started, and serves until the process is told to end. Tornado: <c>IOLoop.start()</c>.
    /// </summary>
    public async Task RunAsync(CancellationToken cancel = default)
    {
        if (_host is null)
            await StartAsync(cancel);
        await ((IHost)_host!).WaitForShutdownAsync(cancel); // StartAsync sets it.
    }

    /// <summary>
    /// Stops accepting and waits for the requests that are running, at most as long as the host allows. Tornado:
    /// <c>stop</c>.
    /// </summary>
    public Task StopAsync(CancellationToken cancel = default) => _host?.StopAsync(cancel) ?? Task.CompletedTask;

    /// <summary>Stops and frees the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    /// <summary>
    /// Gives Kestrel the limits of the settings and Tornado's header encoding, Latin-1 both ways. For hosts that run an
    /// application beside other things: <c>builder.WebHost.ConfigureKestrel(k =&gt; HttpServer.Configure(k,
    /// settings))</c>.
    /// </summary>
    public static void Configure(KestrelServerOptions kestrel, ApplicationSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.Limits.MaxRequestBodySize = settings.MaxBodySize;
        kestrel.Limits.MaxRequestHeadersTotalSize = settings.MaxHeaderSize;
        kestrel.Limits.MaxRequestLineSize = Math.Min(settings.MaxHeaderSize, kestrel.Limits.MaxRequestLineSize * 8);
    }

    private static async Task InScopeAsync(IServiceScopeFactory scopes, RequestDelegate next, HttpContext http)
    {
        var own = http.RequestServices;
        await using var scope = scopes.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        await next(http);
        http.RequestServices = own;
    }
}
