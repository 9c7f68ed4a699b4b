using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Tornado.Conformance;

/// <summary>The order of calls, read and cleared by GET /events.</summary>
internal static class Trace
{
    public static ConcurrentQueue<string> Events { get; } = new();

    public static void Add(string name) => Events.Enqueue(name);
}

internal sealed class EventsHandler : RequestHandler
{
    public void Get()
    {
        var events = Trace.Events.ToArray();
        Trace.Events.Clear();
        Write(new Dictionary<string, object?> { ["events"] = events });
    }
}

internal class Lifecycle : RequestHandler
{
    public void Initialize() => Trace.Add("initialize");

    public void Post()
    {
        Trace.Add("post");
        SendError(200);
    }

    public void Put()
    {
        Trace.Add("put");
        throw new HttpException(400);
    }

    public void Delete()
    {
        Trace.Add("delete");
        Redirect("/");
    }

    public void Patch()
    {
        Trace.Add("patch");
        throw new InvalidOperationException("x");
    }

    protected override void SetDefaultHeaders() => Trace.Add("set_default_headers");

    protected override void Prepare() => Trace.Add("prepare");

    protected override void WriteError(int statusCode, ErrorArguments arguments)
        => Trace.Add($"write_error {statusCode} {(arguments.Exception is null ? "[]" : "['exc_info']")}");

    protected override void OnFinish() => Trace.Add("on_finish");

    protected override void OnConnectionClose() => Trace.Add("on_connection_close");

    protected override void LogException(Exception exception) => Trace.Add("log_exception");

    protected override object? GetCurrentUser()
    {
        Trace.Add("get_current_user");
        return null;
    }

    protected override string? ComputeEtag()
    {
        Trace.Add("compute_etag");
        return base.ComputeEtag();
    }
}

internal sealed class LifecyclePlain : Lifecycle
{
    public void Get() => Trace.Add("get");
}

internal sealed class LifecycleArg : Lifecycle
{
    public void Get(string x) => Trace.Add("get " + x);

    public void Options()
    {
        Trace.Add("options");
        SetStatus(204);
        Finish();
    }

    protected override string DecodeArgument(ReadOnlySpan<byte> value, string? name)
    {
        Trace.Add($"decode_argument {name ?? "None"}");
        return base.DecodeArgument(value, name);
    }
}

internal sealed class LifecycleSlow : Lifecycle
{
    public async Task GetAsync()
    {
        Trace.Add("get");
        try
        {
            await Task.Delay(300);
        }
        finally
        {
            Trace.Add("get-end");
        }
    }
}

[StreamRequestBody]
internal sealed class StreamHandler : RequestHandler
{
    private int _received;

    public void Initialize() => Trace.Add("initialize");

    public void Post()
    {
        Trace.Add("post");
        Write(new Dictionary<string, object?>
        {
            ["n"] = _received,
            ["body"] = $"b'{Encoding.Latin1.GetString(Request.Body.Span)}'",
            ["bodyargs"] = GetBodyArguments("a"),
        });
    }

    public void Get() => Post();

    public void Put() => Post();

    protected override void Prepare()
    {
        Trace.Add("prepare");
        if (GetArgument("early", null) is not null)
            throw new HttpException(401);
        if (GetArgument("max", null) is { } max)
            Request.MaxBodySize = long.Parse(max, CultureInfo.InvariantCulture);
    }

    protected override Task DataReceivedAsync(ReadOnlyMemory<byte> chunk)
    {
        _received += chunk.Length;
        Trace.Add($"data_received {chunk.Length}");
        return Task.CompletedTask;
    }

    protected override void OnFinish() => Trace.Add("on_finish");

    protected override void OnConnectionClose() => Trace.Add("on_connection_close");
}

[StreamRequestBody]
internal class StreamBad : RequestHandler
{
    public void Initialize() => Trace.Add("initialize");

    public virtual void Post()
    {
        Trace.Add("post");
        Write("x");
    }

    protected override void Prepare() => Trace.Add("prepare");

    protected override Task DataReceivedAsync(ReadOnlyMemory<byte> chunk)
    {
        Trace.Add("data_received");
        throw new HttpException(413);
    }

    protected override void OnFinish() => Trace.Add("on_finish");

    protected override void OnConnectionClose() => Trace.Add("on_connection_close");
}

internal sealed class StreamVerbRaises : StreamBad
{
    public override void Post()
    {
        Trace.Add("post");
        throw new HttpException(400);
    }

    protected override Task DataReceivedAsync(ReadOnlyMemory<byte> chunk)
    {
        Trace.Add($"data_received {chunk.Length}");
        return Task.CompletedTask;
    }
}

internal sealed class PrepRedirect : RequestHandler
{
    public void Get() => Trace.Add("get");

    protected override void Prepare()
    {
        Trace.Add("prepare");
        Redirect("/elsewhere");
    }

    protected override void OnFinish() => Trace.Add("on_finish");
}

internal sealed class PrepSendError : RequestHandler
{
    public void Get() => Trace.Add("get");

    protected override async Task PrepareAsync()
    {
        Trace.Add("prepare");
        await Task.Delay(10);
        SendError(403);
    }

    protected override void OnFinish() => Trace.Add("on_finish");
}
