using System.Globalization;

namespace NeurDicom.Replay;

/// <summary>What a person reads about a replay: the four groups, the rules with what each explained, and what nothing does.</summary>
internal static class Report
{
    private static readonly (Verdict Verdict, string Name)[] Groups =
    [
        (Verdict.Kept, "kept"), (Verdict.Better, "better, as golden.md or API.md says"),
        (Verdict.Later, "belongs to a later issue"), (Verdict.Unexplained, "unexplained"),
    ];

    /// <param name="withCalls">Every call with its differences, and not only those that nothing explains.</param>
    public static async Task WriteAsync(ReplayOutcome outcome, TextWriter output, bool withCalls)
    {
        await output.WriteAsync(Text(outcome, withCalls));
    }

    public static string Text(ReplayOutcome outcome, bool withCalls)
    {
        var lines = new List<string> { $"{outcome.Calls.Count} recorded calls" };
        foreach (var (verdict, name) in Groups)
            lines.Add($"{outcome.Calls.Count(call => call.Verdict == verdict),6}  {name}");
        var sound = outcome.Pixels.Where(row => row.Problems.Count == 0).ToList();
        lines.Add("");
        lines.Add(
            $"pixels.csv: {outcome.Pixels.Count} instances; {sound.Count(row => row.IsLum8Kept)} with the original's LUM_8, "
            + $"{sound.Count(row => !row.IsLum8Kept)} better (bug 28), {outcome.Pixels.Count - sound.Count} unexplained");
        foreach (var row in outcome.Pixels.Where(row => row.Problems.Count > 0).Take(5))
            lines.Add($"  instance {row.Recorded.Id}: {string.Join("; ", row.Problems)}");

        lines.Add("");
        lines.Add("calls  basis · what is right here");
        foreach (var rule in outcome.Rules)
        {
            var calls = outcome.Calls.Count(call => call.Differences.Any(difference => difference.Rule == rule));
            var group = rule.Verdict == Verdict.Later ? "later issue · " : "";
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{calls,5}  {rule.Basis} · {group}{rule.Expectation}"));
        }

        foreach (var call in outcome.Calls.Where(call => withCalls || call.Verdict == Verdict.Unexplained))
        {
            lines.Add("");
            lines.Add($"{call.Call.Name}: {call.Call.Method} {call.Call.Path} → {call.Answer.Status}, {call.Verdict}");
            foreach (var (difference, rule, problem) in call.Differences)
                lines.Add($"    {difference} [{rule?.Basis ?? problem}]");
        }

        return string.Join('\n', lines) + "\n";
    }
}
