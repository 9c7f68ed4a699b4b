using System.Globalization;

namespace Tornado.Conformance;

internal sealed class RedirectTo : RequestHandler
{
    public void Get()
    {
        var permanent = GetArgument("permanent", null) is { } p && p != "0";
        var status = GetArgument("status", null) is { } s ? int.Parse(s, CultureInfo.InvariantCulture) : (int?)null;
        Write("discarded?");
        Redirect(GetArgument("to", "/next"), permanent, status);
    }
}

internal sealed class RedirectThenWrite : RequestHandler
{
    public void Get()
    {
        Redirect("/next");
        Write("x");
    }
}

internal sealed class RedirectCrlf : RequestHandler
{
    public void Get() => Redirect("/a\r\nX: 1");
}

internal sealed class SendErrorHandler : RequestHandler
{
    public void Get()
    {
        SetHeader("X-Gone", "1");
        Write("gone");
        SetCookie("kept", "1");
        SendError(
            int.Parse(GetArgument("code", "500"), CultureInfo.InvariantCulture),
            GetArgument("reason", null),
            null,
            ("content", "ignored"));
        if (GetArgument("after", null) is not null)
            Write("more");
    }
}

internal sealed class SendErrorCustom : RequestHandler
{
    public void Get()
        => SendError(
            int.Parse(GetArgument("code", "404"), CultureInfo.InvariantCulture),
            null,
            null,
            ("title", "T"),
            ("content", "C"));

    protected override void WriteError(int statusCode, ErrorArguments arguments)
    {
        Write($"<h1>custom {statusCode}</h1>");
        Write($"<p>{arguments["title"] ?? "None"}</p><p>{arguments["content"] ?? "None"}</p>");
    }
}

internal sealed class WriteErrorFails : RequestHandler
{
    public void Get() => throw new InvalidOperationException("x");

    protected override void WriteError(int statusCode, ErrorArguments arguments)
    {
        Write("half");
        throw new InvalidOperationException("in write_error");
    }
}

internal sealed class Raise : RequestHandler
{
    public void Get()
    {
        switch (GetArgument("k"))
        {
            case "zero":
                throw new DivideByZeroException();
            case "http":
                throw new HttpException(
                    int.Parse(GetArgument("code"), CultureInfo.InvariantCulture),
                    GetArgument("msg", null))
                { Reason = GetArgument("reason", null) };
            case "fmt":
                throw new HttpException(400, "bad {0} and {1}", "x", 3);
            case "finish":
                SetStatus(401);
                SetHeader("WWW-Authenticate", "Basic realm=\"r\"");
                Write("need auth");
                throw new FinishException();
            case "finishv":
                SetStatus(401);
                throw new FinishException((object)"need auth v");
            case "finishdict":
                throw new FinishException(new { a = 1 });
            case "badcode":
                throw new HttpException(99);
            case "missing":
                throw new MissingArgumentException("zz");
        }
    }
}

internal sealed class PrepFinish : RequestHandler
{
    public void Get() => throw new InvalidOperationException("not reached");

    protected override void Prepare() => Finish("from prepare");
}

internal sealed class PrepFinishException : RequestHandler
{
    public void Get() => Write("x");

    protected override void Prepare()
    {
        SetStatus(202);
        throw new FinishException((object)"early");
    }
}

internal sealed class PrepRaise : RequestHandler
{
    public void Get() => Write("x");

    protected override void Prepare() => throw new HttpException(418);
}

internal sealed class InitRaise : RequestHandler
{
    public void Initialize(int? code)
        => throw (code is { } c ? new HttpException(c) : new InvalidOperationException("init"));

    public void Get() => Write("x");
}

internal sealed class InitKeyword : RequestHandler
{
    private string _subject = "";

    public void Initialize(string subject) => _subject = subject;

    public void Get() => Write(_subject);
}

internal sealed class AsyncHandler : RequestHandler
{
    public async Task GetAsync()
    {
        await Task.Delay(10);
        Write("async");
    }
}

internal sealed class OnFinishRaises : RequestHandler
{
    public void Get() => Write("ok");

    protected override void OnFinish() => throw new InvalidOperationException("late");
}

internal sealed class RaiseAfterFinish : RequestHandler
{
    public Task GetAsync()
    {
        Finish("ok");
        throw new InvalidOperationException("late");
    }
}

internal sealed class Custom404 : RequestHandler
{
    protected override void Prepare()
    {
        SetStatus(404);
        Finish("custom 404");
    }
}
