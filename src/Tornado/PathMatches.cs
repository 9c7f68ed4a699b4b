using System.Text;
using System.Text.RegularExpressions;
using Tornado.Internal;

namespace Tornado;

/// <summary>
/// A regular expression for the whole path, as the client sent it: not decoded, not cleaned, letter case counts. Its
/// groups, percent-decoded, become the parameters of the verb: by name when they are named, else by position. Both
/// <c>(?&lt;name&gt;…)</c> and Python's <c>(?P&lt;name&gt;…)</c> are understood. Tornado: <c>PathMatches</c>.
/// </summary>
public sealed class PathMatches
{
    private readonly PathTemplate _template;

    /// <summary>Takes the pattern; an end anchor is added, a start anchor may be left out.</summary>
    /// <exception cref="ArgumentException">
    /// The pattern is no regular expression, or mixes named and unnamed groups.
    /// </exception>
    public PathMatches(string pattern)
    {
        Pattern = pattern;
        var body = PythonPattern.ToNet(pattern);
        body = body.StartsWith('^') ? body[1..] : body;
        body = body.EndsWith('$') && !body.EndsWith("\\$", StringComparison.Ordinal) ? body[..^1] : body;

        // Every pattern is compiled once here so that a wrong one fails where it is written.
        var regex = new Regex($"\\A(?:{body})\\z", RegexOptions.CultureInvariant);
        var numbers = regex.GetGroupNumbers().Where(n => n != 0).ToArray();
        GroupNames = [.. numbers.Select(regex.GroupNameFromNumber).Select(g => char.IsAsciiDigit(g[0]) ? null : g)];
        if (GroupNames.Any(g => g is null) && GroupNames.Any(g => g is not null))
            throw new ArgumentException($"The pattern {pattern} mixes named and unnamed groups.", nameof(pattern));

        Body = body;
        _template = PathTemplate.Parse(body);
    }

    /// <summary>The pattern as it was given.</summary>
    public string Pattern { get; }

    /// <summary>The names of the groups in order, each null when the groups are unnamed.</summary>
    public IReadOnlyList<string?> GroupNames { get; }

    /// <summary>The pattern in .NET's syntax without its anchors.</summary>
    internal string Body { get; }

    /// <summary>The one path that matches, or null when there are many.</summary>
    internal string? Literal => _template.IsLiteral ? _template.Prefix : null;

    internal int GroupCount => GroupNames.Count;

    internal bool HasNamedGroups => GroupCount > 0 && GroupNames[0] is not null;

    /// <summary>
    /// The path with the groups replaced by <paramref name="arguments"/>, percent-encoded. Tornado: <c>reverse</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The pattern has parts that cannot be written backwards.</exception>
    /// <exception cref="ArgumentException">The number of arguments is not that of the groups.</exception>
    public string Reverse(params object?[] arguments)
    {
        if (_template.Reversible is not { } pieces)
            throw new InvalidOperationException($"Cannot reverse url regex {Pattern}");
        if (arguments.Length != pieces.Count - 1)
            throw new ArgumentException(
                $"The pattern {Pattern} has {pieces.Count - 1} groups, not {arguments.Length}.", nameof(arguments));

        var path = new StringBuilder(pieces[0]);
        for (var i = 0; i < arguments.Length; i++)
            path.Append(UrlText.EncodePath(arguments[i])).Append(pieces[i + 1]);
        return path.ToString();
    }

    /// <summary>The pattern.</summary>
    public override string ToString() => Pattern;

    internal PathMatcher Compile(TimeSpan timeout) => PathMatcher.Create(this, _template, timeout);
}
