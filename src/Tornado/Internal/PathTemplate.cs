using System.Buffers;
using System.Text;

namespace Tornado.Internal;

/// <summary>One step of a simple pattern: a literal text, or a group that takes a run of characters.</summary>
/// <param name="Literal">The text of a literal step, else null.</param>
/// <param name="Set">The characters of a group; null for any.</param>
/// <param name="Excludes">Whether <paramref name="Set"/> lists the characters that the group does not take.</param>
internal sealed record PathStep(string? Literal, string? Set, bool Excludes, int Min, int Max)
{
    private readonly SearchValues<char>? _search = Set is null ? null : SearchValues.Create(Set);

    public bool Takes(char c) => _search is null || _search.Contains(c) != Excludes;

    /// <summary>How many characters the group takes from the start of the path.</summary>
    public int Run(ReadOnlySpan<char> path)
    {
        var run = _search is null ? path.Length : Excludes ? path.IndexOfAny(_search) : path.IndexOfAnyExcept(_search);
        return Math.Min(run < 0 ? path.Length : run, Max);
    }
}

/// <summary>
/// What can be told of a pattern by reading it: the literal text it starts with, the pieces for writing it backwards,
/// and, where it is only literals and groups of one repeated character class, the steps that match it without a regular
/// expression.
/// </summary>
/// <param name="Steps">The steps, or null when only a regular expression can match the pattern.</param>
/// <param name="Prefix">Text that every matching path starts with.</param>
/// <param name="Reversible">
/// The literal pieces around the groups, or null when the pattern cannot be written backwards.
/// </param>
internal sealed record PathTemplate(IReadOnlyList<PathStep>? Steps, string Prefix, IReadOnlyList<string>? Reversible)
{
    private const string Special = @"\^$.|?*+()[]{}";
    private const string Digits = "0123456789";
    private const string Words = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    public bool IsLiteral => Steps is [] or [{ Literal: not null }];

    public static PathTemplate Parse(string pattern)
    {
        var steps = ParseSteps(pattern);
        return new(
            steps, steps is [{ Literal: { } first }, ..] ? first : ParsePrefix(pattern), ParseReversible(pattern));
    }

    private static List<PathStep>? ParseSteps(string pattern)
    {
        var steps = new List<PathStep>();
        var literal = new StringBuilder();
        for (var i = 0; i < pattern.Length;)
        {
            if (ReadLiteral(pattern, ref i) is { } c)
            {
                literal.Append(c);
                continue;
            }
            if (pattern[i] != '(' || ReadGroup(pattern, ref i) is not { } group)
                return null;
            if (literal.Length > 0)
                steps.Add(new PathStep(literal.ToString(), null, false, 0, 0));
            literal.Clear();
            steps.Add(group);
        }
        if (literal.Length > 0)
            steps.Add(new PathStep(literal.ToString(), null, false, 0, 0));

        // Taking the longest run is right only when the next literal cannot begin inside it: no backtracking is needed
        // then.
        for (var i = 0; i + 1 < steps.Count; i++)
        {
            if (steps[i].Literal is null && (steps[i + 1].Literal is not { } next || steps[i].Takes(next[0])))
                return null;
        }
        return steps;
    }

    /// <summary>A character that stands for itself and is not repeated, or null.</summary>
    private static char? ReadLiteral(string pattern, ref int i)
    {
        var end = i;
        char c;
        if (pattern[end] == '\\')
        {
            if (end + 1 >= pattern.Length || char.IsAsciiLetterOrDigit(pattern[end + 1]))
                return null;
            c = pattern[end + 1];
            end += 2;
        }
        else if (Special.Contains(pattern[end]))
        {
            return null;
        }
        else
        {
            c = pattern[end++];
        }
        if (end < pattern.Length && pattern[end] is '?' or '*' or '+' or '{')
            return null;
        i = end;
        return c;
    }

    /// <summary>A group that holds one character class, repeated or not; null for anything else.</summary>
    private static PathStep? ReadGroup(string pattern, ref int i)
    {
        var at = i + 1;
        if (at < pattern.Length && pattern[at] == '?')
        {
            var close = pattern.IndexOf('>', at);
            if (at + 2 >= pattern.Length || pattern[at + 1] != '<' || !char.IsLetter(pattern[at + 2]) || close < 0)
                return null;
            at = close + 1;
        }
        if (ReadClass(pattern, ref at) is not { } set)
            return null;
        var (min, max) = ReadQuantifier(pattern, ref at);
        if (max == 0 || at >= pattern.Length || pattern[at] != ')')
            return null;
        at++;
        if (at < pattern.Length && pattern[at] is '?' or '*' or '+' or '{')
            return null;
        i = at;
        return new PathStep(null, set.Characters, set.Excludes, min, max);
    }

