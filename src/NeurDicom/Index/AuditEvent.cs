using System.Net;

namespace NeurDicom.Index;

/// <summary>What was done with patient data, apart from when and how often.</summary>
/// <param name="Event">
/// query, read, upload, delete, verify, sign_in, …; <c>refused</c> for who has not signed in.
/// </param>
/// <param name="Who">The sign-in name.</param>
/// <param name="How">How the caller showed who it is.</param>
/// <param name="Path">Without its query, where patients' names are; null where it is not one of our addresses.</param>
/// <param name="IsClaim">The name was tried and not proven: it is written down where an account has it.</param>
internal readonly record struct AuditEvent(
    string Event, string? Who, long? User, string How, IPAddress? Address, string? Method, string? Path, int Status,
    bool IsClaim = false)
{
    public const int Done = 200;

    /// <summary>What a command does in a folder that no server owns.</summary>
    public static AuditEvent OfCommand(string name) => new(name, "local", null, "command", null, null, null, Done);
}

/// <summary>When, and how often.</summary>
internal struct AuditSpan
{
    public long First;
    public long Last;
    public long Count;
}
