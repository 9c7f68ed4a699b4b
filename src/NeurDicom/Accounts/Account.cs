namespace NeurDicom.Accounts;

/// <summary>One row of <c>users</c>.</summary>
/// <param name="Email">The sign-in name; case matters.</param>
/// <param name="Password">The encoded hash, see <see cref="PasswordHash"/>.</param>
/// <param name="Version">Counts the changes after which older sessions and remembered credentials are void.</param>
internal sealed record Account(
    long Id, string Email, string Name, string Surname, Role Role, bool IsActive, string Password, long Version)
{
    // The record's own text would show the hash wherever an account is printed.
    public override string ToString() => $"account {Id}";
}

/// <summary>What an admin or the person may set on an account; null keeps what is there.</summary>
internal sealed record AccountChange(
    string Email, string Name, string Surname, Role? Role = null, bool? IsActive = null, string? Password = null);

/// <summary>How a change of accounts ended.</summary>
internal enum AccountOutcome
{
    Done,
    NotFound,

    /// <summary>Another account has this sign-in name.</summary>
    NameTaken,

    /// <summary>Nobody could manage accounts any more.</summary>
    LastAdmin,

    /// <summary>The account changed while the request was being answered.</summary>
    Changed,
}