    private static (string? Characters, bool Excludes)? ReadClass(string pattern, ref int at)
    {
        var rest = pattern.AsSpan(at);
        if (rest.StartsWith("."))
        {
            at++;
            return ("\n", true);
        }
        if (rest.StartsWith("\\d") || rest.StartsWith("\\w"))
        {
            at += 2;
            return (rest[1] == 'd' ? Digits : Words, false);
        }
        if (!rest.StartsWith("["))
            return null;

        var excludes = rest.StartsWith("[^");
        var set = new StringBuilder();
        for (var j = at + (excludes ? 2 : 1); j < pattern.Length; j++)
        {
            switch (pattern[j])
            {
                case ']' when set.Length > 0:
                    at = j + 1;
                    return (set.ToString(), excludes);
                case '\\' when j + 1 < pattern.Length && pattern[j + 1] is 'd' or 'w':
                    set.Append(pattern[++j] == 'd' ? Digits : Words);
                    break;
                case '\\' when j + 1 < pattern.Length && !char.IsAsciiLetterOrDigit(pattern[j + 1]):
                    set.Append(pattern[++j]);
                    break;
                case '\\' or '[' or ']':
                    return null;
                case var from when j + 2 < pattern.Length && pattern[j + 1] == '-' && pattern[j + 2] != ']':
                    var to = pattern[j + 2];
                    if (to < from || to is '\\' or '[' || to > '\x7f')
                        return null;
                    for (var c = from; c <= to; c++)
                        set.Append(c);
                    j += 2;
                    break;
                case var c:
                    set.Append(c);
                    break;
            }
        }
        return null;
    }

    /// <summary>Least and most repetitions; a most of 0 means a quantifier that is not understood here.</summary>
    private static (int Min, int Max) ReadQuantifier(string pattern, ref int at)
    {
        if (at >= pattern.Length)
            return (0, 0);
        var (min, max) = pattern[at] switch
        {
            '+' => (1, int.MaxValue),
            '*' => (0, int.MaxValue),
            ')' => (1, 1),
            _ => (0, 0),
        };
        if (pattern[at] is '+' or '*')
            at++;
        if (pattern[at..] is ['{', ..] && pattern.IndexOf('}', at) is var close and >= 0)
        {
            var bounds = pattern[(at + 1)..close].Split(',');
            if (int.TryParse(bounds[0], out min) && bounds.Length <= 2)
            {
                max = bounds.Length == 1
                    ? min
                    : bounds[1].Length == 0
                    ? int.MaxValue
                    : int.TryParse(bounds[1], out var m)
                    ? m
                    : 0;
                at = close + 1;
            }
        }
        return (min, max);
    }

    private static string ParsePrefix(string pattern)
    {
        // An alternative at the outermost level makes every literal optional; so may inline flags.
        if (pattern.Contains('|')
            || pattern.StartsWith("(?", StringComparison.Ordinal)
            && pattern is not ['(', '?', '<', ..])
            return "";
        var prefix = new StringBuilder();
        for (var i = 0; i < pattern.Length && ReadLiteral(pattern, ref i) is { } c;)
            prefix.Append(c);
        return prefix.ToString();
    }

    /// <summary>
    /// Tornado's <c>_find_groups</c>: nested parentheses and classes outside groups cannot be written backwards.
    /// </summary>
    private static List<string>? ParseReversible(string pattern)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '(':
                    if (pattern.AsSpan(i).StartsWith("(?")
                        && !pattern.AsSpan(i).StartsWith("(?<")
                        || FindClose(pattern, i) is not { } close)
                        return null;
                    pieces.Add(piece.ToString());
                    piece.Clear();
                    i = close;

                    // A quantifier of the group is not part of the path: Tornado leaves it in.
                    if (i + 1 < pattern.Length && pattern[i + 1] is '?' or '*' or '+')
                        i++;
                    break;
                case '\\':
                    if (i + 1 >= pattern.Length || char.IsAsciiLetterOrDigit(pattern[i + 1]))
                        return null;
                    piece.Append(pattern[++i]);
                    break;
                case '[' or '|' or '{':
                    return null;
                case '*' or '+' or '?':
                    // "/?" and "/*" after a literal: the path without the repeated character is the shortest that
                    // matches.
                    if (piece.Length > 0 && pattern[i] != '+')
                        piece.Length--;
                    break;
                default:
                    piece.Append(pattern[i]);
                    break;
            }
        }
        pieces.Add(piece.ToString());
        return pieces;
    }

    private static int? FindClose(string pattern, int open)
    {
        var inClass = false;
        for (var i = open + 1; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    return null;
                case ')' when !inClass:
                    return i;
            }
        }
        return null;
    }
}
