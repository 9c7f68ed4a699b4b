namespace NeurDicom.Accounts;

/// <summary>What an account may do. Each role may do what the one before it may.</summary>
internal enum Role
{
    /// <summary>Looks: lists, details, tags, images, files.</summary>
    Reader,

    /// <summary>Stores and deletes as well.</summary>
    Writer,

    /// <summary>Manages accounts as well.</summary>
    Admin,
}

/// <summary>The names of the roles on the wire and in the index.</summary>
internal static class Roles
{
    public const string Names = "admin, writer, reader";

    public static string ToText(this Role role) => role switch
    {
        Role.Reader => "reader",
        Role.Writer => "writer",
        Role.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    public static Role? Parse(string? text) => text switch
    {
        "reader" => Role.Reader,
        "writer" => Role.Writer,
        "admin" => Role.Admin,
        _ => null,
    };
}
