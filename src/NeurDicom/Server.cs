using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using NeurDicom.Browse;
using NeurDicom.Commands;
using NeurDicom.Handlers;
using NeurDicom.Health;
using NeurDicom.Https;
using NeurDicom.Imaging;
using NeurDicom.Index;
using NeurDicom.Pages;
using NeurDicom.Store;
using Tornado;

namespace NeurDicom;

/// <summary>The server: composed here, in one place, of everything that the settings ask for.</summary>
internal static partial class Server
{
    // Requests under way when the server is told to stop are answered first, as long as that takes no longer.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(25);

    /// <summary>Serves until it is told to stop. Says on <paramref name="output"/> where it listens.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Settings settings, TextWriter output, CancellationToken cancel)
    {
        using var folder = DataFolder.Open(settings.Data);
        using var log = new LineLog(Console.OpenStandardError(), TimeProvider.System);
        await using var server = Build(
            settings, folder, TimeProvider.System,
            logging => logging.SetMinimumLevel(settings.Logging).AddProvider(log));

        var first = server.Services.GetRequiredService<FirstAccount>();
        var password = await first.EnsureAsync(
            Environment.GetEnvironmentVariable(FirstAccount.PasswordVariable), cancel);
        await StartAsync(server, cancel);
        await output.WriteLineAsync($"NeurDICOM serves {folder.Path} at {string.Join(' ', Addresses(server))}");
        if (settings.HttpsPort is not null
            && server.Services.GetRequiredService<ServerCertificate>() is { IsOwn: true } own)
            await output.WriteLineAsync(
                $"Its certificate is its own, {OwnCertificate.FileOf(folder)}, SHA-256 {own.Fingerprint}");
        if (first.Announce(password, isTerminal: !Console.IsOutputRedirected) is { } line)
            await output.WriteLineAsync(line);

        await output.FlushAsync(CancellationToken.None);
        Systemd.Notify("READY=1\nSTATUS=Ready.");
        await Task.Delay(Timeout.InfiniteTimeSpan, cancel).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        Systemd.Notify("STOPPING=1");
        await server.StopAsync(CancellationToken.None);
        await output.WriteLineAsync("Stopped.");
        return ExitCode.Ok;
    }

