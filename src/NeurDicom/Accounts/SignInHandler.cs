using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;
using Tornado;

namespace NeurDicom.Accounts;

/// <summary><c>POST /api/users/auth</c>: name and password for the cookie <c>neurdicom.auth</c>.</summary>
[Operation(
    "POST", "Signs in", Detail = "Sets the cookie neurdicom.auth.", Bodies = ["application/json"],
    BodySchema = "SignIn", Schema = "SignedIn")]
[OpenToAll] // Who comes here has not signed in yet.
[StreamRequestBody(MaxBodySize = 1 << 20)]
[Audited(Changes = "sign_in")]
internal sealed class SignInHandler(ApiContext context, Users users, Credentials credentials, Sessions sessions)
    : AccountHandler(context, users)
{
    public async Task PostAsync()
    {
        var body = await ReadBodyAsync();
        foreach (var name in (string[])["email", "password"])
        {
            if (!body.Has(name))
                body.Refuse(name, "This field is required.");
        }

        body.ThrowIfWrong();

        // A number or null is a wrong password like any other; no account has an empty name.
        var (email, password) = (body.Peek("email"), body.Peek("password"));
        if (email is null || password is null)
            (email, password) = ("", "");

        Claimed = email;
        var check = await credentials.CheckAsync(email, password, Http.Connection.RemoteIpAddress, Aborted);
        if (check.RetryAfter is { } wait)
            throw TooMany(wait);
        if (check.Account is not { } account || await sessions.StartAsync(account, Aborted, Http) is not { } session)
            throw new ProblemException(StatusCodes.Status401Unauthorized, Authentication.WrongCredentials);

        await sessions.TakeOverAsync(Http, session, Aborted);
        CurrentUser = new Identity(account.Id, account.Email, account.Role, AuthScheme.Cookie);
        WriteObject(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, account.Id);
            json.WriteString("email"u8, account.Email);
            json.WriteString("name"u8, account.Name);
            json.WriteString("surname"u8, account.Surname);
            json.WriteBoolean("is_admin"u8, account.Role == Role.Admin);
            json.WriteString("role"u8, account.Role.ToText());
            json.WriteEndObject();
        });
    }
}

/// <summary><c>GET /api/users/check</c>: an empty text for who is signed in, 401 for others.</summary>
[Operation("GET", "Tells whether one is signed in", Schema = "Empty")]
[RequiredAuth(Role.Reader)]
[Audited]
internal sealed class CheckHandler(ApiContext context) : JsonHandler(context)
{
    public void Get() => WriteObject(json => json.WriteStringValue(""u8));
}

/// <summary><c>POST /api/users/logout</c>: ends the session behind the cookie.</summary>
[Operation("POST", "Signs out", Schema = "Message")]
[OpenToAll] // Signing out twice is no error.
[Audited(Changes = "sign_out")]
internal sealed class SignOutHandler(ApiContext context, Sessions sessions) : JsonHandler(context)
{
    public async Task PostAsync()
    {
        CurrentUser = await sessions.LeaveAsync(Http, Aborted);
        WriteObject(json =>
        {
            json.WriteStartObject();
            json.WriteString("message"u8, "Log out is successful"u8);
            json.WriteEndObject();
        });
    }
}
