using System.Text;

namespace NeurDicom.Commands;

/// <summary>Rows of comma-separated values, RFC 4180 2.</summary>
internal static class CsvText
{
    public static IEnumerable<IReadOnlyList<string>> Read(string text, char separator)
    {
        var row = new List<string>();
        var value = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (isQuoted)
            {
                if (c != '"')
                    value.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    value.Append(text[++i]);
                else
                    isQuoted = false;
            }
            else if (c == '"' && value.Length == 0)
            {
                isQuoted = true;
            }
            else if (c == separator)
            {
                row.Add(Take(value));
            }
            else if (c == '\n')
            {
                row.Add(Take(value));
                yield return row;
                row = [];
            }
            else if (c != '\r' || i + 1 == text.Length || text[i + 1] != '\n')
            {
                value.Append(c);
            }
        }

        if (value.Length == 0 && row.Count == 0)
            yield break;
        row.Add(Take(value));
        yield return row;
    }

    private static string Take(StringBuilder value)
    {
        var text = value.ToString();
        value.Clear();
        return text;
    }
}
