using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tornado.Conformance;

internal class Hello : RequestHandler
{
    public void Get() => Write("hello");
}

internal sealed class HelloHead : Hello
{
    public void Head() => Get();
}

internal sealed class Nothing : RequestHandler;

internal sealed class Empty : RequestHandler
{
    public void Get()
    {
    }

    public void Post()
    {
    }

    public void Put()
    {
    }

    public void Delete()
    {
    }

    public void Patch()
    {
    }

    public void Options()
    {
    }
}

internal sealed class Multi : RequestHandler
{
    public void Get()
    {
        Write("hello 1!");
        Write("hello 2!"u8.ToArray());
        Write("h\u00e9llo 3!");
    }
}

internal sealed class DictHandler : RequestHandler
{
    public void Get() => Write(new Dictionary<string, object?>
    {
        ["name"] = "zhangsan",
        ["age"] = 24,
        ["z"] = "\u4e2d",
        ["s"] = "</script>",
        ["f"] = 1.5,
        ["n"] = null,
        ["t"] = true,
        ["l"] = new[] { 1, 2 },
        ["e"] = new Dictionary<string, object?>(),
    });
}

internal sealed class DictThenHeader : RequestHandler
{
    public void Get()
    {
        Write(new { a = 1 });
        SetHeader("Content-Type", "application/vnd.api+json");
    }
}

internal sealed class HeaderThenDict : RequestHandler
{
    public void Get()
    {
        SetHeader("Content-Type", "application/vnd.api+json");
        Write(new { a = 1 });
    }
}

internal sealed class FinishDict : RequestHandler
{
    public void Get() => Finish(new { a = 1 });

    public void Post() => Get();
}

internal sealed class WriteBad : RequestHandler
{
    public void Get(string kind) => Write(kind switch
    {
        "list" => new List<int> { 1 },
        "int" => 5,
        "tuple" => (1, 2),
        _ => null,
    });
}

internal sealed class WriteAfterFinish : RequestHandler
{
    public void Get()
    {
        Finish("done");
        Write("more");
    }
}

internal sealed class FinishTwice : RequestHandler
{
    public void Get()
    {
        Finish("done");
        Finish("again");
    }
}

internal sealed class SetHeaderHandler : RequestHandler
{
    public void Get(string kind)
    {
        switch (kind)
        {
            case "crlf":
                SetHeader("X-Foo", "a\r\nX-Bar: b");
                break;
            case "nul":
                SetHeader("X-Foo", "a\0b");
                break;
            case "del":
                SetHeader("X-Foo", "a\x7f" + "b");
                break;
            case "tab":
                SetHeader("X-Foo", "a\tb");
                break;
            case "latin1":
                SetHeader("X-Foo", "caf\u00e9");
                break;
            case "uni":
                SetHeader("X-Foo", "\u4e2d");
                break;
            case "bytes":
                SetHeader("X-Foo", Encoding.Latin1.GetString("caf\u00e9"u8));
                break;
            case "int":
                SetHeader("X-Foo", 42);
                break;
            case "bool":
                SetHeader("X-Foo", true.ToString());
                break;
            case "date":
                SetHeader("X-Foo", new DateTimeOffset(2013, 1, 27, 18, 43, 20, TimeSpan.Zero));
                break;
            case "none" or "float":
                throw new NotSupportedException("The compiler refuses these.");
            case "empty":
                SetHeader("X-Foo", "");
                break;
            case "lead":
                SetHeader("X-Foo", "  a  ");
                break;
            case "badname":
                SetHeader("X Foo", "1");
                break;
            case "badnamecrlf":
                SetHeader("X-Foo\r\nX-Bar", "1");
                break;
            case "addbadname":
                AddHeader("X Foo", "1");
                break;
            case "addempty":
                AddHeader("X-Foo", "");
                break;
            case "addlead":
                AddHeader("X-Foo", " a");
                break;
            case "case":
                SetMany();
                break;
            case "setafteradd":
                AddHeader("X-M", "1");
                AddHeader("X-M", "2");
                SetHeader("X-M", "3");
                break;
            case "addafterset":
                SetHeader("X-M", "1");
                AddHeader("X-M", "2");
                break;
            case "clear":
                SetHeader("h1", "foo");
                SetHeader("h2", "bar");
                ClearHeader("H1");
                ClearHeader("nope");
                break;
            case "clearmulti":
                AddHeader("X-M", "1");
                AddHeader("X-M", "2");
                ClearHeader("X-M");
                break;
            case "cleardefault":
                ClearHeader("Server");
                ClearHeader("Date");
                ClearHeader("Content-Type");
                break;
        }
        Finish("ok");
    }

