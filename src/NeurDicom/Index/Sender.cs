using System.Net;

namespace NeurDicom.Index;

/// <summary>On whose behalf something is stored or deleted; it goes into the <c>changes</c> feed.</summary>
/// <param name="Who">The sign-in name, or <c>local</c> for the command line.</param>
/// <param name="How">The door: <c>rest</c>, <c>command</c>, later <c>stow</c> and <c>dimse</c>.</param>
/// <param name="User">The account's id, for the audit trail as what follows.</param>
/// <param name="Via">How the sender showed who it is.</param>
/// <param name="Address">Where from; null for this machine's command line.</param>
internal sealed record Sender(
    string Who, string How, long? User = null, string Via = "command", IPAddress? Address = null)
{
    public static readonly Sender Local = new("local", "command");
}
