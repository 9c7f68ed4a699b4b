using NeurDicom.Accounts;

namespace NeurDicom.Pages;

/// <summary>How a page differs from the others.</summary>
/// <param name="Place">The entry of the menu that it belongs to, by its path; null for none.</param>
/// <param name="Kind">A class on the body.</param>
/// <param name="Script">The address of a script, or null for a page without.</param>
internal sealed record PageOptions(string? Place = null, string Kind = "plain", string? Script = null)
{
    public static readonly PageOptions Standard = new();
}

/// <summary>What every page has around it: head, menu, language and sign-out.</summary>
internal static class PageFrame
{
    public static Html Draw(HtmlHandler handler, string title, Html main, PageOptions options)
    {
        Html script = options.Script is { } address
            ? (Html)$"""<script src="{address}" type="module"></script>"""
            : default;
        return $"""
            <!doctype html>
            <html lang="{handler.Language.Tag}">
            <head>
            <meta charset="utf-8">
            <title>{title} · NeurDICOM</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="{Assets.Icon}" type="image/svg+xml">
            <link rel="stylesheet" href="{Assets.StyleSheet}">
            {script}
            </head>
            <body class="{options.Kind}">
            <a class="skip" href="#main">{handler.Say("Skip to the content", "跳到正文")}</a>
            <header class="bar">
            <a class="brand" href="/"><img src="{Assets.Icon}" alt="" width="26" height="26"><span>NeurDICOM</span></a>
            {Menu(handler, options.Place)}
            <div class="bar-end">
            {LanguageSwitch(handler)}
            {Person(handler)}
            </div>
            </header>
            <main id="main" tabindex="-1">
            {main}
            </main>
            </body>
            </html>

            """;
    }

    private static Html Menu(HtmlHandler handler, string? place)
    {
        if (handler.Visitor is null)
            return default;

        Html upload = handler.May(Role.Writer) ? Entry("/upload", handler.Say("Upload", "上传")) : default;
        Html accounts = handler.May(Role.Admin) ? Entry("/users", handler.Say("Accounts", "用户")) : default;
        return $"""
            <nav aria-label="{handler.Say("Menu", "菜单")}">
            {Entry("/", handler.Say("Studies", "检查"))}
            {upload}
            {accounts}
            </nav>
            """;

        Html Entry(string path, string text)
        {
            Html current = path == place ? (Html)$""" aria-current="page" """ : default;
            return $"""<a href="{path}"{current}>{text}</a>""";
        }
    }

    private static Html LanguageSwitch(HtmlHandler handler)
    {
        var other = handler.Language.Other;
        var here = handler.Request.Method == "GET" ? handler.Request.Uri : handler.Request.Path;
        return $"""
            <form method="post" action="/language">
            <input type="hidden" name="next" value="{here}">
            <button class="quiet" name="language" value="{other.Name}" lang="{other.Tag}">{other.OwnName}</button>
            </form>
            """;
    }

    private static Html Person(HtmlHandler handler) => handler.Visitor switch
    {
        { Scheme: AuthScheme.Cookie, Name: var name } => $"""
            <a class="who" href="/account">
            <span class="hidden">{handler.Say("Your account:", "您的账户：")} </span><bdi>{name}</bdi></a>
            <form method="post" action="/sign-out"><button class="quiet">{handler.Say("Sign out", "退出")}</button></form>
            """,
        { Scheme: AuthScheme.Anonymous } => $"""<a class="who" href="/sign-in">{handler.Say("Sign in", "登录")}</a>""",
        { Name: var name } => $"""<bdi class="who">{name}</bdi>""",
        null => default,
    };
}
