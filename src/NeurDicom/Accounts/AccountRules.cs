namespace NeurDicom.Accounts;

/// <summary>What a sign-in name, a person's name and a new password may look like.</summary>
internal static class AccountRules
{
    /// <summary>The longest sign-in name; an e-mail address has at most 254 characters (RFC 5321 4.5.3.1).</summary>
    public const int MaxNameLength = 254;

    private const int MaxPersonLength = 150;

    // NIST SP 800-63B 5.1.1.2: at least eight characters, and no rules about which.
    private const int MinPasswordLength = 8;

    /// <summary>Null, or what is wrong with a sign-in name. Basic ends it at the first colon (RFC 7617 2).</summary>
    public static string? CheckEmail(string email) => email switch
    {
        "" => "A sign-in name may not be empty.",
        { Length: > MaxNameLength } => $"A sign-in name has at most {MaxNameLength} characters.",
        _ when email.Contains(':', StringComparison.Ordinal) => "A sign-in name may not contain a colon.",
        _ when email.Any(char.IsControl) => "A sign-in name may not contain control characters.",
        _ when email.Trim() != email => "A sign-in name may not begin or end with a space.",
        _ => null,
    };

    public static string? CheckPerson(string name) => name switch
    {
        { Length: > MaxPersonLength } => $"A name has at most {MaxPersonLength} characters.",
        _ when name.Any(char.IsControl) => "A name may not contain control characters.",
        _ => null,
    };

    /// <summary>
    /// Null, or what is wrong with a hash that comes from elsewhere. Django writes ! where there is no password.
    /// </summary>
    public static string? CheckHash(string encoded) =>
        encoded == "!" || PasswordHash.IsUsable(encoded)
            ? null
            : "Expected pbkdf2_sha256$iterations$salt$hash with up to 10,000,000 iterations, or ! for no password.";

    public static string? CheckPassword(string password, string email) => password switch
    {
        { Length: < MinPasswordLength } => $"A password has at least {MinPasswordLength} characters.",
        { Length: > PasswordHash.MaxPasswordLength } =>
            $"A password has at most {PasswordHash.MaxPasswordLength} characters.",
        _ when password.Equals(email, StringComparison.OrdinalIgnoreCase) => "The password is the sign-in name.",
        _ => null,
    };
}
