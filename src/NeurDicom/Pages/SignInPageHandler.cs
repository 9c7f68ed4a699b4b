using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using Tornado;

namespace NeurDicom.Pages;

/// <summary><c>GET</c> and <c>POST /sign-in</c>: name and password for the same cookie that the API gives.</summary>
[OpenToAll] // Who comes here has not signed in yet.
[Audited(Changes = "sign_in")]
[StreamRequestBody(MaxBodySize = LargestForm)]
internal sealed class SignInPageHandler(ApiContext context, Credentials credentials, Sessions sessions)
    : HtmlHandler(context)
{
    public void Get() => WriteForm(GetQueryArgument("next", "/"), "", null);

    public async Task PostAsync()
    {
        var form = await ReadFormAsync();
        var (name, password, next) = (form["name"].ToString(), form["password"].ToString(), form["next"].ToString());
        Claimed = name;
        var check = await credentials.CheckAsync(name, password, Http.Connection.RemoteIpAddress, Aborted);
        if (check.RetryAfter is { } wait)
        {
            SetStatus(StatusCodes.Status429TooManyRequests);
            SetHeader("Retry-After", Admission.Seconds(wait));
            var seconds = Admission.Seconds(wait);
            WriteForm(next, name, Say($"Too many attempts. Try again in {seconds} s.", $"尝试次数过多，请在 {seconds} 秒后重试。"));
            return;
        }

        if (check.Account is not { } account || await sessions.StartAsync(account, Aborted, Http) is not { } session)
        {
            // Not 401: that would have to offer a scheme of HTTP (RFC 9110 15.5.2), and this is a form.
            SetStatus(StatusCodes.Status403Forbidden);
            WriteForm(next, name, Say("The name or the password is wrong.", "用户名或密码错误。"));
            return;
        }

        await sessions.TakeOverAsync(Http, session, Aborted);
        CurrentUser = new Identity(account.Id, account.Email, account.Role, AuthScheme.Cookie);
        LeadTo(ReturnPath.Safe(next));
    }

    private void WriteForm(string next, string name, string? problem)
    {
        Html message = problem is null ? default : (Html)$"""<p class="problem" role="alert">{problem}</p>""";
        Html focusName = name.Length == 0 ? (Html)$" autofocus" : default;
        Html focusPassword = name.Length == 0 ? default : (Html)$" autofocus";
        WritePage(
            Say("Sign in", "登录"),
            $"""
            <div class="card narrow">
            <h1>{Say("Sign in", "登录")}</h1>
            {message}
            <form method="post" action="/sign-in">
            <input type="hidden" name="next" value="{ReturnPath.Safe(next)}">
            <p class="field">
            <label for="name">{Say("Name", "用户名")}</label>
            <input id="name" name="name" value="{name}" autocomplete="username" autocapitalize="none" spellcheck="false"
             required{focusName}>
            </p>
            <p class="field">
            <label for="password">{Say("Password", "密码")}</label>
            <input id="password" name="password" type="password" autocomplete="current-password"
             required{focusPassword}>
            </p>
            <p class="actions"><button class="main">{Say("Sign in", "登录")}</button></p>
            </form>
            </div>
            """,
            new PageOptions(Kind: "sign-in"));
    }
}

/// <summary><c>POST /sign-out</c>: ends the session behind the cookie.</summary>
[OpenToAll] // Signing out twice is no error.
[Audited(Changes = "sign_out")]
internal sealed class SignOutPageHandler(ApiContext context, Sessions sessions) : HtmlHandler(context)
{
    public async Task PostAsync()
    {
        CurrentUser = await sessions.LeaveAsync(Http, Aborted);
        LeadTo("/sign-in");
    }
}

/// <summary><c>POST /language</c>: remembers the language that somebody chose, and leads back.</summary>
[OpenToAll] // The page on which people sign in has the switch too.
[StreamRequestBody(MaxBodySize = LargestForm)]
internal sealed class LanguageHandler(ApiContext context) : HtmlHandler(context)
{
    public async Task PostAsync()
    {
        var form = await ReadFormAsync();
        if (Language.Parse(form["language"]) is not { } language)
            throw new ProblemException(StatusCodes.Status400BadRequest, "language is en or zh.");

        Http.Response.Cookies.Append(Language.Cookie, language.Name, new CookieOptions
        {
            Path = "/",
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = Http.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
        });
        LeadTo(ReturnPath.Safe(form["next"]));
    }
}
