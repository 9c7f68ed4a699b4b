using System.Text;
using System.Text.RegularExpressions;
using Tornado;

namespace NeurDicom.Description;

/// <summary>The pattern of a route as a path of OpenAPI: groups become names in braces.</summary>
internal sealed class RoutePath
{
    private RoutePath(string template, IReadOnlyList<(string Name, string Pattern)> parameters)
    {
        Template = template;
        Parameters = parameters;
    }

    public string Template { get; }

    /// <summary>Each with the regular expression that it has to match.</summary>
    public IReadOnlyList<(string Name, string Pattern)> Parameters { get; }

    /// <exception cref="FormatException">Something beside named groups stands for more than itself.</exception>
    public static RoutePath Of(Rule rule)
    {
        var pattern = rule.Matcher.Pattern.TrimEnd('$');
        var template = new StringBuilder();
        var parameters = new List<(string, string)>();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '(')
            {
                var end = EndOfGroup(pattern, i);
                var begin = pattern.IndexOf('<', i) + 1;
                var close = pattern.IndexOf('>', i);
                if (!pattern.AsSpan(i).StartsWith("(?") || begin == 0 || close > end)
                    throw Cannot(pattern);
                var name = pattern[begin..close];
                parameters.Add((name, pattern[(close + 1)..end]));
                template.Append('{').Append(name).Append('}');
                i = end;
            }
            else if (pattern[i] == '\\' && i + 1 < pattern.Length && !char.IsAsciiLetterOrDigit(pattern[i + 1]))
            {
                template.Append(pattern[++i]);
            }
            else if ("^$*+?[]{}|\\".Contains(pattern[i], StringComparison.Ordinal))
            {
                throw Cannot(pattern);
            }
            else
            {
                template.Append(pattern[i]);
            }
        }

        return new RoutePath(template.ToString(), parameters);
    }

    private static int EndOfGroup(string pattern, int begin)
    {
        var depth = 0;
        for (var i = begin; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
                i++;
            else if (pattern[i] == '[')
                i = pattern.IndexOf(']', i + 2) is > 0 and var end ? end : throw Cannot(pattern);
            else if (pattern[i] == '(')
                depth++;
            else if (pattern[i] == ')' && --depth == 0)
                return i;
        }

        throw Cannot(pattern);
    }

    private static FormatException Cannot(string pattern) =>
        new($"The route {Regex.Escape(pattern)} cannot be written as a path of OpenAPI: only named groups may vary.");
}
