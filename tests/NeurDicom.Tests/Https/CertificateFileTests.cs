using NeurDicom.Https;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Https;

public sealed class CertificateFileTests : IDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("neurdicom-certificate-");

    public void Dispose() => _files.Delete(recursive: true);

    [Fact]
    public void A_pem_file_with_its_key_is_taken()
    {
        using var made = new TestCertificate();

        Read(Write("all.pem", made.CertificatePem + made.KeyPem)).ShouldBe(made.Certificate.Thumbprint);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2048)]
    public void A_pem_pair_with_an_encrypted_key_is_taken(int rsaBits)
    {
        using var made = new TestCertificate(rsaBits: rsaBits);

        Read(
            Write("cert.pem", made.CertificatePem), Write("key.pem", made.EncryptedKeyPem),
            Write("password", TestCertificate.Password + "\n")).ShouldBe(made.Certificate.Thumbprint);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(TestCertificate.Password)]
    public void A_pfx_file_is_taken(string? password)
    {
        using var made = new TestCertificate(rsaBits: 2048);

        Read(Write("all.pfx", made.Pfx(password)), fromEnvironment: password).ShouldBe(made.Certificate.Thumbprint);
    }

    [Fact]
    public void Issuers_behind_the_certificate_are_sent_along()
    {
        using var made = new TestCertificate();
        using var issuer = new TestCertificate();

        var (certificate, issuers) = CertificateFile.Read(
            new Settings { Certificate = Write("all.pem", made.CertificatePem + issuer.CertificatePem + made.KeyPem) },
            null,
            TimeProvider.System.GetUtcNow());

        certificate.Thumbprint.ShouldBe(made.Certificate.Thumbprint);
        issuers.Single().Thumbprint.ShouldBe(issuer.Certificate.Thumbprint);
    }

    [Fact]
    public void What_cannot_serve_is_refused_with_the_reason()
    {
        using var made = new TestCertificate();
        using var other = new TestCertificate();
        using var ended = new TestCertificate(begins: -10, ends: -1);
        using var later = new TestCertificate(begins: 2);
        using var client = new TestCertificate(usage: "1.3.6.1.5.5.7.3.2");
        using var weak = new TestCertificate(rsaBits: 1024);
        var certificate = Write("cert.pem", made.CertificatePem);

        Refuse("does not exist", Path.Combine(_files.FullName, "absent.pem"));
        Refuse("holds no private key; certificate_key", certificate);
        Refuse("holds no certificate", Write("key-only.pem", made.KeyPem));
        Refuse("holds a key that does not belong", certificate, Write("other.pem", other.KeyPem));
        Refuse("is encrypted; certificate_password_file", certificate, Write("locked.pem", made.EncryptedKeyPem));
        Refuse("the password is wrong", certificate, Write("locked.pem", made.EncryptedKeyPem), Write("password", "wrong"));
        Refuse("the password is wrong", Write("all.pfx", made.Pfx(TestCertificate.Password)), password: Write("password", "wrong"));
        Refuse("neither PEM nor a PFX", Write("all.pfx", made.Pfx(TestCertificate.Password)));
        Refuse("neither PEM nor a PFX", Write("letter.txt", "Dear Sir"));
        Refuse("is damaged", Write("cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" + made.KeyPem));
        Refuse("it has to be renewed", Write("ended.pem", ended.CertificatePem + ended.KeyPem));
        Refuse("is the clock right?", Write("later.pem", later.CertificatePem + later.KeyPem));
        Refuse("is not made for servers", Write("client.pem", client.CertificatePem + client.KeyPem));
        Refuse("has a key of 1024 bits", Write("weak.pem", weak.CertificatePem + weak.KeyPem));
        Refuse("is too large", Write("large.pem", new string('-', 2 << 20)));
    }

    [Fact]
    public async Task A_server_with_a_wrong_certificate_does_not_start_and_says_why()
    {
        using var ended = new TestCertificate(begins: -10, ends: -1);
        var file = Write("ended.pem", ended.CertificatePem + ended.KeyPem);
        using var output = new StringWriter();
        using var error = new StringWriter();

        var code = await NeurDicom.Commands.CommandLine.RunAsync(
            ["serve", "--data", Path.Combine(_files.FullName, "data"), "--rest_port", "0", "--https_port", "0", "--certificate", file],
            new System.Collections.Hashtable(), output, error);

        code.ShouldBe(1);
        error.ToString().Trim().ShouldStartWith($"neurdicom: HTTPS cannot be served: {file} ended on ");
        error.ToString().Trim().ShouldNotContain('\n');
    }

    private static void Refuse(string reason, string certificate, string? key = null, string? password = null) =>
        Should.Throw<IOException>(() => Read(certificate, key, password)).Message.ShouldContain(reason);

    private static string Read(string certificate, string? key = null, string? password = null, string? fromEnvironment = null)
    {
        var settings = new Settings
        {
            Certificate = certificate,
            CertificateKey = key ?? "",
            CertificatePasswordFile = password ?? "",
        };
        using var read = CertificateFile.Read(settings, fromEnvironment, TimeProvider.System.GetUtcNow()).Certificate;
        return read.Thumbprint;
    }

    private string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] bytes)
    {
        var file = Path.Combine(_files.FullName, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
