using System.Reflection;

namespace Tornado.Internal;

internal delegate ValueTask VerbCall(RequestHandler handler, string?[] groups);

/// <summary>
/// All that is known of a handler class under one rule before the first request: how it is made, how its Initialize and
/// its verbs are called. Built once, with the application; what cannot be bound throws
/// <see cref="RouteBindingException"/>.
/// </summary>
internal sealed class HandlerPlan
{
    /// <summary>Tornado's SUPPORTED_METHODS, and how their verbs are called in .NET.</summary>
    private static readonly (string Method, string Name)[] Verbs =
    [
        ("GET", "Get"), ("HEAD", "Head"), ("POST", "Post"), ("DELETE", "Delete"), ("PATCH", "Patch"), ("PUT", "Put"),
        ("OPTIONS", "Options"),
    ];

    private readonly VerbCall?[] _verbs;

    private HandlerPlan(
        Type type, PathMatches? pattern, object? arguments, IServiceProvider? services, ApplicationSettings settings)
    {
        var binder = new HandlerBinder(type, pattern);
        Pattern = pattern;
        Create = binder.BindConstructor(services);
        NeedsServices = binder.NeedsServices;
        Initialize = binder.BindInitialize(KeywordArguments.Read(arguments));
        _verbs = [.. Verbs.Select(v => binder.BindVerb(v.Name))];
        Allow = string.Join(", ", Verbs.Where((v, i) => _verbs[i] is not null
            || (v.Method == "HEAD" && settings.AutoHead && _verbs[0] is not null)
            || (v.Method == "OPTIONS" && settings.AutoOptions)).Select(v => v.Method));

        var stream = type.GetCustomAttribute<StreamRequestBodyAttribute>();
        StreamsBody = stream is not null;
        MaxBodySize = stream?.MaxBodySize switch
        {
            null or 0 => settings.MaxBodySize,
            < 0 => null,
            var size => size,
        };
        ReceivesData = StreamsBody && binder.Overrides(RequestHandler.DataReceivedHook);
        WatchesConnection = binder.Overrides(RequestHandler.ConnectionCloseHook);
        DecodesArguments = binder.Overrides(RequestHandler.DecodeArgumentHook);
    }

    public PathMatches? Pattern { get; }

    public Func<IServiceProvider?, RequestHandler> Create { get; }

    public bool NeedsServices { get; }

    public Func<RequestHandler, ValueTask>? Initialize { get; }

    /// <summary>The methods that the handler answers, for the Allow header.</summary>
    public string Allow { get; }

    public bool StreamsBody { get; }

    public bool ReceivesData { get; }

    public bool WatchesConnection { get; }

    /// <summary>Whether the handler decodes arguments by itself; if not, plain ASCII needs no call.</summary>
    public bool DecodesArguments { get; }

    public long? MaxBodySize { get; }

    public static HandlerPlan Build(
        Type type, PathMatches? pattern, object? arguments, IServiceProvider? services, ApplicationSettings settings)
        => new(type, pattern, arguments, services, settings);

    public static bool IsSupported(string method) => IndexOf(method) >= 0;

    /// <summary>The verb for a method, or null when the handler has none.</summary>
    public VerbCall? FindVerb(string method) => IndexOf(method) is >= 0 and var i ? _verbs[i] : null;

    private static int IndexOf(string method) => method switch
    {
        "GET" => 0,
        "HEAD" => 1,
        "POST" => 2,
        "DELETE" => 3,
        "PATCH" => 4,
        "PUT" => 5,
        "OPTIONS" => 6,
        _ => -1,
    };
}
