using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeurDicom.Replay;

/// <summary>Status, headers and body of an answer.</summary>
internal sealed record HttpAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string? ContentType => this["Content-Type"]?.Split(';')[0].Trim();

    public string Text => Encoding.UTF8.GetString(Body);

    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Body));

    /// <summary>The first header of this name, or null.</summary>
    public string? this[string name] =>
        Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The body as JSON; a missing value where it is none.</summary>
    public JsonNode? Json
    {
        get
        {
            try
            {
                return JsonNode.Parse(Body);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>Reads what <c>curl -i</c> printed: the last head, since interim answers (1xx) come before it.</summary>
    public static HttpAnswer Parse(byte[] printed)
    {
        var at = 0;
        while (true)
        {
            var length = printed.AsSpan(at).IndexOf("\r\n\r\n"u8);
            if (length < 0)
                throw new InvalidOperationException("There was no answer.");
            var head = Encoding.Latin1.GetString(printed, at, length).Split("\r\n");
            at += length + 4;
            var status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
            if (status >= 200)
                return new HttpAnswer(status, [.. head.Skip(1).Select(ParseHeader)], printed[at..]);
        }
    }

    public static (string Name, string Value) ParseHeader(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return (line[..colon], line[(colon + 1)..].Trim());
    }
}