    private void SetMany()
    {
        SetHeader("x-overwrite", "1");
        SetHeader("X-Overwrite", 2);
        AddHeader("x-multi", "3");
        AddHeader("X-Multi", "4");
        SetHeader("WWW-Authenticate", "Basic");
        SetHeader("ETag", "\"x\"");
        SetHeader("x_under-SCORE", "u");
    }
}

internal sealed class DefaultHeaders : RequestHandler
{
    public void Get()
    {
        SetHeader("itcast", "i love python");
        SetHeader("x-extra", "1");
        Write("{}");
    }

    public void Post()
    {
        SetHeader("itcast", "changed");
        SetHeader("x-extra", "1");
        SendError(500);
    }

    protected override void SetDefaultHeaders()
    {
        SetHeader("Server", "NeurDICOM");
        SetHeader("Content-Type", "application/json; charset=UTF-8");
        SetHeader("itcast", "python");
    }
}

internal sealed class StatusHandler : RequestHandler
{
    public void Get()
    {
        SetStatus(
            int.Parse(GetArgument("code"), CultureInfo.InvariantCulture), GetArgument("reason", null, strip: false));
        if (GetArgument("body", "") is { Length: > 0 } body)
            Write(body);
    }
}

internal sealed class EtagHandler : RequestHandler
{
    public void Get()
    {
        SetHeader("Content-Language", "en");
        SetHeader("Cache-Control", "private");
        SetHeader("X-Keep", "1");
        Write("hello");
    }

    public void Head() => Get();

    public void Post() => Write("hello");
}

internal sealed class EtagCustom : RequestHandler
{
    public void Get()
    {
        SetHeader("Etag", GetArgument("e", "\"xyz\""));
        Write("hello");
    }
}

internal sealed class EtagNone : RequestHandler
{
    public void Get() => Write("hello");

    protected override string? ComputeEtag() => null;
}

internal sealed class EtagRaises : RequestHandler
{
    public void Get() => Write("ok");

    protected override string? ComputeEtag() => throw new InvalidOperationException("etag");
}

internal sealed class Etag201 : RequestHandler
{
    public void Get()
    {
        SetStatus(201);
        Write("hello");
    }
}

internal sealed class Flush : RequestHandler
{
    public async Task GetAsync()
    {
        Write("hello");
        await FlushAsync();
        Write(" world");
        await FlushAsync();
        await FlushAsync();
        Write("!");
    }

    public Task HeadAsync() => GetAsync();
}

internal sealed class FlushEmpty : RequestHandler
{
    public Task GetAsync() => FlushAsync();
}

internal sealed class FlushLen : RequestHandler
{
    public async Task GetAsync()
    {
        SetHeader("Content-Length", "10");
        Write("hello");
        await FlushAsync();
        Write("world");
    }
}

internal sealed class FlushThen : RequestHandler
{
    public async Task GetAsync(string what)
    {
        Write(what == "error" ? "partial" : "a");
        await FlushAsync();
        switch (what)
        {
            case "error":
                throw new InvalidOperationException("boom");
            case "redirect":
                Redirect("/x");
                break;
            default:
                SetHeader("X-Late", "1");
                SetStatus(500);
                SetCookie("late", "1");
                Write("b");
                break;
        }
    }
}

internal sealed class BadLength : RequestHandler
{
    public void Get(string kind)
    {
        SetHeader("Content-Length", kind == "high" ? "42" : "2");
        Finish("hello");
    }
}

internal sealed class OverrideWrite : RequestHandler
{
    private static readonly JsonSerializerOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Get() => Finish(new[] { 1, 2 });

    public void Post() => throw new HttpException(400);

    public void Put() => SendError(409, arguments: ("message", "x"));

    public override void Write(object? chunk)
    {
        if (chunk is IEnumerable<int> numbers)
            base.Write($"[{string.Join(", ", numbers)}]");
        else
            base.Write(JsonSerializer.Serialize(chunk, Relaxed));
    }

    protected override void SetDefaultHeaders() => SetHeader("Content-Type", "application/json");
}

internal sealed class Order : RequestHandler
{
    public void Get()
    {
        SetCookie("z", "1");
        AddHeader("X-B", "1");
        SetHeader("Content-Type", "text/plain");
        SetHeader("X-A", "2");
        Write("x");
    }
}

internal sealed class Cors : RequestHandler
{
    public void Options()
    {
        SetStatus(204);
        Finish();
    }

    public void Get(string id) => Write(new { id });

    protected override void SetDefaultHeaders()
    {
        SetHeader("Access-Control-Allow-Origin", "*");
        SetHeader("Access-Control-Allow-Headers", "x-requested-with");
        SetHeader("Access-Control-Allow-Methods", "POST, GET, OPTIONS");
    }
}
