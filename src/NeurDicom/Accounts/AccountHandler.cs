using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;

namespace NeurDicom.Accounts;

/// <summary>What the handlers of accounts share: the JSON that comes in, and an account as JSON.</summary>
internal abstract class AccountHandler(ApiContext context, Users users) : JsonHandler(context)
{
    protected Users Users { get; } = users;

    /// <summary>Reads a JSON object; what is none is refused with 400. Nobody who is refused has their body read.</summary>
    protected async Task<AccountBody> ReadBodyAsync()
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(Request.BodyStream, default, Aborted);
            if (body.RootElement.ValueKind == JsonValueKind.Object && IsText(body.RootElement))
                return new AccountBody(body.RootElement.Clone());
        }
        catch (JsonException)
        {
        }

        throw new ProblemException(StatusCodes.Status400BadRequest, "The body is not a JSON object.");
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

    protected async Task<Account> FindAsync(long id) => await Users.FindAsync(id, Aborted) ?? throw NoSuchAccount(id);

    /// <summary>Refuses who is neither this person nor an admin.</summary>
    protected void RequireSelfOrAdmin(long id)
    {
        if (Identity.UserId != id && Identity.Role != Role.Admin)
            throw Forbidden("Only an admin may change other accounts.");
    }

    /// <summary>Turns an outcome that is not <see cref="AccountOutcome.Done"/> into its answer.</summary>
    protected static ProblemException Refused(AccountOutcome outcome, long id = 0) => outcome switch
    {
        AccountOutcome.NotFound => NoSuchAccount(id),
        AccountOutcome.NameTaken => new ProblemException(
            StatusCodes.Status409Conflict, "Another account has this sign-in name.",
            new Dictionary<string, string[]> { ["email"] = ["Another account has this sign-in name."] }),
        AccountOutcome.LastAdmin => new ProblemException(
            StatusCodes.Status409Conflict, "This is the last active admin; nobody could manage accounts any more."),
        AccountOutcome.Changed => new ProblemException(
            StatusCodes.Status409Conflict, "The account changed in the meantime; try again."),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    protected static ProblemException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, detail);

    protected static ProblemException TooMany(TimeSpan wait)
    {
        var refusal = new ProblemException(
            StatusCodes.Status429TooManyRequests, "Too many attempts; try again later.");
        refusal.Headers["Retry-After"] = Admission.Seconds(wait);
        return refusal;
    }

    protected void WriteAccount(Account account) => WriteObject(json => WriteTo(json, account));

    /// <summary>The original's members in their order, then ours.</summary>
    protected static void WriteTo(Utf8JsonWriter json, Account account)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, account.Id);
        json.WriteString("name"u8, account.Name);
        json.WriteString("surname"u8, account.Surname);
        json.WriteString("email"u8, account.Email);
        json.WriteBoolean("is_admin"u8, account.Role == Role.Admin);
        json.WriteString("role"u8, account.Role.ToText());
        json.WriteBoolean("is_active"u8, account.IsActive);
        json.WriteEndObject();
    }

    private static ProblemException NoSuchAccount(long id) =>
        new(StatusCodes.Status404NotFound, string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"There is no user {id}."));
}
