using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using NeurDicom.Archive;

namespace NeurDicom.Https;

/// <summary>
/// The certificate that connections are secured with: the one of the settings, or our own.
/// It is looked at every minute, so that a renewed one is taken without a restart;
/// connections that are open keep the old one.
/// </summary>
internal sealed partial class ServerCertificate : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WarnedBefore = TimeSpan.FromDays(14);

    private readonly Settings _settings;
    private readonly DataFolder _folder;
    private readonly string? _password;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;

    private volatile SslServerAuthenticationOptions _options = null!; // Set by the constructor's Take.
    private X509Certificate2 _certificate = null!; // As above.
    private string _stamp = "";
    private DateTime _warned;

    /// <param name="password">What the environment gives; see <see cref="CertificateFile.PasswordVariable"/>.</param>
    /// <exception cref="IOException">The certificate of the settings cannot be used.</exception>
    public ServerCertificate(
        Settings settings, DataFolder folder, string? password, TimeProvider time, ILogger<ServerCertificate> logger)
    {
        _settings = settings;
        _folder = folder;
        _password = password;
        _time = time;
        _logger = logger;
        _stamp = Stamp();
        Take();
        foreach (var name in settings.Hosts.Where(name => !_certificate.MatchesHostname(name, true, false)))
            Log.OtherName(logger, name);
        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>Whether the server made it, so that no browser trusts it of its own accord.</summary>
    public bool IsOwn => _settings.Certificate.Length == 0;

    /// <summary>What people compare who have to trust it: SHA-256 of the certificate, as browsers show it.</summary>
    public string Fingerprint
    {
        get
        {
            lock (_gate)
            {
                return string.Join(':', _certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256)
                    .Select(one => one.ToString("X2", CultureInfo.InvariantCulture)));
            }
        }
    }

    /// <summary>For a connection that is about to be secured.</summary>
    public SslServerAuthenticationOptions Options => _options;

    /// <summary>Takes a certificate that was renewed since; where it cannot be used, the old one goes on.</summary>
    public void Look()
    {
        lock (_gate)
        {
            try
            {
                var stamp = Stamp();
                if (IsOwn || stamp != _stamp)
                {
                    _stamp = stamp;
                    Take();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.NotTaken(_logger, e.Message);
            }

            var today = _time.GetUtcNow().UtcDateTime.Date;
            var end = _certificate.NotAfter.ToUniversalTime();
            if (today != _warned && end - WarnedBefore < _time.GetUtcNow().UtcDateTime)
            {
                _warned = today;
                Log.Ending(_logger, end);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Take()
    {
        var now = _time.GetUtcNow();
        X509Certificate2Collection issuers = [];
        X509Certificate2 certificate;
        if (IsOwn)
            certificate = OwnCertificate.Ensure(_folder, _settings, now, out _);
        else
            (certificate, issuers) = CertificateFile.Read(_settings, _password, now);

        if (_certificate is { } old && old.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
        {
            certificate.Dispose();
            return;
        }

        if (_certificate is not null)
            Log.Taken(_logger, certificate.NotAfter.ToUniversalTime());
        _certificate = certificate; // The old one is left to who may be using it.
        _options = new SslServerAuthenticationOptions
        {
            // Built once: sessions can be resumed then, and a handshake looks for no issuers.
            // Offline: no requests to anybody.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, issuers, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, // RFC 8996: nothing older.
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        };
    }

    /// <summary>Changes when one of the files does.</summary>
    private string Stamp() => IsOwn ? "" : string.Join('|', new[]
    {
        _settings.Certificate, _settings.CertificateKey, _settings.CertificatePasswordFile,
    }.Where(file => file.Length > 0).Select(Stamp));

    private static string Stamp(string file) => new FileInfo(file) is { Exists: true } found
        ? string.Create(CultureInfo.InvariantCulture, $"{found.LastWriteTimeUtc.Ticks} {found.Length}")
        : "";

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information, "HTTPS goes on with a renewed certificate, which counts until {End:yyyy-MM-dd}.")]
        public static partial void Taken(ILogger logger, DateTime end);

        [LoggerMessage(
            LogLevel.Error, "The changed certificate is not taken, HTTPS goes on with the one before: {Reason}")]
        public static partial void NotTaken(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The certificate of HTTPS ends on {End:yyyy-MM-dd}; it has to be renewed.")]
        public static partial void Ending(ILogger logger, DateTime end);

        [LoggerMessage(
            LogLevel.Warning,
            "The certificate of HTTPS is not made out to {Name}, which is one of hosts: browsers will refuse it.")]
        public static partial void OtherName(ILogger logger, string name);
    }
}
