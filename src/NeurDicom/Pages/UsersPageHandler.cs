using NeurDicom.Accounts;
using NeurDicom.Handlers;

namespace NeurDicom.Pages;

/// <summary><c>GET /users</c>: the accounts, for admins.</summary>
[RequiredAuth(Role.Admin)]
[Audited]
internal sealed class UsersPageHandler(ApiContext context, Users users) : HtmlHandler(context)
{
    private const int RowsOfPage = 100;

    public async Task GetAsync()
    {
        var after = GetArgument("after", 0L);
        var (accounts, total) = await users.ListAsync(after, RowsOfPage, Aborted);
        var more = Say("Next page", "下一页");
        Html next = accounts.Count < RowsOfPage
            ? default
            : (Html)$"""<a class="button" rel="next" href="/users?after={accounts[^1].Id}">{more}</a>""";
        WritePage(
            Say("Accounts", "用户"),
            $"""
            <h1>{Say("Accounts", "用户")} <span class="count">{total}</span></h1>
            <div class="wide" role="region" tabindex="0" aria-label="{Say("Accounts", "用户")}">
            <table>
            <caption class="hidden">{Say("Accounts", "用户")}</caption>
            <thead><tr>
            <th scope="col">{Say("Sign-in name", "用户名")}</th><th scope="col">{Say("Person", "姓名")}</th>
            <th scope="col">{Say("Role", "角色")}</th><th scope="col">{Say("State", "状态")}</th>
            </tr></thead>
            <tbody>
            {accounts.Select(Row)}
            </tbody>
            </table>
            </div>
            <nav class="pages" aria-label="{Say("Pages", "分页")}">{next}</nav>
            <p>{Say("The command neurdicom users makes and changes accounts, as the API does.", "请使用 neurdicom users 命令或 API 管理用户。")}</p>
            """,
            new PageOptions(Place: "/users"));
    }

    private Html Row(Account account) => $"""
        <tr>
        <th scope="row"><bdi>{account.Email}</bdi></th>
        <td><bdi>{account.Name} {account.Surname}</bdi></td>
        <td>{AccountPage.RoleText(account.Role, Language)}</td>
        <td>{(account.IsActive ? Say("active", "启用") : Say("switched off", "停用"))}</td>
        </tr>
        """;
}
