using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NeurDicom.Archive;

namespace NeurDicom.Https;

/// <summary>
/// The certificate that the server makes where the settings name none: self-signed, with its key in one file that only
/// the owner may read. It is made anew before it ends, and when the names of the server change.
/// </summary>
internal static class OwnCertificate
{
    // Some clients take none that is valid for more than 398 days.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>So long before its end a new one is made: time enough for who has to trust it anew.</summary>
    public static readonly TimeSpan RenewedBefore = TimeSpan.FromDays(30);

    // Clocks of clients differ.
    private static readonly TimeSpan Earlier = TimeSpan.FromDays(1);

    public static string FileOf(DataFolder folder) => Path.Combine(folder.Path, "certificate.pem");

    /// <summary>The one that lies in the folder, where it serves; else a new one.</summary>
    public static X509Certificate2 Ensure(DataFolder folder, Settings settings, DateTimeOffset now, out bool isNew)
    {
        var file = FileOf(folder);
        var names = Names(settings);
        isNew = false;
        if (Read(file) is { } known)
        {
            if (Serves(known, names, now))
                return known;
            known.Dispose();
        }

        isNew = true;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Create(key, names, now);
        var text = certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
        DataFolder.WriteOwnerFile(file, System.Text.Encoding.ASCII.GetBytes(text));
        return certificate;
    }

    private static X509Certificate2 Create(ECDsa key, IReadOnlyCollection<string> names, DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=NeurDICOM", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        // Who trusts it trusts this server, and nothing that somebody else signs with its key.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // RFC 5280 4.2.1.12
        request.CertificateExtensions.Add(alternatives.Build());
        return request.CreateSelfSigned(now - Earlier, now - Earlier + Lifetime);
    }

    private static bool Serves(X509Certificate2 certificate, IReadOnlyCollection<string> names, DateTimeOffset now) =>
        certificate.NotBefore.ToUniversalTime() <= now.UtcDateTime
        && certificate.NotAfter.ToUniversalTime() - RenewedBefore > now.UtcDateTime
        && names.All(name => certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false));

    // What cannot be read, for whatever reason, is replaced.
    private static X509Certificate2? Read(string file)
    {
        try
        {
            return File.Exists(file) ? X509Certificate2.CreateFromPemFile(file) : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What the server can be reached by, as far as it knows.</summary>
    private static SortedSet<string> Names(Settings settings)
    {
        var names = new SortedSet<string>(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "::1" };
        foreach (var name in settings.Hosts.Append(Dns.GetHostName()))
        {
            if (Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6)
                names.Add(name);
        }

        if (IPAddress.TryParse(settings.Address, out var address)
            && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            names.Add(address.ToString());
        return names;
    }
}
