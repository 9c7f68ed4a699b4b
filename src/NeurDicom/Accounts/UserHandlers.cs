using System.Globalization;
using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Accounts;

/// <summary><c>GET /api/users</c>, and <c>POST</c> for a new account.</summary>
[Operation("GET", "Lists accounts", Schema = "Account[]")]
[Query("limit", "integer", "Accounts of a page.")]
[Query("after", "string", "Where the page begins; taken from the Link header.")]
[Operation(
    "POST", "Makes an account", Status = 201, Bodies = ["application/json"], BodySchema = "NewAccount",
    Schema = "Account")]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Admin, "POST")]
[StreamRequestBody(MaxBodySize = 1 << 20)]
internal sealed class UserListHandler(ApiContext context, Users users, Credentials credentials)
    : AccountHandler(context, users)
{
    private static readonly Cursor Start = new("users", null, 0);

    public async Task GetAsync()
    {
        var (limit, after, _) = ReadPage(Start);
        var (accounts, total) = await Users.ListAsync(after, limit + 1, Aborted);
        SetHeader("X-Total-Count", total);
        if (accounts.Count > limit)
            LinkNext(Start with { Id = accounts[limit - 1].Id }, limit);

        WriteObject(json =>
        {
            json.WriteStartArray();
            foreach (var account in accounts.Take(limit))
                WriteTo(json, account);
            json.WriteEndArray();
        });
    }

    public async Task PostAsync()
    {
        var body = await ReadBodyAsync();
        var email = body.Text("email", AccountRules.CheckEmail);
        // From another system that has hashed it: an admin may set any password anyway.
        var hash = body.Has("password_hash") ? body.Text("password_hash", AccountRules.CheckHash) : null;
        var password = hash is null ? body.Text("password", text => AccountRules.CheckPassword(text, email)) : "";
        if (hash is not null && body.Has("password"))
            body.Refuse("password", "There is password_hash already.");
        var account = new AccountChange(
            email,
            body.Has("name") ? body.Text("name", AccountRules.CheckPerson) : "",
            body.Has("surname") ? body.Text("surname", AccountRules.CheckPerson) : "",
            body.Role() ?? Role.Reader,
            body.Flag("is_active") ?? true);
        body.ThrowIfWrong();

        var encoded = hash
            ?? await credentials.EncodeAsync(password, Aborted)
            ?? throw TooMany(TimeSpan.FromSeconds(2));
        var (outcome, created) = await Users.CreateAsync(account with { Password = encoded }, Aborted);
        if (created is null)
            throw Refused(outcome);

        SetStatus(StatusCodes.Status201Created);
        SetHeader("Location", string.Create(CultureInfo.InvariantCulture, $"{Request.Path}/{created.Id}"));
        WriteAccount(created);
    }
}

/// <summary>
/// <c>GET</c>, <c>PUT</c> and <c>DELETE /api/users/:id</c>. People change their own names, admins everything.
/// </summary>
[Operation("GET", "Shows an account", Schema = "Account")]
[Operation(
    "PUT", "Changes an account", Bodies = ["application/json"], BodySchema = "AccountChange", Schema = "Account")]
[Operation("DELETE", "Deletes an account", Answers = [])]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Admin, "DELETE")]
[StreamRequestBody(MaxBodySize = 1 << 20)]
internal sealed class UserHandler(ApiContext context, Users users, FirstAccount first) : AccountHandler(context, users)
{
    public async Task GetAsync(long id) => WriteAccount(await FindAsync(id));

    public async Task PutAsync(long id)
    {
        RequireSelfOrAdmin(id);
        RequirePersonOrAdmin();
        var body = await ReadBodyAsync();
        var change = new AccountChange(
            body.Text("email", AccountRules.CheckEmail),
            body.Text("name", AccountRules.CheckPerson),
            body.Text("surname", AccountRules.CheckPerson),
            body.Role(),
            body.Flag("is_active"));
        if (body.Has("password"))
            body.Refuse("password", "A password is changed at /password below this address.");
        body.ThrowIfWrong();

        var old = await FindAsync(id);
        var role = change.Role ?? (body.Flag("is_admin") == false && old.Role == Role.Admin ? Role.Writer : old.Role);
        if (Identity.Role != Role.Admin
            && (change.Email, role, change.IsActive ?? old.IsActive) != (old.Email, old.Role, old.IsActive))
            throw Forbidden("Only an admin may change a sign-in name, a role or a state.");

        var (outcome, account) = await Users.UpdateAsync(id, change with { Role = role }, old.Version, Aborted);
        WriteAccount(account ?? throw Refused(outcome, id));
    }

    public async Task DeleteAsync(long id)
    {
        var outcome = await Users.DeleteAsync(id, Aborted);
        if (outcome != AccountOutcome.Done)
            throw Refused(outcome, id);
        first.ForgetPassword(id);
    }
}

/// <summary>
/// <c>PUT</c> or <c>POST /api/users/:id/password</c>, and without id for one's own.
/// It ends every token and session of the account but the session that asked, which goes on under a new cookie.
/// </summary>
[Operation(
    "PUT", "Changes a password", Detail = "Ends the account's other sessions.", Bodies = ["application/json"],
    BodySchema = "PasswordChange", Schema = "Account")]
[Operation(
    "POST", "Changes a password", Detail = "The same as PUT.", Bodies = ["application/json"],
    BodySchema = "PasswordChange", Schema = "Account")]
[RequiredAuth(Role.Reader)]
[StreamRequestBody(MaxBodySize = 1 << 20)]
internal sealed class PasswordHandler(
    ApiContext context, Users users, Credentials credentials, Sessions sessions, FirstAccount first)
    : AccountHandler(context, users)
{
    public Task PostAsync(long? id = null) => PutAsync(id);

    public async Task PutAsync(long? id = null)
    {
        var account = await FindAsync(
            id
                ?? Identity.UserId
                ?? throw Forbidden("Nobody has signed in; name the account: /api/users/:id/password."));
        RequireSelfOrAdmin(account.Id);

        var isOwn = Identity.UserId == account.Id;
        if (isOwn)
            RequirePerson();
        var body = await ReadBodyAsync();
        var password = body.Text("password", text => AccountRules.CheckPassword(text, account.Email));
        var current = isOwn ? body.Text("current_password") : "";
        body.ThrowIfWrong();
        if (isOwn)
            await RequirePasswordAsync(account, current);

        var encoded = await credentials.EncodeAsync(password, Aborted) ?? throw TooMany(TimeSpan.FromSeconds(2));
        var (outcome, changed) = await Users.UpdateAsync(
            account.Id,
            new AccountChange(account.Email, account.Name, account.Surname, Password: encoded),
            account.Version,
            Aborted);
        if (changed is null)
            throw Refused(outcome, account.Id);

        first.ForgetPassword(account.Id);
        if (isOwn
            && Identity.Scheme == AuthScheme.Cookie
            && await sessions.StartAsync(changed, Aborted, Http) is { } session)
            Sessions.SetCookie(Http, session);
        WriteAccount(changed);
    }

    // A browser that was left open does not give the account away.
    private async Task RequirePasswordAsync(Account account, string current)
    {
        var check = await credentials.CheckAsync(account.Email, current, Http.Connection.RemoteIpAddress, Aborted);
        if (check.RetryAfter is { } wait)
            throw TooMany(wait);
        if (check.Account?.Id != account.Id)
            throw Forbidden("The current password is wrong.");
    }
}
