using System.Text.RegularExpressions;

namespace Tornado.Internal;

/// <summary>
/// Matches one path against one pattern. Groups are given back as they stand in the path, not decoded.
/// </summary>
internal abstract class PathMatcher(string prefix)
{
    /// <summary>Text that every matching path starts with.</summary>
    public string Prefix => prefix;

    /// <summary>The groups, null where one took no part; null when the path does not match.</summary>
    public abstract string?[]? Match(string path);

    public static PathMatcher Create(PathMatches pattern, PathTemplate template, TimeSpan timeout)
        => template.Steps is { } steps
            ? new StepMatcher(template.Prefix, [.. steps], pattern.GroupCount)
            : new RegexMatcher(template.Prefix, pattern, timeout);

    private sealed class StepMatcher(string prefix, PathStep[] steps, int groups) : PathMatcher(prefix)
    {
        public override string?[]? Match(string path)
        {
            Span<int> ends = stackalloc int[groups];
            Span<int> starts = stackalloc int[groups];
            var at = 0;
            var group = 0;
            foreach (var step in steps)
            {
                var rest = path.AsSpan(at);
                if (step.Literal is { } literal)
                {
                    if (!rest.StartsWith(literal))
                        return null;
                    at += literal.Length;
                    continue;
                }
                var run = step.Run(rest);
                if (run < step.Min)
                    return null;
                starts[group] = at;
                at += run;
                ends[group++] = at;
            }
            if (at != path.Length)
                return null;

            var values = new string?[groups];
            for (var i = 0; i < groups; i++)
                values[i] = path[starts[i]..ends[i]];
            return values;
        }
    }

    private sealed class RegexMatcher : PathMatcher
    {
        private readonly Regex _regex;
        private readonly int[] _numbers;

        public RegexMatcher(string prefix, PathMatches pattern, TimeSpan timeout)
            : base(prefix)
        {
            _regex = Build($"\\A(?:{pattern.Body})\\z", timeout);
            _numbers = [.. _regex.GetGroupNumbers().Where(n => n != 0)];
        }

        public override string?[]? Match(string path)
        {
            var match = _regex.Match(path);
            if (!match.Success)
                return null;
            var values = new string?[_numbers.Length];
            for (var i = 0; i < values.Length; i++)
                values[i] = match.Groups[_numbers[i]] is { Success: true } group ? group.Value : null;
            return values;
        }

        private static Regex Build(string body, TimeSpan timeout)
        {
            try
            {
                return new Regex(body, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, timeout);
            }
            catch (NotSupportedException)
            {
                // Lookarounds and back references need the backtracking engine; there the time-out guards.
                return new Regex(body, RegexOptions.CultureInvariant | RegexOptions.Compiled, timeout);
            }
        }
    }
}
