using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NeurDicom.Https;

/// <summary>
/// Reads the certificate of the settings. What is wrong with it is said so that who set it knows what to do.
/// </summary>
internal static class CertificateFile
{
    public const string PasswordVariable = "NEURDICOM_CERTIFICATE_PASSWORD";

    // A chain with its key has a few KiB.
    private const int LargestFile = 1 << 20;

    // NIST SP 800-131A; OpenSSL as Debian sets it refuses less in the handshake, where nobody sees why.
    private const int LeastRsaBits = 2048;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 4.2.1.12

    /// <summary>The certificate with its key, and those of its issuers that lie beside it.</summary>
    /// <param name="password">From the environment; a file of the settings comes before it.</param>
    /// <exception cref="IOException">It cannot be used; the message says why.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Issuers) Read(
        Settings settings, string? password, DateTimeOffset now)
    {
        var file = settings.Certificate;
        var bytes = ReadBytes(file);
        password = settings.CertificatePasswordFile.Length > 0
            ? ReadPassword(settings.CertificatePasswordFile)
            : password;
        var (certificate, issuers) = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0
            ? ReadPem(settings, bytes, password)
            : ReadPfx(file, bytes, password);
        Check(certificate, file, now);
        return (certificate, issuers);
    }

    private static (X509Certificate2, X509Certificate2Collection) ReadPem(
        Settings settings, byte[] bytes, string? password)
    {
        var file = settings.Certificate;
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        var keyFile = settings.CertificateKey.Length > 0 ? settings.CertificateKey : file;
        var keyText = keyFile == file ? text : System.Text.Encoding.Latin1.GetString(ReadBytes(keyFile));

        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw Refuse(file, "is damaged", e);
        }

        if (all.Count == 0)
            throw Refuse(file, "holds no certificate");
        // RFC 8446 4.4.2: the server's own comes first.
        var issuers = new X509Certificate2Collection();
        issuers.AddRange(all.Skip(1).ToArray());
        using var bare = all[0];
        try
        {
            return (X509Certificate2.CreateFromPem(text, DecryptKey(keyFile, keyText, password)), issuers);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Refuse(keyFile, $"holds a key that does not belong to the certificate in {file}", e);
        }
    }

    /// <summary>The key as plain PKCS #8, RFC 7468 10 and 11.</summary>
    private static string DecryptKey(string file, string text, string? password)
    {
        if (!text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            throw Refuse(file, "holds no private key; certificate_key names the file that does");
        if (text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw Refuse(
                file, "is encrypted in a form that is no longer used; 'openssl pkcs8 -topk8' writes the present one");

        const string label = "ENCRYPTED PRIVATE KEY";
        if (!text.Contains($"-----BEGIN {label}-----", StringComparison.Ordinal))
            return text;
        if (string.IsNullOrEmpty(password))
            throw Refuse(
                file, $"is encrypted; certificate_password_file or {PasswordVariable} has to give its password");
        // Which kind of key it is shows only inside.
        foreach (var create in (Func<AsymmetricAlgorithm>[])[ECDsa.Create, RSA.Create])
        {
            using var key = create();
            try
            {
                key.ImportFromEncryptedPem(text, password);
                return key.ExportPkcs8PrivateKeyPem();
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
            }
        }

        throw Refuse(file, "cannot be decrypted: the password is wrong, or the file is damaged");
    }

    private static (X509Certificate2, X509Certificate2Collection) ReadPfx(string file, byte[] bytes, string? password)
    {
        try
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(bytes, password);
            var own = all.FirstOrDefault(one => one.HasPrivateKey) ?? throw Refuse(file, "holds no private key");
            var issuers = new X509Certificate2Collection();
            issuers.AddRange(all.Where(one => !ReferenceEquals(one, own)).ToArray());
            return (own, issuers);
        }
        catch (CryptographicException e)
        {
            throw Refuse(file, string.IsNullOrEmpty(password)
                ? $"is neither PEM nor a PFX file without a password; "
                    + $"certificate_password_file or {PasswordVariable} gives one"
                : "cannot be opened: the password is wrong, or it is neither PEM nor PFX", e);
        }
    }

    private static void Check(X509Certificate2 certificate, string file, DateTimeOffset now)
    {
        if (!certificate.HasPrivateKey)
            throw Refuse(file, "holds no private key");
        if (certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime)
            throw Refuse(file, $"ended on {Day(certificate.NotAfter)}; it has to be renewed");
        if (certificate.NotBefore.ToUniversalTime() > now.UtcDateTime)
            throw Refuse(file, $"counts from {Day(certificate.NotBefore)} on; is the clock right?");
        if (certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usage
            && usage.EnhancedKeyUsages[ServerAuthentication] is null)
            throw Refuse(file, "is not made for servers: its extended key usage lacks server authentication");
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is { KeySize: < LeastRsaBits })
        {
            throw Refuse(file, string.Create(
                CultureInfo.InvariantCulture, $"has a key of {rsa.KeySize} bits; the least is {LeastRsaBits}"));
        }
    }

    private static string ReadPassword(string file) =>
        System.Text.Encoding.UTF8.GetString(ReadBytes(file)).TrimEnd('\r', '\n');

    private static byte[] ReadBytes(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > LargestFile)
                throw Refuse(file, "is too large for a certificate");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refuse(file, "does not exist", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refuse(file, "cannot be read by this user", e);
        }
    }

    private static string Day(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static IOException Refuse(string file, string reason, Exception? inner = null) =>
        new($"HTTPS cannot be served: {file} {reason}.", inner);
}
