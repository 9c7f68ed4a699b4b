using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tornado.Tests;

/// <summary>
/// Sends a recorded case over a socket, and writes answers so that only what counts is left to compare.
/// </summary>
internal static partial class ReferenceTalk
{
    private static readonly string[] Ignored = ["date", "server", "expires", "transfer-encoding", "keep-alive"];

    public static async Task<string> TalkAsync(int port, JsonElement c, double patience, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
        var answer = new StringBuilder();
        foreach (var step in c.GetProperty("steps").EnumerateArray())
        {
            if (step.ValueKind == JsonValueKind.String)
            {
                var text = (step.GetString() ?? "").Replace(
                    "{signed}", c.TryGetProperty("signed", out var spec) ? Sign(spec) : "", StringComparison.Ordinal);
                await socket.SendAsync(Encoding.Latin1.GetBytes(text), cancel);
                continue;
            }
            switch (step[0].GetString())
            {
                case "sleep":
                    await Task.Delay(TimeSpan.FromSeconds(step[1].GetDouble()), cancel);
                    break;
                case "drain":
                    await DrainAsync(socket, answer, step[1].GetDouble(), cancel);
                    break;
                case "shutwr":
                    socket.Shutdown(SocketShutdown.Send);
                    break;
                case "close":
                    socket.Close();
                    await Task.Delay(400, cancel);
                    return answer.ToString();
            }
        }
        await DrainAsync(
            socket,
            answer,
            Math.Max(patience, c.TryGetProperty("quiet", out var quiet) ? quiet.GetDouble() : 0),
            cancel);
        return answer.ToString();
    }

    /// <summary>Status, headers in their order by name, and body of every answer.</summary>
    public static string Canonical(string raw, string request)
    {
        var text = new StringBuilder();
        while (raw.StartsWith("HTTP/", StringComparison.Ordinal)
            && raw.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end)
        {
            var lines = raw[..end].Split("\r\n");
            raw = raw[(end + 4)..];
            var status = lines[0].Split(' ', 3);
            var headers = lines.Skip(1).Select(l => l.Split(':', 2)).GroupBy(l => l[0].Trim().ToLowerInvariant())
                .ToDictionary(g => g.Key, g => g.Select(l => l.Length > 1 ? l[1].Trim() : "").ToList());
            var body = Scrub(
                TakeBody(ref raw, status[1], headers, request.StartsWith("HEAD ", StringComparison.Ordinal)));
            var loose = body.Contains("<SIGNED>", StringComparison.Ordinal)
                || body.Contains("<TRACEBACK>", StringComparison.Ordinal)
                || body.Contains("<TIME>", StringComparison.Ordinal);

            text.Append(status[1]).Append(' ').Append(status[1] == "100" || status.Length < 3 ? "" : status[2]);
            foreach (var (name, values) in headers.OrderBy(h => h.Key, StringComparer.Ordinal))
            {
                if (Ignored.Contains(name) || (loose && name is "etag" or "content-length" or "content-type" && loose))
                    continue;
                if (name == "connection" && request.Split("\r\n")[0].EndsWith("HTTP/1.0", StringComparison.Ordinal))
                    continue;
                text.Append(" | ").Append(name).Append(": ")
                    .AppendJoin(" & ", values.Select(v => name == "connection" ? v.ToLowerInvariant() : Scrub(v)));
            }
            text.Append(" || ").Append(body).Append('\n');
        }
        return text.Append(raw).ToString();
    }

    private static string TakeBody(ref string raw, string status, Dictionary<string, List<string>> headers, bool isHead)
    {
        if (isHead || status is "204" or "304" || status.StartsWith('1'))
            return "";
        if (headers.TryGetValue("transfer-encoding", out var coding) && coding[0] == "chunked")
            return Dechunk(ref raw);
        var length = headers.TryGetValue("content-length", out var l) && int.TryParse(l[0], out var n)
            ? Math.Min(n, raw.Length)
            : raw.Length;
        var body = raw[..length];
        raw = raw[length..];
        return body;
    }

    private static string Dechunk(ref string raw)
    {
        var body = new StringBuilder();
        while (raw.IndexOf("\r\n", StringComparison.Ordinal) is > 0 and var end
            && int.TryParse(raw.AsSpan(0, end), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var size))
        {
            if (size == 0)
            {
                raw = raw[Math.Min(raw.Length, end + 4)..];
                return body.ToString();
            }
            body.Append(raw, end + 2, size);
            raw = raw[(end + 4 + size)..];
        }
        return "<cut>";
    }

    private static string Scrub(string text)
    {
        text = Dates().Replace(text, "<TIME>");
        text = SignedValues().Replace(text, "<SIGNED>");
        text = Tracebacks().Replace(text, "<TRACEBACK>");
        return text;
    }

    private static async Task DrainAsync(Socket socket, StringBuilder answer, double quiet, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(TimeSpan.FromSeconds(quiet));
            try
            {
                var read = await socket.ReceiveAsync(buffer, patience.Token);
                if (read == 0)
                    return;
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    [SuppressMessage(
        "Security",
        "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "The format of version 1.")]
    private static string Sign(JsonElement spec)
    {
        var time = (DateTimeOffset.UnixEpoch + TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch))
            .ToUnixTimeSeconds() + spec.GetProperty("age").GetInt64();
        var name = spec.GetProperty("name").GetString() ?? "";
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(spec.GetProperty("value").GetString() ?? ""));
        var secret = Encoding.UTF8.GetBytes(
            spec.TryGetProperty("secret", out var s) ? s.GetString() ?? "" : "It's a secret to everybody");
        string signed;
        if (spec.GetProperty("version").GetInt32() == 1)
        {
            signed = $"{base64}|{time}|" + Convert.ToHexStringLower(
                HMACSHA1.HashData(secret, Encoding.UTF8.GetBytes($"{name}{base64}{time}")));
        }
        else
        {
            var key = spec.TryGetProperty("key", out var k) ? k.GetInt32() : 0;
            var text = $"2|{Field($"{key}")}|{Field($"{time}")}|{Field(name)}|{Field(base64)}|";
            signed = text + Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));
        }
        return spec.TryGetProperty("tamper", out _) ? signed[..^1] + (signed[^1] == '0' ? '1' : '0') : signed;

        static string Field(string value) => $"{value.Length}:{value}";
    }

    [GeneratedRegex(@"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20[2-9]\d \d\d:\d\d:\d\d GMT")]
    private static partial Regex Dates();

    [GeneratedRegex(@"2\|1:\d\|10:\d+\|[^;\s]*")]
    private static partial Regex SignedValues();

    [GeneratedRegex(@"(?s)Traceback \(most.*")]
    private static partial Regex Tracebacks();
}
