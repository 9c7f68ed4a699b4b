using System.Globalization;
using System.Text.RegularExpressions;

namespace NeurDicom.Durability;

/// <summary>
/// Reads what <c>strace -f -y</c> wrote about a server with one client at a time, and says where an answer was begun
/// before what was written for it was flushed.
/// </summary>
internal sealed partial class SystemCallTrace
{
    private readonly Dictionary<int, string> _unfinished = [];

    /// <summary>Files that were written to and not flushed since; folders in which a name was made likewise.</summary>
    private readonly HashSet<string> _dirty = [];

    private readonly HashSet<string> _writtenForAnswer = [];

    /// <summary>Answers to stores.</summary>
    public int Answers { get; private set; }

    /// <summary>Answers for which a segment and the index's log were written.</summary>
    public int AnswersWithWrites { get; private set; }

    public int Flushes { get; private set; }

    public List<string> Problems { get; } = [];

    public static SystemCallTrace Read(IEnumerable<string> lines)
    {
        var trace = new SystemCallTrace();
        foreach (var line in lines)
            trace.Add(line);
        return trace;
    }

    private void Add(string line)
    {
        var split = line.IndexOf(' ', StringComparison.Ordinal);
        if (split < 0 || !int.TryParse(line.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out var thread))
            return;
        var call = line[split..].TrimStart();
        if (call.StartsWith("<... ", StringComparison.Ordinal))
        {
            if (_unfinished.Remove(thread, out var begun))
                End(begun, call);
        }
        else if (call.EndsWith("<unfinished ...>", StringComparison.Ordinal))
        {
            _unfinished[thread] = call;
            Begin(call);
        }
        else
        {
            Begin(call);
            End(call, call);
        }
    }

    private void Begin(string call)
    {
        if (Call().Match(call) is not { Success: true } match)
            return;
        var (name, path) = (match.Groups["name"].Value, match.Groups["path"].Value);
        if (name is "pwrite64" or "pwritev" or "write" or "writev" && IsOurs(path))
        {
            _dirty.Add(path);
            _writtenForAnswer.Add(path);
        }

        if (IsAnswer(call))
            Answer();
    }

    private void End(string begun, string ended)
    {
        if (Created().Match(begun) is { Success: true } created && IsOurs(created.Groups["path"].Value))
            _dirty.Add(Path.GetDirectoryName(created.Groups["path"].Value)!);
        if (Call().Match(begun) is not { Success: true } match || match.Groups["name"].Value is not ("fdatasync" or "fsync"))
            return;
        if (!ended.Contains("= 0", StringComparison.Ordinal))
            return;
        Flushes++;
        _dirty.Remove(match.Groups["path"].Value);
    }

    private void Answer()
    {
        Answers++;
        if (_writtenForAnswer.Any(IsBytes) && _writtenForAnswer.Any(IsLog))
            AnswersWithWrites++;
        if (_dirty.Count > 0)
            Problems.Add($"Answer {Answers} was begun before the flush of {string.Join(", ", _dirty.Select(path => Path.GetFileName(path)).Order())}.");
        _writtenForAnswer.Clear();
        // Told once.
        _dirty.Clear();
    }

    private static bool IsAnswer(string call) =>
        (call.StartsWith("send", StringComparison.Ordinal) || call.StartsWith("write", StringComparison.Ordinal))
        && call.Contains("\"HTTP/1.1 200", StringComparison.Ordinal);

    private static bool IsBytes(string path) =>
        path.Contains("/segments/", StringComparison.Ordinal) || path.Contains("/large/", StringComparison.Ordinal);

    private static bool IsLog(string path) => path.EndsWith("/index.db-wal", StringComparison.Ordinal);

    private static bool IsOurs(string path) => IsBytes(path) || IsLog(path);

    [GeneratedRegex(@"^(?<name>\w+)\(\d+<(?<path>[^>]*)>")]
    private static partial Regex Call();

    [GeneratedRegex(@"^openat\(.*?""(?<path>[^""]+)"".*O_CREAT")]
    private static partial Regex Created();
}
