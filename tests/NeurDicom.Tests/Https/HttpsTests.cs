using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NeurDicom.Https;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Https;

public sealed class HttpsTests : IDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("neurdicom-https-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Delete(recursive: true);

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task Http_2_and_1_are_spoken_over_tls_with_the_servers_own_certificate(string version)
    {
        await using var server = await ArchiveServer.StartAsync(Own());
        using var http = CreateClient(server, Version.Parse(version), out var seen);
        var file = new PictureFile().Pixels(new int[64]).Write();
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");

        using var stored = await http.PostAsync(new Uri("/api/instances", UriKind.Relative), content, Cancel);
        using var back = await http.GetAsync(new Uri("/api/instances/1/file", UriKind.Relative), Cancel);
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/instances/1/file")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        }, Cancel);

        stored.StatusCode.ShouldBe(HttpStatusCode.OK, await stored.Content.ReadAsStringAsync(Cancel));
        back.Version.ShouldBe(Version.Parse(version));
        (await back.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(file);
        head.Content.Headers.ContentLength.ShouldBe(file.Length);
        using var own = X509Certificate2.CreateFromPemFile(Path.Combine(server.Folder, "certificate.pem"));
        seen.ShouldAllBe(hash => hash == own.GetCertHashString());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_current_versions_of_tls_are_spoken(SslProtocols protocol)
    {
        await using var server = await ArchiveServer.StartAsync(Own());

        await using var tls = await ConnectAsync(server, protocol);

        tls.SslProtocol.ShouldBe(protocol);
        tls.NegotiatedApplicationProtocol.ShouldBe(SslApplicationProtocol.Http2);
    }

    [Fact]
    public async Task Curl_that_trusts_the_certificate_speaks_http_2()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl"), "curl is not installed: no client that is not .NET's was tried.");
        await using var server = await ArchiveServer.StartAsync(Own());
        var address = server.AddressOf("https");
        using var curl = Process.Start(new ProcessStartInfo(
            "/usr/bin/curl",
            [
                "-sS", "--noproxy", "*", "--cacert", Path.Combine(server.Folder, "certificate.pem"), "-w", " %{http_version} %{http_code}",
                $"https://localhost:{address.Port}/api/statistics", "--connect-to", $"localhost:{address.Port}:127.0.0.1:{address.Port}",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // Null only for what the shell opens.

        var output = await curl.StandardOutput.ReadToEndAsync(Cancel);
        var error = await curl.StandardError.ReadToEndAsync(Cancel);
        await curl.WaitForExitAsync(Cancel);

        output.ShouldEndWith(" 2 200", customMessage: error);
    }

    [Fact]
    public async Task The_session_cookie_is_secure_over_https_and_hsts_is_not_sent_unasked()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, HttpsPort = 0 });
        await server.SignInAsync();
        using var https = CreateClient(server, HttpVersion.Version20, out _);

        using var secure = await SignInAsync(https);
        using var plain = await SignInAsync(server.Http);

        secure.Headers.GetValues("Set-Cookie").Single().ShouldContain("; secure", Case.Insensitive);
        plain.Headers.GetValues("Set-Cookie").Single().ShouldNotContain("secure", Case.Insensitive);
        secure.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }

    [Fact]
    public async Task Hsts_is_sent_over_https_alone_and_with_errors_too()
    {
        using var made = new TestCertificate();
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, HttpsPort = 0, Certificate = Write("all.pem", made.CertificatePem + made.KeyPem), Hsts = true });
        using var https = CreateClient(server, HttpVersion.Version20, out _);

        using var secure = await https.GetAsync(new Uri("/api/patients", UriKind.Relative), Cancel);
        using var plain = await server.GetAsync("/api/patients");

        secure.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        secure.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=31536000"]);
        plain.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }

    [Fact]
    public async Task A_refused_body_over_http_2_ends_its_own_stream_only()
    {
        await using var server = await ArchiveServer.StartAsync(Own(new Settings { MaxJson = 1000 }));
        using var http = CreateClient(server, HttpVersion.Version20, out var seen);

        using var refused = await http.PostAsync(
            new Uri("/api/verify", UriKind.Relative), new ByteArrayContent(new byte[100_000]), Cancel);
        using var next = await http.GetAsync(new Uri("/api/patients", UriKind.Relative), Cancel);

        refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
        seen.Count.ShouldBe(1, "Both went over one connection.");
    }

    [Fact]
    public async Task With_https_plain_http_is_for_this_machine_only()
    {
        await using var kept = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, HttpsPort = 0, Address = "0.0.0.0" });
        await using var open = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, HttpsPort = 0, Address = "0.0.0.0", AllowPlainNetwork = true });

        kept.AddressOf("http").Host.ShouldBe("127.0.0.1");
        kept.AddressOf("https").Host.ShouldBe("0.0.0.0");
        open.AddressOf("http").Host.ShouldBe("0.0.0.0");
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_without_a_restart_and_a_broken_one_is_not()
    {
        using var first = new TestCertificate();
        using var second = new TestCertificate(rsaBits: 2048);
        var file = Write("all.pem", first.CertificatePem + first.KeyPem);
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, HttpsPort = 0, RequireAuth = false, Certificate = file });
        server.ExpectLog("The changed certificate is not taken");
        var certificate = (ServerCertificate)server.Services.GetService(typeof(ServerCertificate))!; // The server has it.

        (await CertificateOfAsync(server)).ShouldBe(first.Certificate.GetCertHashString());
        Write("all.pem", "-----BEGIN CERTIFICATE-----\nhalf written");
        certificate.Look();
        (await CertificateOfAsync(server)).ShouldBe(first.Certificate.GetCertHashString());
        Write("all.pem", second.CertificatePem + second.KeyPem);
        certificate.Look();
        (await CertificateOfAsync(server)).ShouldBe(second.Certificate.GetCertHashString());
    }

    private static Settings Own(Settings? settings = null) => new()
    {
        RestPort = 0,
        HttpsPort = 0,
        RequireAuth = false,
        MaxJson = settings?.MaxJson ?? 1 << 20,
    };

    private string Write(string name, string text)
    {
        var file = Path.Combine(_files.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static HttpClient CreateClient(ArchiveServer server, Version version, out List<string> seen)
    {
        var hashes = seen = [];
        return new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    hashes.Add(certificate?.GetCertHashString() ?? "none");
                    return certificate is not null;
                },
            },
        })
        {
            BaseAddress = server.AddressOf("https"),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    private static Task<HttpResponseMessage> SignInAsync(HttpClient http) => http.PostAsync(
        new Uri("/api/users/auth", UriKind.Relative),
        new StringContent($$"""{"email": "admin", "password": "{{ArchiveServer.Password}}"}""", Encoding.UTF8, "application/json"),
        Cancel);

    private static async Task<string> CertificateOfAsync(ArchiveServer server)
    {
        await using var tls = await ConnectAsync(server, SslProtocols.None);
        return tls.RemoteCertificate!.GetCertHashString(); // There was a handshake.
    }

    private static async Task<SslStream> ConnectAsync(ArchiveServer server, SslProtocols protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.AddressOf("https").Port, Cancel);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocol,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
            Cancel);
        return tls;
    }
}
