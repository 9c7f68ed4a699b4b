using System.Globalization;

namespace NeurDicom.Accounts;

/// <summary>How a caller showed who it is.</summary>
internal enum AuthScheme
{
    /// <summary>The setting <c>require_auth=false</c> lets everybody in.</summary>
    Anonymous,

    /// <summary>The command line, on the Unix socket in the data folder.</summary>
    Local,

    /// <summary>The cookie <c>neurdicom.auth</c>, with a session behind it.</summary>
    Cookie,

    /// <summary>HTTP Basic, RFC 7617.</summary>
    Basic,

    /// <summary>A token as <c>Bearer</c>, RFC 6750: a program, and not the person.</summary>
    Token,
}

/// <summary>Who is asking.</summary>
/// <param name="UserId">The account, or null for the command line and where no sign-in is required.</param>
/// <param name="Name">The sign-in name; <c>local</c> and <c>anonymous</c> where there is no account.</param>
/// <param name="Token">The token's id, where it was one.</param>
internal sealed record Identity(long? UserId, string Name, Role Role, AuthScheme Scheme, long? Token = null)
{
    /// <summary>The scheme as the audit trail has it.</summary>
    public string How { get; } = Scheme switch
    {
        AuthScheme.Anonymous => "anonymous",
        AuthScheme.Local => "socket",
        AuthScheme.Cookie => "cookie",
        AuthScheme.Basic => "basic",
        AuthScheme.Token => string.Create(CultureInfo.InvariantCulture, $"token {Token}"),
        _ => throw new ArgumentOutOfRangeException(nameof(Scheme), Scheme, null),
    };

    public static readonly Identity Local = new(null, "local", Role.Admin, AuthScheme.Local);

    // Without sign-in everybody stores and deletes, as in the original; accounts are still for admins only, or whoever
    // passes by once would leave an account behind that works after sign-in has been switched on.
    public static readonly Identity Anonymous = new(null, "anonymous", Role.Writer, AuthScheme.Anonymous);
}
