using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;

namespace NeurDicom.Accounts;

/// <summary>The members of a JSON object, read one by one; all that is wrong with them is told at once.</summary>
internal sealed class AccountBody(JsonElement body)
{
    private const string Required = "This field is required.";

    private readonly SortedDictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    /// <summary>Reads a body; null where it is not a JSON object.</summary>
    public static async Task<AccountBody?> ReadAsync(Stream stream, CancellationToken cancel)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(stream, default, cancel);
            return body.RootElement.ValueKind == JsonValueKind.Object && IsText(body.RootElement)
                ? new AccountBody(body.RootElement.Clone())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool Has(string name) => body.TryGetProperty(name, out _);

    /// <summary>Whether a member is there and is text; what it should say is nobody's business here.</summary>
    public string? Peek(string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A text that has to be there.</summary>
    /// <param name="check">Gives what is wrong with it, or null.</param>
    public string Text(string name, Func<string, string?>? check = null)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return Wrong(name, Required, "");
        if (value.ValueKind != JsonValueKind.String)
            return Wrong(name, "Not a valid string.", "");

        var text = value.GetString()!; // It is a string.
        return check?.Invoke(text) is { } problem ? Wrong(name, problem, text) : text;
    }

    public bool? Flag(string name)
    {
        if (!body.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Wrong<bool?>(name, "Must be true or false.", null),
        };
    }

    /// <summary>The member <c>role</c>, or the original's <c>is_admin</c>; null where there is neither.</summary>
    public Role? Role()
    {
        var isAdmin = Flag("is_admin");
        if (!body.TryGetProperty("role", out var value))
            return isAdmin == true ? Accounts.Role.Admin : null;

        var role = value.ValueKind == JsonValueKind.String ? Roles.Parse(value.GetString()) : null;
        if (role is null)
            return Wrong<Role?>("role", $"Must be one of {Roles.Names}.", null);
        return isAdmin is { } admin && admin != (role == Accounts.Role.Admin)
            ? Wrong<Role?>("is_admin", "Says something else than role.", null)
            : role;
    }

    /// <summary>
    /// An instant as RFC 3339 has it, or a date, which begins at midnight UTC; null where there is none.
    /// </summary>
    public DateTimeOffset? Instant(string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        // It is a string.
        return value.ValueKind == JsonValueKind.String && ParseInstant(value.GetString()!) is { } instant
            ? instant
            : Wrong<DateTimeOffset?>(name, "Expected a date or an instant, 2027-01-31 or 2027-01-31T12:00:00Z.", null);
    }

    /// <inheritdoc cref="Instant"/>
    public static DateTimeOffset? ParseInstant(string text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;

    public void Refuse(string name, string problem) => Wrong(name, problem, 0);

    /// <summary>Ends the request with 400 where anything was wrong.</summary>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
        {
            throw new ProblemException(
                StatusCodes.Status400BadRequest,
                string.Join(' ', _errors.Select(error => $"{error.Key}: {error.Value[0]}")),
                _errors);
        }
    }

    private T Wrong<T>(string name, string problem, T value)
    {
        _errors[name] = [problem];
        return value;
    }

    // The parser takes strings that are no Unicode: bytes that are no UTF-8, half a surrogate pair. Reading one throws.
    private static bool IsText(JsonElement body)
    {
        try
        {
            foreach (var member in body.EnumerateObject())
                _ = (member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