    /// <summary>Composes the server; <see cref="StartAsync"/> starts it. Tests do the same with port 0.</summary>
    /// <param name="folder">Stays the caller's.</param>
    /// <param name="isLocal">On the socket in the folder alone, for a command that found no server.</param>
    public static WebApplication Build(
        Settings settings, DataFolder folder, TimeProvider time, Action<ILoggingBuilder> configureLogging,
        bool isLocal = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        configureLogging(builder.Logging);
        // What Kestrel and the host say of every connection is of no use to who runs an archive.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is told once, by the command, without the stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, settings, folder, isLocal));

        var services = builder.Services;
        services.AddSingleton<IMemoryPoolFactory<byte>, ConnectionMemory>();
        services.Configure<SocketTransportOptions>(transport =>
        {
            transport.CreateBoundListenSocket = Bind;
            // A request is answered on the thread that its bytes arrived on.
            // Handlers either do not block for long or wait asynchronously,
            // and two changes of thread less are a fifth of what a small answer costs. The price: while a query runs,
            // nobody reads its connection, so a client that goes away may be seen only when the query has ended, at the
            // latest by its limit (query_seconds).
            transport.UnsafePreferInlineScheduling = true;
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = Grace);
        services.AddSingleton(settings);
        services.AddSingleton(folder);
        services.AddSingleton(time);
        var certificatePassword = Environment.GetEnvironmentVariable(CertificateFile.PasswordVariable);
        services.AddSingleton(all => new ServerCertificate(
            settings, folder, certificatePassword, time, all.GetRequiredService<ILogger<ServerCertificate>>()));

        // The archive
        services.AddSingleton(
            all => InstanceArchive.Open(folder, settings, time, all.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(all => all.GetRequiredService<InstanceArchive>().Index);
        services.AddSingleton(all => all.GetRequiredService<InstanceArchive>().Writer);
        services.AddHostedService<AuditClosing>();
        services.AddSingleton<InstanceIngest>();
        services.AddSingleton<StoreExchange>();
        services.AddSingleton<Readiness>();
        services.AddHostedService<HealthWatch>();
        services.AddSingleton(_ => new InstanceRenderer(TurboJpeg.Load()));

        // Who may do what
        services.AddSingleton<Users>();
        services.AddSingleton<LastUse>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<Tokens>();
        services.AddSingleton<PasswordQueue>();
        services.AddSingleton<SignInSlowdown>();
        services.AddSingleton<Credentials>();
        services.AddSingleton<FirstAccount>();
        services.AddSingleton(_ => new RequestGuard(settings.CorsOrigins, settings.Hosts));
        services.AddSingleton<Authentication>();

        // What handlers show
        services.AddSingleton<ApiContext>();
        services.AddSingleton<TagsCache>();
        services.AddSingleton<Thumbnails>();
        services.AddSingleton<PatientQueries>();
        services.AddSingleton<StudyQueries>();
        services.AddSingleton<SeriesQueries>();
        services.AddSingleton<InstanceQueries>();

        var server = builder.Build();
        if (settings.Hsts)
            server.Use(static next => http => AddHsts(next, http));
        server.Run(CreateApplication(settings, time, server.Services));
        return server;
    }

    /// <summary>Opens the archive and starts to listen; what is wrong with either ends the start.</summary>
    public static async Task StartAsync(WebApplication server, CancellationToken cancel)
    {
        _ = server.Services.GetRequiredService<InstanceArchive>();

        // The lock on the folder is ours, so a socket that lies there is one that a killed process left.
        var folder = server.Services.GetRequiredService<DataFolder>();
        File.Delete(folder.SocketFile);

        await server.StartAsync(cancel);
    }

    /// <summary>Where it listens for the network, with the port that was found where 0 was asked for.</summary>
    public static IEnumerable<string> Addresses(WebApplication server)
    {
        // Kestrel has it.
        return server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Where(address => !address.Contains("unix:", StringComparison.Ordinal));
    }

    private static void Listen(KestrelServerOptions kestrel, Settings settings, DataFolder folder, bool isLocal)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.MaxRequest;
        kestrel.Limits.MaxRequestLineSize = 16 << 10;
        // What an upload takes of the server it takes for as long as it lasts.
        // The slowest line that studies are sent over is far faster than this; Kestrel's own 240 bytes a second let one
        // sender hold every place for days.
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(
            bytesPerSecond: 4 << 10, gracePeriod: TimeSpan.FromSeconds(15));
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        // A connection whose other end is gone is found out where nothing is sent either.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromMinutes(1);
        if (!isLocal)
            ListenToNetwork(kestrel, settings);
        kestrel.ListenUnixSocket(folder.SocketFile, socket => socket.Use(next => connection =>
        {
            // Kestrel does not hand on to requests where a connection came in; RequestGuard asks for it.
            connection.Features.Set<IConnectionEndPointFeature>(new SocketEndPoint(folder.SocketFile));
            return next(connection);
        }));
    }

    private static void ListenToNetwork(KestrelServerOptions kestrel, Settings settings)
    {
        var plain = settings is { HttpsPort: not null, AllowPlainNetwork: false }
            && !RequestGuard.IsLoopback(settings.Address)
            ? "localhost"
            : settings.Address;
        ListenAt(kestrel, plain, settings.RestPort, static _ => { });
        if (settings.HttpsPort is { } port)
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
            ListenAt(kestrel, settings.Address, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(certificate.Options),
                });
            });
        }
    }

    private static void ListenAt(
        KestrelServerOptions kestrel, string address, int port, Action<ListenOptions> configure)
    {
        if (IPAddress.TryParse(address, out var ip))
            kestrel.Listen(ip, port, configure);
        else if (port == 0) // Which of localhost's two addresses would have the port?
            kestrel.Listen(IPAddress.Loopback, port, configure);
        else
            kestrel.ListenLocalhost(port, configure);
    }

    private static Task AddHsts(RequestDelegate next, HttpContext http)
    {
        // RFC 6797 7.2: never over plain HTTP. Behind the handler, which may take its headers back.
        if (http.Request.IsHttps)
        {
            http.Response.OnStarting(
                static response =>
                {
                    ((HttpResponse)response).Headers.StrictTransportSecurity = "max-age=31536000";
                    return Task.CompletedTask;
                },
                http.Response);
        }

        return next(http);
    }

    private static Application CreateApplication(Settings settings, TimeProvider time, IServiceProvider services)
    {
        // A handler that does not say who may call it stops the start.
        foreach (var handler in Routes.All.Select(rule => rule.Handler).OfType<Type>())
            _ = AccessRule.For(handler);

        var access = services.GetRequiredService<ILoggerFactory>().CreateLogger("NeurDicom.Access");
        return new Application(
            Routes.All,
            new ApplicationSettings
            {
                AutoHead = true,
                AutoOptions = true,
                DefaultHandler = typeof(UnknownPathHandler),
                ServerHeader = "NeurDICOM",
                MaxBodySize = settings.MaxJson,
                Multipart = new MultipartLimits
                {
                    // Tornado refuses the one that is as many.
                    MaxParts = settings.MaxParts == int.MaxValue ? int.MaxValue : settings.MaxParts + 1,
                    MaxPartHeaderSize = (int)settings.MaxPartHeader,
                },
                // Names of patients are in queries.
                LogQuery = false,
                LogFunction = handler => LogAccess(access, handler),
                Time = time,
            },
            services);
    }

    private static void LogAccess(ILogger logger, RequestHandler handler)
    {
        if (!logger.IsEnabled(LogLevel.Information))
            return;
        var request = handler.Request;
        var milliseconds = request.RequestTime.TotalMilliseconds.ToString("F2", CultureInfo.InvariantCulture);
        // 499, as nginx has it: the client went away before there was an answer.
        var status = handler.IsFinished ? handler.StatusCode : 499;
        var from = RequestGuard.IsUnixSocket(handler.Http) ? "socket" : request.RemoteIp;
        Log.Access(logger, status, request.Method, request.Path, from, milliseconds);
    }

    /// <summary>
    /// Writes the audit trail when everything has been answered: Kestrel, which is hosted last, stops first.
    /// </summary>
    private sealed class AuditClosing(InstanceArchive archive) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => archive.Audit.WriteAsync();
    }

    private sealed class SocketEndPoint(string file) : IConnectionEndPointFeature
    {
        public EndPoint? LocalEndPoint { get; set; } = new UnixDomainSocketEndPoint(file);

        public EndPoint? RemoteEndPoint { get; set; }
    }

    private static Socket Bind(EndPoint endPoint)
    {
        if (endPoint is not UnixDomainSocketEndPoint || OperatingSystem.IsWindows())
        {
            try
            {
                return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            }
            catch (SocketException e)
            {
                // There are two ports, and Kestrel words only the one that is in use.
                e.Data[nameof(EndPoint)] = endPoint;
                throw;
            }
        }

        // Whoever may open the socket is an admin, so it has to be closed to others from its first moment:
        // Linux gives the file the mode that the socket has when it is bound (unix(7)).
        // Elsewhere the mode is set right behind it.
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (var handle = new SafeFileHandle(socket.Handle, ownsHandle: false))
            File.SetUnixFileMode(handle, ownerOnly);
        socket.Bind(endPoint);
        File.SetUnixFileMode(endPoint.ToString()!, ownerOnly); // Its text is the path.
        return socket;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Status} {Method} {Path} ({From}) {Milliseconds}ms")]
        public static partial void Access(
            ILogger logger, int status, string method, string path, string from, string milliseconds);
    }
}
