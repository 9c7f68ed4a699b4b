using System.Text;

namespace NeurDicom.Replay;

/// <summary>Takes a recorded command line apart, which quotes as Python's <c>shlex.quote</c> does.</summary>
internal static class ShellWords
{
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char? quote = null;
        var isOpen = false;
        foreach (var c in line)
        {
            if (quote is not null)
            {
                if (c == quote)
                    quote = null;
                else
                    word.Append(c);
            }
            else if (c is '\'' or '"')
                (quote, isOpen) = (c, true);
            else if (c != ' ')
            {
                word.Append(c);
                isOpen = true;
            }
            else if (isOpen)
            {
                words.Add(word.ToString());
                word.Clear();
                isOpen = false;
            }
        }

        if (isOpen)
            words.Add(word.ToString());
        return words;
    }
}
