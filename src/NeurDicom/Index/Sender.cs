namespace NeurDicom.Index;

/// <summary>On whose behalf something is stored or deleted; it goes into the <c>changes</c> feed.</summary>
/// <param name="Who">The sign-in name, or <c>local</c> for the command line.</param>
/// <param name="How">The door: <c>rest</c>, <c>command</c>, later <c>stow</c> and <c>dimse</c>.</param>
internal sealed record Sender(string Who, string How)
{
    public static readonly Sender Local = new("local", "command");
}
