using System.Globalization;
using System.Text.Json.Nodes;

namespace NeurDicom.Replay;

/// <summary>What an answer may be required to be. Each gives null, or a sentence about what is wrong.</summary>
internal static class Expect
{
    private static readonly string[] Members = ["type", "title", "status", "detail", "message"];

    /// <summary>A problem document of this status (API.md, "Errors"), whose text holds these words.</summary>
    public static Func<Exchange, string?> Problem(int status, params string[] words) => exchange =>
    {
        var answer = exchange.Answer;
        if (answer.Status != status)
            return $"the status is {answer.Status}, not {status}";
        // HEAD has no body, and says by its type what GET would have.
        if (exchange.Call.Method == "HEAD" && answer.ContentType == "application/problem+json")
            return null;
        if (answer.ContentType != "application/problem+json" || answer.Json is not JsonObject problem)
            return $"the body is {answer.ContentType} and no problem document";
        if (Members.FirstOrDefault(name => problem[name] is null) is { } missing)
            return $"the problem document has no {missing}";
        if (!JsonNode.DeepEquals(problem["detail"], problem["message"]))
            return "message is not detail";
        if (problem["status"]!.GetValue<int>() != status)
            return "the problem document tells another status";
        return words.FirstOrDefault(word => !answer.Text.Contains(word, StringComparison.Ordinal)) is { } absent
            ? $"it does not say {absent}: {answer.Text}"
            : null;
    };

    /// <summary>A problem document that names these fields in its <c>errors</c>.</summary>
    public static Func<Exchange, string?> Errors(int status, params string[] fields) => exchange =>
        Problem(status)(exchange)
        ?? fields.Select(field => exchange.Answer.Json!["errors"]?[field] is JsonArray { Count: > 0 } ? null : $"errors has no {field}")
            .FirstOrDefault(problem => problem is not null);

    /// <summary>405 with an <c>Allow</c> that does not name the method that was used.</summary>
    public static string? NotAllowed(Exchange exchange) =>
        Problem(405)(exchange)
        ?? (exchange.Answer["Allow"] is not { } allow ? "there is no Allow"
            : allow.Split(", ").Contains(exchange.Call.Method) ? $"Allow names {exchange.Call.Method}"
            : null);

    /// <summary>401 that offers Basic.</summary>
    public static string? SignInFirst(Exchange exchange) =>
        Problem(401)(exchange)
        ?? (exchange.Answer["WWW-Authenticate"]?.StartsWith("Basic ", StringComparison.Ordinal) is true
            ? null
            : "Basic is not offered");

    /// <summary>The answer to a sign-in that fails: always the same, whether the account exists or not.</summary>
    public static string? WrongCredentials(Exchange exchange) =>
        Problem(401, "The name or the password is wrong.")(exchange)
        ?? (exchange.Answer["Set-Cookie"] is null ? null : "there is a cookie");

    /// <summary>A report with these outcomes in their order, and the status that API.md gives them.</summary>
    public static Func<Exchange, string?> Stored(int status, params string[] outcomes) => exchange =>
    {
        var answer = exchange.Answer;
        if (answer.Status != status)
            return $"the status is {answer.Status}, not {status}: {answer.Text}";
        if ((answer.Json as JsonObject)?["instances"] is not JsonArray entries)
            return "there is no list of instances";
        var found = entries.Select(entry => entry!["outcome"]!.GetValue<string>()).ToList();
        if (!found.SequenceEqual(outcomes))
            return $"the outcomes are {string.Join(", ", found)}";
        foreach (var entry in entries)
        {
            var isRefused = entry!["outcome"]!.GetValue<string>() == "refused";
            if (isRefused != entry["reason"] is not null)
                return "only what is refused has a reason";
            if (!isRefused && entry["id"] is null)
                return "what is stored has no id";
        }

        return status < 400 ? null : Problem(status)(exchange);
    };

    /// <summary>A picture of this size, in the format that was asked for.</summary>
    public static Func<Exchange, string?> Picture(int columns, int rows, string type = "image/jpeg") => exchange =>
        exchange.Answer.Status != 200 ? $"the status is {exchange.Answer.Status}"
        : exchange.Answer.ContentType != type ? $"it is {exchange.Answer.ContentType}"
        : type == "image/jpeg" && PixelReplay.JpegSize(exchange.Answer.Body) != (columns, rows)
            ? $"it is {PixelReplay.JpegSize(exchange.Answer.Body)}, not {(columns, rows)}"
        : type == "image/png" && !exchange.Answer.Body.AsSpan().StartsWith("\u0089PNG"u8[1..]) && exchange.Answer.Body[0] != 0x89
            ? "it is no PNG"
        : null;

    /// <summary>200 with JSON that has these values.</summary>
    public static Func<Exchange, string?> Json(params (string Pointer, string Value)[] values) => exchange =>
    {
        if (exchange.Answer.Status is not (200 or 201) || exchange.Answer.Json is not { } json)
            return $"the answer is {exchange.Answer.Status} and {exchange.Answer.ContentType}";
        foreach (var (pointer, value) in values)
        {
            var found = Follow(json, pointer)?.ToJsonString() ?? "null";
            if (found != value)
                return $"{pointer} is {found}, not {value}";
        }

        return null;
    };

    /// <summary>Bytes with these values.</summary>
    public static Func<Exchange, string?> Bytes(params byte[] expected) => exchange =>
        exchange.Answer.Status != 200 ? $"the status is {exchange.Answer.Status}"
        : exchange.Answer.Body.AsSpan().SequenceEqual(expected) ? null
        : $"the bytes are {Convert.ToHexStringLower(exchange.Answer.Body.AsSpan(0, Math.Min(16, exchange.Answer.Body.Length)))}…, "
            + $"not {Convert.ToHexStringLower(expected.AsSpan(0, Math.Min(16, expected.Length)))}…";

    public static Func<Exchange, string?> All(params Func<Exchange, string?>[] checks) => exchange =>
        checks.Select(check => check(exchange)).FirstOrDefault(problem => problem is not null);

    public static Func<Exchange, string?> Status(int status) => exchange =>
        exchange.Answer.Status == status ? null : $"the status is {exchange.Answer.Status}, not {status}";

    public static Func<Exchange, string?> Header(string name, params string[] words) => exchange =>
        exchange.Answer[name] is not { } value ? $"there is no {name}"
        : words.FirstOrDefault(word => !value.Contains(word, StringComparison.OrdinalIgnoreCase)) is { } absent
            ? $"{name} does not say {absent}"
        : null;

    public static Func<Exchange, string?> NoHeader(string name) => exchange =>
        exchange.Answer[name] is { } value ? $"{name} is {value}" : null;

    public static Func<Exchange, string?> Within(TimeSpan limit) => exchange =>
        exchange.Duration <= limit ? null : string.Create(CultureInfo.InvariantCulture, $"it took {exchange.Duration.TotalSeconds:0.0} s");

    // "0.name" and the like; "#" counts.
    private static JsonNode? Follow(JsonNode json, string pointer)
    {
        JsonNode? node = json;
        foreach (var step in pointer.Split('.'))
        {
            node = node switch
            {
                JsonArray rows when step == "#" => JsonValue.Create(rows.Count),
                JsonArray rows => rows.ElementAtOrDefault(int.Parse(step, CultureInfo.InvariantCulture)),
                JsonObject members => members[step],
                _ => null,
            };
        }

        return node;
    }
}
