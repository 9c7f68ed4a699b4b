using System.Security.Cryptography;
using System.Text;
using NeurDicom.Archive;

namespace NeurDicom.Accounts;

/// <summary>
/// The account that a new archive begins with: <c>admin</c>. Its generated password is shown once on a terminal and
/// lies in
/// <c>initial-password</c> in the data folder, readable by the owner alone, until it is changed.
/// </summary>
internal sealed class FirstAccount(Users users, Credentials credentials, DataFolder folder)
{
    public const string Name = "admin";
    public const string PasswordVariable = "NEURDICOM_ADMIN_PASSWORD";

    // AUTOINCREMENT: the first row of a new index, and never given again.
    private const long Id = 1;

    // 20 of 31 characters are 99 bits; without those that look alike.
    private const string Characters = "abcdefghjkmnpqrstuvwxyz23456789";

    public string PasswordFile => Path.Combine(folder.Path, "initial-password");

    /// <summary>Makes the account where there is none at all.</summary>
    /// <param name="given">The value of <see cref="PasswordVariable"/>, which counts now and never again.</param>
    /// <returns>The generated password, to be shown once; null where none was generated.</returns>
    /// <exception cref="DataFolderException">The given password cannot be one.</exception>
    public async Task<string?> EnsureAsync(string? given, CancellationToken cancel)
    {
        if (await users.AnyAsync(cancel))
            return null;

        if (string.IsNullOrEmpty(given))
            given = null;
        else if (AccountRules.CheckPassword(given, Name) is { } problem)
            throw new DataFolderException($"{PasswordVariable} cannot be used: {problem}");

        // The file comes first: an account whose password nobody was told would shut everybody out.
        var password = given ?? Generate();
        if (given is null)
            DataFolder.WriteOwnerFile(PasswordFile, Encoding.ASCII.GetBytes(password + "\n"));

        var encoded = await credentials.EncodeAsync(password, cancel)
            ?? throw new InvalidOperationException("Passwords are hashed before the server has started.");
        await users.CreateAsync(new AccountChange(Name, "", "", Role.Admin, IsActive: true, encoded), cancel);
        return given is null ? password : null;
    }

    /// <summary>The line that the server prints about the first password, or null where it was changed.</summary>
    /// <param name="generated">What <see cref="EnsureAsync"/> returned.</param>
    /// <param name="isTerminal">
    /// Whether a person reads it: what goes into a file or the system's journal stays there, and others read it.
    /// </param>
    public string? Announce(string? generated, bool isTerminal)
    {
        if (generated is not null && isTerminal)
            return $"Sign in as {Name} with the password {generated} (shown once; "
                + $"also in {PasswordFile} until it is changed)";
        if (generated is not null)
            return $"Sign in as {Name}; the password lies in {PasswordFile} until it is changed";
        return File.Exists(PasswordFile)
            ? $"{Name} still has the first password; it lies in {PasswordFile} until it is changed"
            : null;
    }

    /// <summary>Takes the file away once the password in it is no longer this account's.</summary>
    public void ForgetPassword(long userId)
    {
        if (userId == Id)
            File.Delete(PasswordFile);
    }

    // abcde-fghjk-mnpqr-stuvw
    private static string Generate() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Characters, 5)));
}
