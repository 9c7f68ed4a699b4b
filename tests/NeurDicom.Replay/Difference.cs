namespace NeurDicom.Replay;

/// <summary>The four groups that a recorded call may end in; the worst of its differences decides.</summary>
internal enum Verdict
{
    /// <summary>Status, headers that matter and body are those of the original.</summary>
    Kept,

    /// <summary>It differs, as golden.md, NEURDICOM.md or API.md says it should.</summary>
    Better,

    /// <summary>Nodes, plugins and processing, which come with a later issue.</summary>
    Later,

    Unexplained,
}

/// <summary>One way in which our answer is not the recorded one.</summary>
/// <param name="Aspect"><c>status</c>, <c>header NAME</c>, <c>body</c>, or <c>body MEMBER</c> of a JSON body.</param>
/// <param name="Was">What the original sent.</param>
/// <param name="Now">What we send.</param>
internal sealed record Difference(string Aspect, string Was, string Now)
{
    public override string ToString() => $"{Aspect}: {Shorten(Was)} → {Shorten(Now)}";

    // Bodies may be anything.
    private static string Shorten(string text)
    {
        var shown = string.Concat(text.Take(160).Select(c => char.IsControl(c) || c > 0x2FFF ? '·' : c));
        return text.Length <= 160 ? shown : shown + "…";
    }
}

/// <summary>A difference with the rule that explains it, or with what was wrong about the rules that might have.</summary>
internal sealed record Explained(Difference Difference, Rule? Rule, string? Problem)
{
    public Verdict Verdict => Rule?.Verdict ?? Verdict.Unexplained;
}

/// <summary>A recorded call and what became of it.</summary>
internal sealed record ReplayedCall(RecordedCall Call, HttpAnswer Answer, IReadOnlyList<Explained> Differences)
{
    public Verdict Verdict => Differences.Select(difference => difference.Verdict).DefaultIfEmpty(Verdict.Kept).Max();
}
