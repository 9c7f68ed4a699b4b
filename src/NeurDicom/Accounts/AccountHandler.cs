using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Accounts;

/// <summary>What the handlers of accounts share: the JSON that comes in, and an account as JSON.</summary>
[Audited(Changes = "account")]
internal abstract class AccountHandler(ApiContext context, Users users) : JsonHandler(context)
{
    protected Users Users { get; } = users;

    /// <summary>
    /// Reads a JSON object; what is none is refused with 400. Nobody who is refused has their body read.
    /// </summary>
    protected async Task<AccountBody> ReadBodyAsync() =>
        await AccountBody.ReadAsync(Request.BodyStream, Aborted)
        ?? throw new ProblemException(StatusCodes.Status400BadRequest, "The body is not a JSON object.");

    protected async Task<Account> FindAsync(long id) => await Users.FindAsync(id, Aborted) ?? throw NoSuchAccount(id);

    /// <summary>Refuses who is neither this person nor an admin.</summary>
    protected void RequireSelfOrAdmin(long id)
    {
        if (Identity.UserId != id && Identity.Role != Role.Admin)
            throw Forbidden("Only an admin may change other accounts.");
    }

    /// <summary>
    /// Refuses a token: a program that was given one, or lost it, must not make itself another that lives longer.
    /// </summary>
    protected void RequirePerson()
    {
        if (Identity.UserId is null)
            throw Forbidden("Nobody has signed in; this belongs to an account.");
        if (Identity.Scheme == AuthScheme.Token)
            throw Forbidden("A token may not do this; sign in with the password.");
    }

    protected void RequirePersonOrAdmin()
    {
        if (Identity.Role != Role.Admin)
            RequirePerson();
    }

    /// <summary>The caller's own account; refused where another is asked for.</summary>
    protected long RequireOwn(long? user) => Identity.UserId switch
    {
        null => throw Forbidden("Nobody has signed in; name the account with user=."),
        { } own when user is null || user == own => own,
        _ => throw Forbidden("Only an admin may see what belongs to other accounts."),
    };

    /// <summary>The query's <c>user</c>, alone.</summary>
    protected long? ReadUser()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in Request.QueryArguments.Keys.Where(name => name != "user"))
            errors[name] = [ListRequest.Unknown(["user"])];
        var user = ReadUser(errors);
        return errors.Count > 0 ? throw ProblemException.For(errors) : user;
    }

    private long? ReadUser(Dictionary<string, string[]> errors)
    {
        if (GetQueryArgument("user", null) is not { Length: > 0 } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var user))
            return user;
        errors["user"] = ["Expected the id of an account."];
        return null;
    }

    /// <summary>Reads <c>limit</c>, <c>after</c> and perhaps <c>user</c> of a list by id.</summary>
    /// <param name="start">The place before the first row.</param>
    protected (int Limit, long After, long? User) ReadPage(Cursor start, bool takesUser = false)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var limit = ReadLimit("after", errors, takesUser ? ["user"] : []);
        var user = takesUser ? ReadUser(errors) : null;
        var after = GetQueryArgument("after", null) is { Length: > 0 } text ? Cursor.Parse(text) : start;
        if (after?.Order != start.Order)
            errors["after"] = ["This is not a cursor of this list; take it from the Link header."];
        // Not null: there would be an error.
        return errors.Count > 0 ? throw ProblemException.For(errors) : (limit, after!.Id, user);
    }

    protected void LinkNext(Cursor next, int limit, long? user = null)
    {
        var whose = user is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&user={user}");
        SetHeader("Link", string.Create(
            CultureInfo.InvariantCulture, $"<{Request.Path}?limit={limit}{whose}&after={next}>; rel=\"next\""));
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

    /// <summary>Milliseconds since 1970 as <c>2026-01-31T09:05:41.123Z</c>.</summary>
    protected static void WriteInstant(Utf8JsonWriter json, string name, long? instant)
    {
        if (instant is { } at)
        {
            json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(at)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static ProblemException NoSuchAccount(long id) =>
        new(StatusCodes.Status404NotFound, string.Create(CultureInfo.InvariantCulture, $"There is no user {id}."));
}
