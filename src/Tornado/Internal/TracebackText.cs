using System.Text;

namespace Tornado.Internal;

/// <summary>
/// An exception and its causes in the order of a Python traceback: the innermost cause first, the last call last.
/// </summary>
internal static class TracebackText
{
    public static string Of(Exception exception)
    {
        var text = new StringBuilder();
        if (exception.InnerException is { } cause)
            text.Append(Of(cause)).Append("\nThe above exception was the direct cause of the following exception:\n\n");

        text.Append("Traceback (most recent call last):\n");
        var frames = (exception.StackTrace ?? "").Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var frame in frames.Reverse())
            text.Append("  ").Append(frame).Append('\n');
        return text.Append(exception.GetType()).Append(": ").Append(exception.Message).Append('\n').ToString();
    }
}
