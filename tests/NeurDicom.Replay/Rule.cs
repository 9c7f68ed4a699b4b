using System.IO.Enumeration;

namespace NeurDicom.Replay;

/// <summary>Why some recorded calls are answered otherwise here, and what the answer has to be.</summary>
/// <param name="Verdict">Better, or of a later issue.</param>
/// <param name="Cases">Names of calls, separated by spaces; <c>*</c> stands for any characters.</param>
/// <param name="Aspects">Which differences it explains, in the same way; <c>*</c> for all of the call.</param>
/// <param name="Basis">The number of the bug in golden.md, its rule, or the sentence of API.md.</param>
/// <param name="Expectation">What is right here, in words.</param>
/// <param name="Check">Null where the answer is that, else what is wrong with it.</param>
internal sealed record Rule(
    Verdict Verdict, string Cases, string Aspects, string Basis, string Expectation, Func<Exchange, string?> Check)
{
    private readonly string[] _cases = Cases.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    private readonly string[] _aspects = Aspects.Split('|', StringSplitOptions.TrimEntries);

    public bool Covers(string name, string aspect) =>
        _cases.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
        && _aspects.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, aspect, ignoreCase: false));

    /// <summary>The patterns that none of these calls has: a misspelt one would go unnoticed.</summary>
    public IEnumerable<string> StrayPatterns(IEnumerable<RecordedCall> calls)
    {
        return _cases.Where(pattern =>
            !calls.Any(call => FileSystemName.MatchesSimpleExpression(pattern, call.Name, ignoreCase: false)));
    }
}

/// <summary>A recorded call, our answer, and how long that took.</summary>
internal sealed record Exchange(RecordedCall Call, HttpAnswer Answer, TimeSpan Duration, Recordings? Recordings = null);
