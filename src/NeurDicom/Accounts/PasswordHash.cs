using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NeurDicom.Accounts;

/// <summary>
/// Passwords as Django stores them, <c>pbkdf2_sha256$iterations$salt$hash</c>, so that accounts of the original are
/// carried over as they are. PBKDF2: RFC 8018 5.2.
/// </summary>
internal static class PasswordHash
{
    /// <summary>Django's own limit; what is longer is refused before it is hashed.</summary>
    public const int MaxPasswordLength = 4096;

    /// <summary>The default of Django 6.1 (PBKDF2PasswordHasher.iterations).</summary>
    public const int Iterations = 1_500_000;

    // A stored hash with more would let one row of a carried-over table hold a core for a minute.
    private const int MaxIterations = 10_000_000;
    private const int HashLength = 32;
    private const int MaxEncodedLength = 256;

    // 22 characters of 62 are 131 bits, as in Django's BasePasswordHasher.salt.
    private const string SaltCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const int SaltLength = 22;

    // Verified for names that no account has, so that they take as long as a wrong password does.
    private static readonly Parsed Nobody = new(Iterations, "neurdicomhasnosuchuser", new byte[HashLength]);

    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetString(SaltCharacters, SaltLength);
        var hash = Derive(password, salt, Iterations);
        return string.Create(CultureInfo.InvariantCulture,
            $"pbkdf2_sha256${Iterations}${salt}${Convert.ToBase64String(hash)}");
    }

    /// <summary>
    /// Whether the password is the one that was encoded. It takes the time of <see cref="Iterations"/> also where the
    /// account does not exist (null), has no usable password (Django writes <c>!</c>) or has fewer iterations.
    /// </summary>
    public static bool Verify(string password, string? encoded)
    {
        var parsed = TryParse(encoded, out var found) ? found : Nobody;
        var matches = CryptographicOperations.FixedTimeEquals(
            Derive(password, parsed.Salt, parsed.Iterations), parsed.Hash);

        // Django's harden_runtime: an old, cheaper hash must not show itself by answering sooner.
        if (!matches && parsed.Iterations < Iterations)
            Derive(password, parsed.Salt, Iterations - parsed.Iterations);

        return matches && !ReferenceEquals(parsed, Nobody);
    }

    /// <summary>Whether a verified password should be hashed anew: fewer iterations than today's.</summary>
    public static bool IsOutdated(string encoded) =>
        TryParse(encoded, out var parsed) && parsed.Iterations < Iterations;

    /// <summary>Whether the text is a hash that <see cref="Verify"/> can check.</summary>
    public static bool IsUsable(string? encoded) => TryParse(encoded, out _);

    private static byte[] Derive(string password, string salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(salt), iterations, HashAlgorithmName.SHA256,
            HashLength);

    private static bool TryParse(string? encoded, out Parsed parsed)
    {
        parsed = Nobody;
        if (encoded is null || encoded.Length > MaxEncodedLength)
            return false;

        var parts = encoded.Split('$');
        if (parts is not ["pbkdf2_sha256", var count, { Length: > 0 } salt, var hash]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < 1 or > MaxIterations)
            return false;

        var bytes = new byte[HashLength];
        if (!Convert.TryFromBase64String(hash, bytes, out var written) || written != HashLength)
            return false;

        parsed = new Parsed(iterations, salt, bytes);
        return true;
    }

    private sealed record Parsed(int Iterations, string Salt, byte[] Hash);
}
