using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NeurDicom.Tests.Https;

/// <summary>A certificate with its key, as somebody else might have made it.</summary>
internal sealed class TestCertificate : IDisposable
{
    public const string Password = "a password for keys";

    private readonly AsymmetricAlgorithm _key;

    /// <param name="ends">Days from now.</param>
    /// <param name="usage">The only extended key usage.</param>
    /// <param name="rsaBits">0 for an elliptic curve.</param>
    public TestCertificate(int begins = -1, int ends = 90, string usage = "1.3.6.1.5.5.7.3.1", int rsaBits = 0)
    {
        CertificateRequest request;
        if (rsaBits > 0)
        {
            var rsa = RSA.Create(rsaBits);
            _key = rsa;
            request = new CertificateRequest("CN=archive.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        else
        {
            var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            _key = ecdsa;
            request = new CertificateRequest("CN=archive.example", ecdsa, HashAlgorithmName.SHA256);
        }

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("archive.example");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddDays(begins), now.AddDays(ends));
    }

    public X509Certificate2 Certificate { get; }

    public string CertificatePem => Certificate.ExportCertificatePem() + "\n";

    public string KeyPem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    public string EncryptedKeyPem => _key.ExportEncryptedPkcs8PrivateKeyPem(
        Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)) + "\n";

    public byte[] Pfx(string? password) => Certificate.Export(X509ContentType.Pfx, password)!; // Not null for this type.

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }
}
