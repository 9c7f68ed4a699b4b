using NeurDicom.Accounts;

namespace NeurDicom.Pages;

/// <summary>What the page of an account shows.</summary>
/// <param name="NewToken">A token that has just been made: this is the only time that it is shown.</param>
internal sealed record AccountView(
    Account Account,
    IReadOnlyList<SessionEntry> Sessions,
    string? CurrentSession,
    IReadOnlyList<TokenEntry> Tokens,
    string? Problem = null,
    string? Done = null,
    string? NewToken = null);

/// <summary>Draws one's own account: who one is, a new password, where one is signed in, tokens for programs.</summary>
internal static class AccountPage
{
    public static readonly IReadOnlyList<int> TokenDays = [30, 90, 365];

    public static Html Draw(HtmlHandler page, AccountView view)
    {
        Html problem = view.Problem is null ? default
            : (Html)$"""<p class="problem problem-card" role="alert">{view.Problem}</p>""";
        Html done = view.Done is null ? default : (Html)$"""<p class="done" role="status">{view.Done}</p>""";
        return $"""
            <h1>{page.Say("Your account", "您的账户")}</h1>
            {problem}{done}
            <dl class="facts">
            {Texts.Term(page.Say("Sign-in name", "用户名"), view.Account.Email)}
            {Texts.Term(page.Say("Person", "姓名"), $"{view.Account.Name} {view.Account.Surname}".Trim())}
            {Texts.Term(page.Say("Role", "角色"), RoleText(view.Account.Role, page.Language))}
            </dl>
            {NewPassword(page, view.Account)}
            {Sessions(page, view)}
            {Tokens(page, view)}
            """;
    }

    public static string RoleText(Role role, Language language) => role switch
    {
        Role.Admin => language.Say("admin: manages accounts", "管理员：管理用户"),
        Role.Writer => language.Say("writer: stores and deletes", "可写：存储和删除"),
        _ => language.Say("reader: looks", "只读：查看"),
    };

    private static Html NewPassword(HtmlHandler page, Account account)
    {
        return $"""
            <section class="card narrow" aria-labelledby="change">
            <h2 id="change">{page.Say("New password", "更改密码")}</h2>
            <form method="post" action="/account">
            <input type="hidden" name="name" value="{account.Email}" autocomplete="username">
            {Field("current", page.Say("Current password", "当前密码"), "current-password")}
            {Field("password", page.Say("New password, at least 8 characters", "新密码，至少 8 个字符"), "new-password")}
            {Field("again", page.Say("New password again", "再次输入新密码"), "new-password")}
            <p class="actions"><button class="main">{page.Say("Change", "更改")}</button></p>
            </form>
            </section>
            """;

        static Html Field(string name, string label, string kind) => $"""
            <p class="field"><label for="{name}">{label}</label>
            <input id="{name}" name="{name}" type="password" autocomplete="{kind}" required></p>
            """;
    }

    private static Html Sessions(HtmlHandler page, AccountView view)
    {
        var title = page.Say("Where you are signed in", "登录的设备");
        return $"""
            <h2>{title}</h2>
            <div class="wide" role="region" tabindex="0" aria-label="{title}">
            <table>
            <caption class="hidden">{title}</caption>
            <thead><tr>
            <th scope="col">{page.Say("Address", "地址")}</th><th scope="col">{page.Say("Browser", "浏览器")}</th>
            <th scope="col">{page.Say("Since", "登录时间")}</th><th scope="col">{page.Say("Last used", "最近使用")}</th>
            <th scope="col"><span class="hidden">{page.Say("Sign out", "退出")}</span></th>
            </tr></thead>
            <tbody>
            {view.Sessions.Select(Row)}
            </tbody>
            </table>
            </div>
            """;

        Html Row(SessionEntry session) => $"""
            <tr>
            <td>{session.Address}</td>
            <td class="agent"><bdi>{session.Agent}</bdi></td>
            <td>{Texts.Instant(session.CreatedAt)}</td>
            <td>{Texts.Instant(session.SeenAt)}</td>
            <td>{(session.Id == view.CurrentSession ? (Html)$"{page.Say("this one", "本次会话")}" : End(session.Id))}</td>
            </tr>
            """;

        Html End(string id) => $"""
            <form method="post" action="/account/sessions">
            <button name="id" value="{id}">{page.Say("Sign out there", "退出该设备")}</button>
            </form>
            """;
    }

    private static Html Tokens(HtmlHandler page, AccountView view)
    {
        var title = page.Say("Tokens for programs", "程序令牌");
        Html made = view.NewToken is not { } text ? default : (Html)$"""
            <div class="card" role="status">
            <p>{page.Say("Your new token, shown this once: keep it like a password.", "您的新令牌，仅显示这一次，请像密码一样保管。")}</p>
            <p class="secret"><code>{text}</code></p>
            </div>
            """;
        Html table = view.Tokens.Count == 0 ? default : (Html)$"""
            <div class="wide" role="region" tabindex="0" aria-label="{title}">
            <table>
            <caption class="hidden">{title}</caption>
            <thead><tr>
            <th scope="col">{page.Say("Name", "名称")}</th><th scope="col">{page.Say("Role", "角色")}</th>
            <th scope="col">{page.Say("Made", "创建时间")}</th><th scope="col">{page.Say("Ends", "到期时间")}</th>
            <th scope="col">{page.Say("Last used", "最近使用")}</th>
            <th scope="col"><span class="hidden">{page.Say("Revoke", "撤销")}</span></th>
            </tr></thead>
            <tbody>
            {view.Tokens.Select(Row)}
            </tbody>
            </table>
            </div>
            """;
        return $"""
            <h2>{title}</h2>
            {made}
            {table}
            <p>{page.Say("A program sends it with every request.", "程序在每次请求中发送令牌。")}
            <a href="/docs">{page.Say("What the API can do", "API 文档")}</a></p>
            <section class="card narrow" aria-labelledby="new-token">
            <h2 id="new-token">{page.Say("New token", "新建令牌")}</h2>
            <form method="post" action="/account/tokens">
            <p class="field"><label for="token-name">{page.Say("What is it for?", "用途")}</label>
            <input id="token-name" name="token-name" maxlength="100" autocomplete="off" required></p>
            <p class="field"><label for="role">{page.Say("Role", "角色")}</label>
            <select id="role" name="role">{Enum.GetValues<Role>().Where(page.May).Select(Choice)}</select></p>
            <p class="field"><label for="days">{page.Say("Ends after", "有效期")}</label>
            <select id="days" name="days">{TokenDays.Select(Days)}</select></p>
            <p class="actions"><button class="main">{page.Say("Make", "创建")}</button></p>
            </form>
            </section>
            """;

        Html Row(TokenEntry token) => $"""
            <tr>
            <th scope="row"><bdi>{token.Name}</bdi></th>
            <td>{RoleText(token.Role, page.Language)}</td>
            <td>{Texts.Instant(token.CreatedAt)}</td>
            <td>{Texts.Instant(token.ExpiresAt)}</td>
            <td>{Texts.Instant(token.UsedAt)}</td>
            <td><form method="post" action="/account/tokens">
            <button name="revoke" value="{token.Id}">{page.Say("Revoke", "撤销")}</button>
            </form></td>
            </tr>
            """;

        Html Choice(Role role) => $"""<option value="{role.ToText()}">{RoleText(role, page.Language)}</option>""";

        Html Days(int days) => $"""<option value="{days}">{page.Say($"{days} days", $"{days} 天")}</option>""";
    }
}
