using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeurDicom.Replay;

/// <summary>One call of the original that was recorded: what was asked with curl, and what came back.</summary>
internal sealed class RecordedCall
{
    private RecordedCall(string name, string method, string path, IReadOnlyList<string> command, HttpAnswer answer)
    {
        Name = name;
        Method = method;
        Path = path;
        Command = command;
        Answer = answer;
    }

    public string Name { get; }

    public string Method { get; }

    /// <summary>With its query, as it was sent.</summary>
    public string Path { get; }

    /// <summary>The arguments of curl, the address last.</summary>
    public IReadOnlyList<string> Command { get; }

    /// <summary>Status and headers; its body is empty, since <see cref="Json"/>, <see cref="Hash"/> or neither holds it.</summary>
    public HttpAnswer Answer { get; }

    /// <summary>The body where it is JSON; a list that was cut holds its first rows.</summary>
    public JsonNode? Json { get; private init; }

    /// <summary>Ids of a list in their order, where they were noted.</summary>
    public IReadOnlyList<long>? Ids { get; private init; }

    public long Length { get; private init; }

    /// <summary>SHA-256 of the whole body.</summary>
    public string Hash { get; private init; } = "";

    /// <summary>Tornado's HTML page, bare or as a JSON string.</summary>
    public bool IsErrorPage { get; private init; }

    /// <param name="entry">Its entry in summary.json, which knows the body's length and hash.</param>
    /// <param name="text">Its own file.</param>
    public static RecordedCall Parse(JsonElement entry, string text)
    {
        var name = entry.GetProperty("name").GetString()!;
        var lines = text.Split('\n');
        var command = ShellWords.Split(lines.Single(line => line.StartsWith("$ curl ", StringComparison.Ordinal))[7..]);

        var status = Array.FindIndex(lines, line => line.StartsWith("HTTP/1", StringComparison.Ordinal));
        var blank = Array.IndexOf(lines, "", status);
        var end = Array.FindIndex(lines, blank, line => line.StartsWith("--- ", StringComparison.Ordinal));
        var body = string.Join('\n', lines[(blank + 1)..end]).Trim();
        var headers = lines[(status + 1)..blank].Select(HttpAnswer.ParseHeader).ToList();
        var isPage = body.TrimStart('"').StartsWith("<html>", StringComparison.Ordinal);

        return new RecordedCall(
            name,
            entry.GetProperty("method").GetString()!,
            entry.GetProperty("path").GetString()!,
            command,
            new HttpAnswer(entry.GetProperty("code").GetInt32(), headers, []))
        {
            Json = isPage ? null : ReadJson(body),
            Ids = ReadIds(lines),
            Length = entry.GetProperty("length").GetInt64(),
            Hash = entry.GetProperty("sha").GetString()!,
            IsErrorPage = isPage,
        };
    }

    public override string ToString() => Name;

    // A long list is recorded with its first rows, a text that tells how many more there are, and a remark behind it.
    private static JsonNode? ReadJson(string body)
    {
        var remark = body.IndexOf("\n(list cut; ", StringComparison.Ordinal);
        try
        {
            var json = JsonNode.Parse(remark < 0 ? body : body[..remark]);
            if (remark >= 0 && json is JsonArray rows)
                rows.RemoveAt(rows.Count - 1);
            return json;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<long>? ReadIds(string[] lines)
    {
        const string Note = "--- note: ids in order: ";
        return lines.FirstOrDefault(line => line.StartsWith(Note, StringComparison.Ordinal)) is { } note
            ? [.. note[Note.Length..].Split(' ').Select(id => long.Parse(id, CultureInfo.InvariantCulture))]
            : null;
    }
}
