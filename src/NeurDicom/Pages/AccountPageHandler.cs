using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using Tornado;

namespace NeurDicom.Pages;

/// <summary><c>GET</c> and <c>POST /account</c>: who one is, and a new password.</summary>
[RequiredAuth(Role.Reader)]
[StreamRequestBody(MaxBodySize = LargestForm)]
internal sealed class AccountPageHandler(
    ApiContext context, Users users, Credentials credentials, Sessions sessions, FirstAccount first) : HtmlHandler(context)
{
    public async Task GetAsync() => WriteAccount(await FindAsync(), null, isDone: GetQueryArgument("done", "") == "1");

    public async Task PostAsync()
    {
        if (Identity.Scheme == AuthScheme.Token)
            throw new ProblemException(StatusCodes.Status403Forbidden, "A token changes no account; sign in with the password.");

        var account = await FindAsync();
        var form = await ReadFormAsync();
        var (current, password) = (form["current"].ToString(), form["password"].ToString());
        if (AccountRules.CheckPassword(password, account.Email) is { } weak)
        {
            Refuse(StatusCodes.Status400BadRequest, account, weak);
            return;
        }

        if (password != form["again"].ToString())
        {
            Refuse(StatusCodes.Status400BadRequest, account, Say("The two new passwords differ.", "两次输入的新密码不一致。"));
            return;
        }

        var check = await credentials.CheckAsync(account.Email, current, Http.Connection.RemoteIpAddress, Aborted);
        if (check.RetryAfter is { } wait)
        {
            SetHeader("Retry-After", Admission.Seconds(wait));
            Refuse(StatusCodes.Status429TooManyRequests, account, Say("Too many attempts; try again later.", "尝试次数过多，请稍后重试。"));
            return;
        }

        if (check.Account?.Id != account.Id)
        {
            Refuse(StatusCodes.Status403Forbidden, account, Say("The current password is wrong.", "当前密码错误。"));
            return;
        }

        var encoded = await credentials.EncodeAsync(password, Aborted);
        var changed = encoded is null ? null : (await users.UpdateAsync(
            account.Id, new AccountChange(account.Email, account.Name, account.Surname, Password: encoded), account.Version, Aborted)).Account;
        if (changed is null)
        {
            Refuse(StatusCodes.Status409Conflict, account, Say("The account changed in the meantime; try again.", "账户已发生变化，请重试。"));
            return;
        }

        // Every session has ended with the old password; this one goes on under a new cookie.
        first.ForgetPassword(account.Id);
        if (Identity.Scheme == AuthScheme.Cookie && await sessions.StartAsync(changed, Aborted, Http) is { } session)
            Sessions.SetCookie(Http, session);
        LeadTo("/account?done=1");
    }

    private async Task<Account> FindAsync()
    {
        var account = Identity.UserId is { } id ? await users.FindAsync(id, Aborted) : null;
        return account ?? throw new ProblemException(StatusCodes.Status403Forbidden, "Nobody has signed in.");
    }

    private void Refuse(int status, Account account, string problem)
    {
        SetStatus(status);
        WriteAccount(account, problem, isDone: false);
    }

    private void WriteAccount(Account account, string? problem, bool isDone)
    {
        Html message = problem is { } wrong ? (Html)$"""<p class="problem" role="alert">{wrong}</p>"""
            : isDone ? (Html)$"""<p class="done" role="status">{Say("The password was changed; every other session has ended.", "密码已更改，其他会话均已结束。")}</p>"""
            : default;
        WritePage(
            Say("Your account", "您的账户"),
            $"""
            <h1>{Say("Your account", "您的账户")}</h1>
            <dl class="facts">
            {Texts.Term(Say("Sign-in name", "用户名"), account.Email)}
            {Texts.Term(Say("Person", "姓名"), $"{account.Name} {account.Surname}".Trim())}
            {Texts.Term(Say("Role", "角色"), UsersPageHandler.RoleText(account.Role, Language))}
            </dl>
            <section class="card narrow" aria-labelledby="change">
            <h2 id="change">{Say("New password", "更改密码")}</h2>
            {message}
            <form method="post" action="/account">
            <input type="hidden" name="name" value="{account.Email}" autocomplete="username">
            {Password("current", Say("Current password", "当前密码"), "current-password")}
            {Password("password", Say("New password, at least 8 characters", "新密码，至少 8 个字符"), "new-password")}
            {Password("again", Say("New password again", "再次输入新密码"), "new-password")}
            <p class="actions"><button class="main">{Say("Change", "更改")}</button></p>
            </form>
            </section>
            """);
    }

    private static Html Password(string name, string label, string kind) => $"""
        <p class="field"><label for="{name}">{label}</label>
        <input id="{name}" name="{name}" type="password" autocomplete="{kind}" required></p>
        """;
}
