using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;

namespace NeurDicom.Accounts;

/// <summary>
/// <c>GET /api/sessions</c>: where one is signed in, with <c>user=</c> (admin) where another is;
/// <c>DELETE</c> signs out everywhere, here too.
/// </summary>
[Operation("GET", "Lists one's sessions", Schema = "Session[]")]
[Query("user", "integer", "Another account's, for admins.")]
[Operation("DELETE", "Ends one's sessions", Answers = [])]
[RequiredAuth(Role.Reader)]
[Audited(Changes = "session")]
internal sealed class SessionListHandler(ApiContext context, Users users, Sessions sessions)
    : AccountHandler(context, users)
{
    public async Task GetAsync()
    {
        var list = await sessions.ListAsync(await ReadUserAsync(), Aborted);
        var current = Http.Request.Cookies.TryGetValue(Sessions.Cookie, out var value) ? Sessions.IdOf(value) : null;
        WriteObject(json =>
        {
            json.WriteStartArray();
            foreach (var session in list)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, session.Id);
                WriteInstant(json, "created_at", session.CreatedAt);
                WriteInstant(json, "seen_at", session.SeenAt);
                WriteInstant(json, "expires_at", session.ExpiresAt);
                json.WriteString("address"u8, session.Address);
                json.WriteString("user_agent"u8, session.Agent);
                json.WriteBoolean("is_current"u8, session.Id == current);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    public async Task DeleteAsync()
    {
        RequirePersonOrAdmin();
        var user = await ReadUserAsync();
        await sessions.EndAllAsync(user, Aborted);
        if (user == Identity.UserId)
            Sessions.ClearCookie(Http);
    }

    private async Task<long> ReadUserAsync()
    {
        var user = ReadUser() is { } asked && Identity.Role == Role.Admin
            ? (await FindAsync(asked)).Id
            : RequireOwn(ReadUser());
        return user;
    }
}

/// <summary><c>DELETE /api/sessions/:id</c>: ends one session of one's own; an admin, anybody's.</summary>
[Operation("DELETE", "Ends a session", Answers = [])]
[RequiredAuth(Role.Reader)]
[Audited(Changes = "session")]
internal sealed class SessionHandler(ApiContext context, Users users, Sessions sessions)
    : AccountHandler(context, users)
{
    public async Task DeleteAsync(string id)
    {
        RequirePersonOrAdmin();
        if (!await sessions.EndAsync(id, Identity.Role == Role.Admin ? null : Identity.UserId, Aborted))
            throw new ProblemException(StatusCodes.Status404NotFound, "There is no such session.");
    }
}
