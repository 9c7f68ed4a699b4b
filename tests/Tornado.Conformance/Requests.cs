using System.Globalization;
using System.Text;

namespace Tornado.Conformance;

internal sealed class Args : RequestHandler
{
    public void Get()
    {
        var name = GetArgument("name", "a");
        Write(new Dictionary<string, object?>
        {
            ["arg"] = Try(() => GetArgument(name)),
            ["args"] = GetArguments(name),
            ["raw"] = GetArguments(name, strip: false),
            ["q"] = Try(() => GetQueryArgument(name)),
            ["qs"] = GetQueryArguments(name),
            ["b"] = Try(() => GetBodyArgument(name)),
            ["bs"] = GetBodyArguments(name, strip: false),
            ["default"] = GetArgument("nope-nope", "dflt"),
            ["keys"] = Request.Arguments.Keys.Order(StringComparer.Ordinal),
        });
    }

    public void Post() => Get();

    public void Put() => Get();

    public void Delete() => Get();

    public void Patch() => Get();

    public void Options() => Get();

    private static string Try(Func<string> get)
    {
        try
        {
            return get();
        }
        catch (MissingArgumentException e)
        {
            return "MISSING:" + e.ArgumentName;
        }
    }
}

internal sealed class ArgRequired : RequestHandler
{
    public void Get() => Write(GetArgument("c"));

    public void Post() => Write(GetBodyArgument("c"));
}

internal sealed class Req : RequestHandler
{
    public void Get()
    {
        var r = Request;
        Write(new Dictionary<string, object?>
        {
            ["method"] = r.Method,
            ["uri"] = r.Uri,
            ["path"] = r.Path,
            ["query"] = r.Query,
            ["version"] = r.Version,
            ["host"] = r.Host,
            ["host_name"] = r.HostName,
            ["protocol"] = r.Protocol,
            ["remote_ip"] = r.RemoteIp,
            ["full_url"] = r.FullUrl,
            ["body"] = Encoding.Latin1.GetString(r.Body.Span),
            ["args"] = PathArguments,
            ["kwargs"] = PathKeywordArguments,
            ["ct"] = r.Headers.Get("content-type"),
            ["xa"] = r.Headers.GetList("x-a"),
            ["xaj"] = r.Headers.Get("X-A"),
        });
    }

    public void Post() => Get();

    public void Put() => Get();

    public void Delete() => Get();

    public void Patch() => Get();

    public void Options() => Get();
}

internal sealed class PathArgs : RequestHandler
{
    public void Get()
        => Write(new Dictionary<string, object?> { ["args"] = PathArguments, ["kwargs"] = PathKeywordArguments });
}

internal sealed class BothGets : RequestHandler
{
    public void Get(string a, string? b = null) => Write(new { a, b });
}

internal sealed class Files : RequestHandler
{
    public void Post() => Write(new Dictionary<string, object?>
    {
        ["args"] = Request.BodyArguments.ToDictionary(
            a => a.Key, a => (object?)a.Value.Select(Encoding.Latin1.GetString)),
        ["files"] = Request.Files.ToDictionary(
            f => f.Key,
            f => (object?)f.Value.Select(
                x => new[] { x.FileName, x.ContentType, Encoding.Latin1.GetString(x.Body.Span) })),
    });
}

internal sealed class SetCookieHandler : RequestHandler
{
    public void Get(string kind)
    {
        switch (kind)
        {
            case "basic":
                SetCookie("a", "1");
                SetCookie("b", "x=y");
                SetCookie("c", "bytes");
                break;
            case "attrs":
                SetCookie("n", "v", new()
                {
                    Domain = "foo.com",
                    Expires = DateTimeOffset.FromUnixTimeSeconds(1700000000),
                    Path = "/foo",
                    MaxAge = TimeSpan.FromSeconds(10),
                    HttpOnly = true,
                    Secure = true,
                    SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Lax,
                });
                break;
            case "nopath":
                SetCookie("n", "v", new() { Path = "" });
                break;
            case "special":
                SetCookie("semi", "a;b");
                SetCookie("quote", "a\"b");
                SetCookie("comma", "a,b");
                SetCookie("bs", "a\\b");
                SetCookie("uni", "\u00e9");
                break;
            case "space":
                SetCookie("n", "a b");
                break;
            case "overwrite":
                SetCookie("a", "1", new() { Domain = "example.com" });
                SetCookie("c", "2");
                SetCookie("a", "3");
                break;
            case "clear":
                ClearCookie("a");
                ClearCookie("b", new() { Path = "/x", Domain = "d.com" });
                break;
            case "badname":
                SetCookie("a b", "1");
                break;
            case "badname2":
                SetCookie("a,b", "1");
                break;
            case "baddomain":
                SetCookie("a", "1", new() { Domain = "x;y" });
                break;
            case "maxage0":
                SetCookie("a", "1", new() { MaxAge = TimeSpan.Zero });
                break;
            case "exp0":
                SetCookie("a", "1", new() { Expires = DateTimeOffset.UnixEpoch });
                break;
            case "error":
                SetCookie("a", "1");
                throw new HttpException(403);
            case "clearall":
                ClearAllCookies();
                break;
        }
        Write("ok");
    }
}

internal sealed class WideCookie : RequestHandler
{
    public void Get(string kind)
    {
        switch (kind)
        {
            case "wide":
                SetCookie("a", "\u4e2d");
                break;
            case "reserved":
                SetCookie("path", "1");
                break;
            case "emptyval":
                SetCookie("a", "");
                break;
            case "emptyname":
                SetCookie("", "1");
                break;
            case "expdays":
                SetCookie(
                    "a",
                    "1",
                    new() { Expires = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), ExpiresIn = TimeSpan.FromDays(3) });
                break;
        }
        Write("ok");
    }
}

internal sealed class GetCookieHandler : RequestHandler
{
    public void Get()
        => Write(new Dictionary<string, object?> { ["foo"] = GetCookie("foo", "default"), ["all"] = Request.Cookies });
}

internal sealed class Signed : RequestHandler
{
    public void Get() => Write(new Dictionary<string, object?>
    {
        ["u"] = GetSignedCookie("u") is { } u ? Encoding.Latin1.GetString(u) : null,
        ["kv"] = GetSignedCookieKeyVersion("u"),
    });
}

internal sealed class SetSigned : RequestHandler
{
    public void Get()
    {
        SetSignedCookie("u", "alice");
        SetSignedCookie("n", [0xe9, 0], expiresDays: null, new() { HttpOnly = true });
        Write(CreateSignedValue("key", "value"u8, int.Parse(GetArgument("v", "2"), CultureInfo.InvariantCulture)));
    }
}

internal sealed class NeedSettings : RequestHandler
{
    public void Get(string kind)
    {
        if (kind == "cookie")
            SetSignedCookie("a", "b");
        if (kind == "getcookie")
            GetSignedCookie("a");
        if (kind is "login" or "static" or "strip")
            throw new InvalidOperationException("Not here yet, or the compiler refuses it.");
        Write("no error");
    }
}

internal sealed class Reverse : RequestHandler
{
    public void Get()
    {
        var answer = new Dictionary<string, object?>();
        Add("simple", "python_url");
        Add("pos", "pos", "a b", 5);
        Add("posuni", "pos", "\u00e9/x", "+");
        Add("named", "named", "s", "d");
        Add("opt", "opt", "z");
        Write(answer);

        void Add(string label, string name, params object?[] arguments) => answer[label] = ReverseUrl(name, arguments);
    }
}

internal sealed class Number : RequestHandler
{
    public void Get(int number) => Write(number.ToString(CultureInfo.InvariantCulture));
}
