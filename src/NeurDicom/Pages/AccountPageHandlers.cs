using System.Globalization;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using Tornado;

namespace NeurDicom.Pages;

/// <summary>What the forms of an account share: whose it is, and the page again with what came of them.</summary>
[Audited(Changes = "account")]
internal abstract class OwnAccountHandler(ApiContext context, Users users, Sessions sessions, Tokens tokens)
    : HtmlHandler(context)
{
    protected Users Users { get; } = users;

    protected Sessions Sessions { get; } = sessions;

    protected Tokens Tokens { get; } = tokens;

    /// <summary>The visitor's own account; 403 where nobody has signed in, and for tokens.</summary>
    protected async Task<Account> FindAsync()
    {
        if (Identity.Scheme == AuthScheme.Token)
            throw Forbidden("A token may not do this; sign in with the password.");
        var account = Identity.UserId is { } id ? await Users.FindAsync(id, Aborted) : null;
        return account ?? throw Forbidden("Nobody has signed in.");
    }

    private static ProblemException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, detail);

    protected async Task WriteAccountAsync(
        Account account, string? problem = null, string? done = null, string? newToken = null)
    {
        var current = Http.Request.Cookies.TryGetValue(Sessions.Cookie, out var value) ? Sessions.IdOf(value) : null;
        var view = new AccountView(
            account,
            await Sessions.ListAsync(account.Id, Aborted),
            current,
            await Tokens.ListAsync(account.Id, after: 0, limit: 2 * Tokens.MaxPerUser, Aborted),
            problem, done, newToken);
        WritePage(Say("Your account", "您的账户"), AccountPage.Draw(this, view));
    }

    protected Task RefuseAsync(int status, Account account, string problem)
    {
        SetStatus(status);
        return WriteAccountAsync(account, problem);
    }
}

/// <summary><c>GET</c> and <c>POST /account</c>: who one is, and a new password.</summary>
[RequiredAuth(Role.Reader)]
[StreamRequestBody(MaxBodySize = LargestForm)]
internal sealed class AccountPageHandler(
    ApiContext context, Users users, Sessions sessions, Tokens tokens, Credentials credentials, FirstAccount first)
    : OwnAccountHandler(context, users, sessions, tokens)
{
    public async Task GetAsync() => await WriteAccountAsync(
        await FindAsync(),
        done: GetQueryArgument("done", "") == "1"
            ? Say("The password was changed; every other session has ended.", "密码已更改，其他会话均已结束。")
            : null);

    public async Task PostAsync()
    {
        var account = await FindAsync();
        var form = await ReadFormAsync();
        var (current, password) = (form["current"].ToString(), form["password"].ToString());
        if (AccountRules.CheckPassword(password, account.Email) is { } weak)
        {
            await RefuseAsync(StatusCodes.Status400BadRequest, account, weak);
            return;
        }

        if (password != form["again"].ToString())
        {
            await RefuseAsync(
                StatusCodes.Status400BadRequest, account, Say("The two new passwords differ.", "两次输入的新密码不一致。"));
            return;
        }

        // A browser that was left open does not give the account away.
        var check = await credentials.CheckAsync(account.Email, current, Http.Connection.RemoteIpAddress, Aborted);
        if (check.RetryAfter is { } wait)
        {
            SetHeader("Retry-After", Admission.Seconds(wait));
            var later = Say("Too many attempts; try again later.", "尝试次数过多，请稍后重试。");
            await RefuseAsync(StatusCodes.Status429TooManyRequests, account, later);
            return;
        }

        if (check.Account?.Id != account.Id)
        {
            await RefuseAsync(
                StatusCodes.Status403Forbidden, account, Say("The current password is wrong.", "当前密码错误。"));
            return;
        }

        if (await ChangeAsync(account, password) is not { } changed)
        {
            var again = Say("The account changed in the meantime; try again.", "账户已发生变化，请重试。");
            await RefuseAsync(StatusCodes.Status409Conflict, account, again);
            return;
        }

        // Every session has ended with the old password; this one goes on under a new cookie.
        first.ForgetPassword(account.Id);
        if (Identity.Scheme == AuthScheme.Cookie && await Sessions.StartAsync(changed, Aborted, Http) is { } session)
            Sessions.SetCookie(Http, session);
        LeadTo("/account?done=1");
    }

    private async Task<Account?> ChangeAsync(Account account, string password)
    {
        if (await credentials.EncodeAsync(password, Aborted) is not { } encoded)
            return null;
        var change = new AccountChange(account.Email, account.Name, account.Surname, Password: encoded);
        return (await Users.UpdateAsync(account.Id, change, account.Version, Aborted)).Account;
    }
}

/// <summary><c>POST /account/sessions</c>: ends one of one's own sessions.</summary>
[RequiredAuth(Role.Reader)]
[StreamRequestBody(MaxBodySize = LargestForm)]
[Audited(Changes = "session")]
internal sealed class SessionsPageHandler(ApiContext context, Users users, Sessions sessions, Tokens tokens)
    : OwnAccountHandler(context, users, sessions, tokens)
{
    // Who signs in again after a form was refused comes back here.
    public void Get() => LeadTo("/account");

    public async Task PostAsync()
    {
        var account = await FindAsync();
        var form = await ReadFormAsync();
        await Sessions.EndAsync(form["id"].ToString(), account.Id, Aborted);
        LeadTo("/account");
    }
}

/// <summary><c>POST /account/tokens</c>: makes one of one's own tokens, or revokes it.</summary>
[RequiredAuth(Role.Reader)]
[StreamRequestBody(MaxBodySize = LargestForm)]
[Audited(Changes = "token")]
internal sealed class TokensPageHandler(
    ApiContext context, Users users, Sessions sessions, Tokens tokens, TimeProvider time)
    : OwnAccountHandler(context, users, sessions, tokens)
{
    public void Get() => LeadTo("/account");

    public async Task PostAsync()
    {
        var account = await FindAsync();
        var form = await ReadFormAsync();
        if (form.TryGetValue("revoke", out var revoke))
            await RevokeAsync(account, revoke.ToString());
        else
            await MakeAsync(account, form["token-name"].ToString().Trim(), form["role"], form["days"]);
    }

    private async Task RevokeAsync(Account account, string text)
    {
        // What is not one's own is left alone, and nobody learns whether it is there.
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await Tokens.FindAsync(id, Aborted) is { } token && token.UserId == account.Id)
            await Tokens.RevokeAsync(id, Aborted);
        LeadTo("/account");
    }

    private async Task MakeAsync(Account account, string name, string? roleText, string? daysText)
    {
        if (TokenListHandler.CheckName(name) is { } wrong)
        {
            await RefuseAsync(StatusCodes.Status400BadRequest, account, wrong);
            return;
        }

        if (Roles.Parse(roleText) is not { } role || role > Identity.Role
            || !int.TryParse(daysText, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            || !AccountPage.TokenDays.Contains(days))
        {
            throw new ProblemException(
                StatusCodes.Status400BadRequest, "A token has a role that its owner has too, and an end.");
        }

        var expires = time.GetUtcNow().AddDays(days).ToUnixTimeMilliseconds();
        if (await Tokens.CreateAsync(account.Id, name, role, expires, Aborted) is not { } made)
        {
            const int most = Tokens.MaxPerUser;
            var full = Say($"You have {most} tokens; revoke some first.", $"您已有 {most} 个令牌，请先撤销一些。");
            await RefuseAsync(StatusCodes.Status409Conflict, account, full);
            return;
        }

        SetStatus(StatusCodes.Status201Created);
        await WriteAccountAsync(account, newToken: made.Text);
    }
}
