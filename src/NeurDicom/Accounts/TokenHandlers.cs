using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Accounts;

/// <summary>
/// <c>GET /api/tokens</c>: one's own tokens, an admin's everybody's or with <c>user=</c> one account's; and <c>POST</c>
/// for a new one, whose answer is the only place where it is ever shown.
/// </summary>
[Operation("GET", "Lists one's tokens", Schema = "Token[]")]
[Query("limit", "integer", "Tokens of a page.")]
[Query("after", "string", "Where the page begins; taken from the Link header.")]
[Query("user", "integer", "Another account's, for admins.")]
[Operation(
    "POST", "Makes a token", Detail = "It is shown this once.", Status = 201, Bodies = ["application/json"],
    BodySchema = "NewToken", Schema = "Token")]
[RequiredAuth(Role.Reader)]
[StreamRequestBody(MaxBodySize = 1 << 20)]
[Audited(Changes = "token")]
internal sealed class TokenListHandler(ApiContext context, Users users, Tokens tokens, TimeProvider time)
    : AccountHandler(context, users)
{
    // Longer is as good as for ever, which is to be said outright.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    private static readonly Cursor Start = new("tokens", null, 0);

    public async Task GetAsync()
    {
        var (limit, after, user) = ReadPage(Start, takesUser: true);
        var list = await tokens.ListAsync(
            Identity.Role == Role.Admin ? user : RequireOwn(user), after, limit + 1, Aborted);
        if (list.Count > limit)
            LinkNext(Start with { Id = list[limit - 1].Id }, limit, user);
        WriteObject(json =>
        {
            json.WriteStartArray();
            foreach (var token in list.Take(limit))
                WriteTo(json, token);
            json.WriteEndArray();
        });
    }

    public async Task PostAsync()
    {
        RequirePerson();
        var body = await ReadBodyAsync();
        var name = body.Text("name", CheckName);
        var role = body.Role() ?? Role.Reader;
        var expires = body.Instant("expires_at");
        var now = time.GetUtcNow();
        if (expires <= now || expires > now + Longest)
            body.Refuse(
                "expires_at", "Must lie in the future, and within ten years; leave it out for a token without end.");
        body.ThrowIfWrong();
        if (role > Identity.Role)
            throw Forbidden(
                $"A token cannot have more rights than its owner, who has the role {Identity.Role.ToText()}.");

        // Not null: RequirePerson asked for it.
        var made = await tokens.CreateAsync(
            Identity.UserId!.Value, name, role, expires?.ToUnixTimeMilliseconds(), Aborted)
            ?? throw new ProblemException(
                StatusCodes.Status409Conflict,
                $"The account has {Tokens.MaxPerUser} tokens, or was changed in the meantime; revoke some, "
                    + "or try again.");
        SetStatus(StatusCodes.Status201Created);
        SetHeader("Location", string.Create(CultureInfo.InvariantCulture, $"{Request.Path}/{made.Token.Id}"));
        SetHeader("Cache-Control", "no-store");
        WriteObject(json => WriteTo(json, made.Token, made.Text));
    }

    /// <summary>Null, or what is wrong with a token's name.</summary>
    public static string? CheckName(string name) => name switch
    {
        "" => "A token needs a name by which its owner knows it again.",
        { Length: > Tokens.MaxNameLength } => $"A name has at most {Tokens.MaxNameLength} characters.",
        _ when name.Any(char.IsControl) => "A name may not contain control characters.",
        _ => null,
    };

    internal static void WriteTo(Utf8JsonWriter json, TokenEntry token, string? text = null)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, token.Id);
        json.WriteString("name"u8, token.Name);
        json.WriteNumber("user"u8, token.UserId);
        json.WriteString("email"u8, token.Email);
        json.WriteString("role"u8, token.Role.ToText());
        WriteInstant(json, "created_at", token.CreatedAt);
        WriteInstant(json, "expires_at", token.ExpiresAt);
        WriteInstant(json, "used_at", token.UsedAt);
        if (text is not null)
            json.WriteString("token"u8, text);
        json.WriteEndObject();
    }
}

/// <summary>
/// <c>GET</c> and <c>DELETE /api/tokens/:id</c>: shows and revokes a token of one's own; an admin's, anybody's.
/// </summary>
[Operation("GET", "Shows a token", Schema = "Token")]
[Operation("DELETE", "Revokes a token", Answers = [])]
[RequiredAuth(Role.Reader)]
[Audited(Changes = "token")]
internal sealed class TokenHandler(ApiContext context, Users users, Tokens tokens) : AccountHandler(context, users)
{
    public async Task GetAsync(long id)
    {
        var token = await FindTokenAsync(id);
        WriteObject(json => TokenListHandler.WriteTo(json, token));
    }

    public async Task DeleteAsync(long id)
    {
        var token = await FindTokenAsync(id);
        // One that was lost can be revoked by who holds it, and not the others of the account.
        if (Identity.Token != token.Id)
            RequirePersonOrAdmin();
        await tokens.RevokeAsync(token.Id, Aborted);
    }

    // Nobody learns from the answer which tokens others have.
    private async Task<TokenEntry> FindTokenAsync(long id) =>
        await tokens.FindAsync(id, Aborted) is { } token
            && (Identity.Role == Role.Admin || token.UserId == Identity.UserId)
            ? token
            : throw new ProblemException(
                StatusCodes.Status404NotFound, string.Create(CultureInfo.InvariantCulture, $"There is no token {id}."));
}
