using System.Text;

namespace Tornado.Internal;

/// <summary>Writes the regular expression syntax of Python's <c>re</c> in .NET's, where they differ.</summary>
internal static class PythonPattern
{
    public static string ToNet(string pattern)
    {
        if (!pattern.Contains("(?P", StringComparison.Ordinal) && !pattern.Contains("\\Z", StringComparison.Ordinal))
            return pattern;

        var net = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest.StartsWith("\\Z"))
            {
                net.Append("\\z");
                i++;
            }
            else if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                net.Append(pattern, i++, 2);
            }
            else if (rest.StartsWith("(?P<"))
            {
                net.Append("(?<");
                i += 3;
            }
            else if (rest.StartsWith("(?P=") && pattern.IndexOf(')', i) is var end and >= 0)
            {
                net.Append("\\k<").Append(pattern, i + 4, end - i - 4).Append('>');
                i = end;
            }
            else
            {
                net.Append(pattern[i]);
            }
        }
        return net.ToString();
    }
}
