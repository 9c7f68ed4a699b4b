using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Tornado.Internal;

/// <summary>One rule, ready to answer: a handler, or a plain delegate.</summary>
internal sealed record Route(int Order, PathMatcher? Matcher, HandlerPlan? Plan, RequestDelegate? Target);

/// <summary>
/// Finds the first rule that matches a path. Literal paths are looked up; of the others only those are tried whose
/// literal
/// beginning the path has, found by one look-up for each length of such a beginning.
/// </summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, Route> _literals;
    private readonly FrozenDictionary<string, Route[]>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;
    private readonly int[] _prefixLengths;

    public RouteTable(IReadOnlyList<(Rule Rule, HandlerPlan? Plan)> rules, TimeSpan timeout)
    {
        var literals = new Dictionary<string, Route>(StringComparer.Ordinal);
        var patterns = new List<Route>();
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, plan) = rules[i];
            if (rule.Matcher.Literal is { } literal)
                literals.TryAdd(literal, new Route(i, null, plan, rule.Target));
            else
                patterns.Add(new Route(i, rule.Matcher.Compile(timeout), plan, rule.Target));
        }
        _literals = literals.ToFrozenDictionary(StringComparer.Ordinal);
        var byPrefix = patterns.GroupBy(r => r.Matcher!.Prefix) // Patterns have matchers.
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _byPrefix = byPrefix.GetAlternateLookup<ReadOnlySpan<char>>();
        _prefixLengths = [.. byPrefix.Keys.Select(p => p.Length).Distinct().Order()];
    }

    /// <summary>The route and the groups of the path as they stand in it, or no route.</summary>
    public (Route? Route, string?[] Groups) Find(string path)
    {
        _literals.TryGetValue(path, out var best);
        string?[] groups = [];
        foreach (var length in _prefixLengths)
        {
            if (length > path.Length)
                break;
            if (!_byPrefix.TryGetValue(path.AsSpan(0, length), out var routes))
                continue;
            foreach (var route in routes)
            {
                if (best is not null && route.Order > best.Order)
                    break;
                if (route.Matcher!.Match(path) is not { } found) // As above.
                    continue;
                best = route;
                groups = found;
                break;
            }
        }
        return (best, groups);
    }
}
