using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tornado.Internal;

namespace Tornado;

/// <summary>
/// A table of rules and the settings they share. It is a <see cref="RequestDelegate"/>: run it alone with
/// <see cref="Listen"/>, or inside any ASP.NET Core host with <c>app.Run(application)</c>. Everything that can be wrong
/// with
/// a rule is reported here and not at the first request. Tornado: <c>Application</c>.
/// </summary>
public sealed partial class Application
{
    private readonly RouteTable _routes;
    private readonly Dictionary<string, PathMatches> _named = new(StringComparer.Ordinal);
    private readonly HandlerPlan _unmatched;
    private readonly HandlerPlan _failed;
    private Loggers? _loggers;

    /// <summary>Builds the table and compiles the calls into its handlers.</summary>
    /// <param name="rules">The rules in the order in which they are tried.</param>
    /// <param name="settings">The settings; by default Tornado's defaults.</param>
    /// <param name="services">
    /// Where constructor parameters of handlers are checked now. Inside a host they come from the request's services,
    /// alone
    /// from a scope of these.
    /// </param>
    /// <exception cref="RouteBindingException">A handler does not fit its rule.</exception>
    public Application(IEnumerable<Rule> rules, ApplicationSettings? settings = null, IServiceProvider? services = null)
    {
        Settings = settings ?? new ApplicationSettings();
        Services = services;
        if (services?.GetService<ILoggerFactory>() is { } factory)
            _loggers = new Loggers(factory);

        var bound = new List<(Rule, HandlerPlan?)>();
        foreach (var rule in rules)
        {
            var plan = rule.Handler is { } type
                ? HandlerPlan.Build(type, rule.Matcher, rule.Arguments, services, Settings)
                : null;
            bound.Add((rule, plan));
            if (rule.Name is not { } name)
                continue;
            if (!_named.TryAdd(name, rule.Matcher))
            {
                Log.DuplicateName(Loggers.General, name);
                _named[name] = rule.Matcher;
            }
        }
        _routes = new RouteTable(bound, Settings.MatchTimeout);
        _unmatched = HandlerPlan.Build(
            Settings.DefaultHandler ?? typeof(ErrorHandler),
            null,
            Settings.DefaultHandler is null ? new { statusCode = 404 } : Settings.DefaultHandlerArguments,
            services,
            Settings);
        _failed = HandlerPlan.Build(typeof(ErrorHandler), null, new { statusCode = 500 }, null, Settings);
    }

    /// <summary>The settings. Tornado: <c>settings</c>.</summary>
    public ApplicationSettings Settings { get; }

    internal IServiceProvider? Services { get; }

    internal Loggers Loggers => _loggers ?? new Loggers(NullLoggerFactory.Instance);

    /// <summary>An application is a request delegate.</summary>
    public static implicit operator RequestDelegate(Application application) => application.InvokeAsync;

    /// <summary>
    /// A server for this application alone on a port of its own; it listens once it is started:
    /// <c>await application.Listen(8888).RunAsync();</c>. Tornado: <c>listen</c>.
    /// </summary>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="address">The address to bind; null, as in Tornado, for all.</param>
    public HttpServer Listen(int port, string? address = null) => new HttpServer(this).Listen(port, address);

    /// <summary>
    /// The path of the rule with this name, its groups replaced by <paramref name="arguments"/> in their order, also
    /// where
    /// they are named. Tornado: <c>reverse_url</c>.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no rule of this name.</exception>
    /// <exception cref="ArgumentException">The number of arguments is not that of the groups.</exception>
    /// <exception cref="InvalidOperationException">The pattern has parts that cannot be written backwards.</exception>
    public string ReverseUrl(string name, params object?[] arguments) => _named.TryGetValue(name, out var matcher)
        ? matcher.Reverse(arguments)
        : throw new KeyNotFoundException($"{name} not found in named urls");

    /// <summary>Answers one request.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        var request = new HttpServerRequest(http, Settings);
        Route? route;
        string?[] groups;
        try
        {
            (route, groups) = _routes.Find(request.Path);
        }
        catch (RegexMatchTimeoutException)
        {
            return AnswerAsync(
                http, request, _unmatched, [], new HttpException(400, "Matching the path took too long"));
        }
        return route?.Target is { } target
            ? target(http)
            : AnswerAsync(http, request, route?.Plan ?? _unmatched, groups, null);
    }

    /// <summary>
    /// The access log line, or <see cref="ApplicationSettings.LogFunction"/> in its place. Tornado: <c>log_request</c>.
    /// </summary>
    internal void LogRequest(RequestHandler handler)
    {
        if (Settings.LogFunction is { } log)
        {
            log(handler);
            return;
        }

        var status = handler.StatusCode;
        var level = status < 400 ? LogLevel.Information : status < 500 ? LogLevel.Warning : LogLevel.Error;
        if (!Loggers.Access.IsEnabled(level))
            return;
        var request = handler.Request;
        var milliseconds = request.RequestTime.TotalMilliseconds.ToString("F2", CultureInfo.InvariantCulture);
        Log.Access(Loggers.Access, level, status, request.Method, request.Target, request.RemoteIp, milliseconds);
    }

    private async Task AnswerAsync(
        HttpContext http, HttpServerRequest request, HandlerPlan plan, string?[] groups, Exception? failure)
    {
        _loggers ??= new Loggers(http.RequestServices?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance);
        if (request.HasBody)
        {
            if (plan.StreamsBody)
            {
                request.MaxBodySize = plan.MaxBodySize;
            }
            else if (!await request.ReceiveAsync(plan.MaxBodySize))
            {
                // Half a request has no answer, not even to a client that only stopped sending.
                http.Abort();
                return;
            }
        }

        RequestHandler handler;
        try
        {
            handler = plan.Create(plan.NeedsServices ? http.RequestServices : null);
        }
        catch (Exception exception)
        {
            // Tornado drops the connection here (case H24); a client deserves an answer.
            failure = exception;
            plan = _failed;
            handler = plan.Create(null);
        }
        handler.Attach(this, plan, request, http, groups);
        await handler.ExecuteAsync(failure);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Multiple handlers named {Name}; replacing previous value")]
        public static partial void DuplicateName(ILogger logger, string name);

        [LoggerMessage("{Status} {Method} {Target} ({RemoteIp}) {Milliseconds}ms")]
        public static partial void Access(
            ILogger logger,
            LogLevel level,
            int status,
            string method,
            string target,
            string remoteIp,
            string milliseconds);
    }
}
