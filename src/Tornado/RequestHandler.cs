using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tornado.Internal;

namespace Tornado;

/// <summary>
/// Answers one request. Derive from it and give it methods named after the HTTP methods: <c>Get</c> or <c>GetAsync</c>,
/// <c>Head</c>, <c>Post</c>, <c>Delete</c>, <c>Patch</c>, <c>Put</c>, <c>Options</c>, public, returning nothing, Task
/// or
/// ValueTask. Groups of the route arrive as their parameters, converted; a CancellationToken parameter is
/// <see cref="Aborted"/>. A public or protected method <c>Initialize</c> or <c>InitializeAsync</c> gets the keyword
/// arguments of the rule
/// by name. Services come in the constructor, where request and application are not there yet. One object serves one
/// request and is never used again; its methods never run at the same time, but for <see cref="OnConnectionClose"/>.
/// Tornado: <c>RequestHandler</c>.
/// </summary>
public abstract partial class RequestHandler
{
    // The hooks that are called only where a class has them, for HandlerPlan.
    internal const string DataReceivedHook = nameof(DataReceivedAsync);
    internal const string ConnectionCloseHook = nameof(OnConnectionClose);
    internal const string DecodeArgumentHook = nameof(DecodeArgument);

    private HandlerPlan _plan = null!; // Attach is called before any other member.
    private string?[] _groups = [];
    private Task _sending = Task.CompletedTask;
    private bool _bodyDrained;
    private int _closedCalled;
    private object? _currentUser;
    private bool _currentUserKnown;

    /// <summary>The application that the handler belongs to. Tornado: <c>application</c>.</summary>
    public Application Application { get; private set; } = null!; // As above.

    /// <summary>The settings of the application. Tornado: <c>settings</c>.</summary>
    public ApplicationSettings Settings => Application.Settings;

    /// <summary>The request. Tornado: <c>request</c>.</summary>
    public HttpServerRequest Request { get; private set; } = null!; // As above.

    /// <summary>ASP.NET Core's view of the same request.</summary>
    public HttpContext Http { get; private set; } = null!; // As above.

    /// <summary>Cancelled when the client goes away. Pass it to everything that waits.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Whether the answer is complete; nothing can be written any more. Tornado: <c>_finished</c>.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>
    /// The user of this request as <see cref="GetCurrentUser"/> finds it, kept once found; may be set. Tornado:
    /// <c>current_user</c>.
    /// </summary>
    public object? CurrentUser
    {
        get
        {
            if (!_currentUserKnown)
                CurrentUser = GetCurrentUser();
            return _currentUser;
        }
        set
        {
            _currentUser = value;
            _currentUserKnown = true;
        }
    }

    /// <summary>
    /// Finds the user, called once at the first use of <see cref="CurrentUser"/>. By default there is none. Tornado:
    /// <c>get_current_user</c>.
    /// </summary>
    protected virtual object? GetCurrentUser() => null;

    /// <summary>
    /// Sets headers that every answer has, with <see cref="SetHeader(string, string)"/>. Runs first, before Initialize,
    /// and
    /// again before an error page. Tornado: <c>set_default_headers</c>.
    /// </summary>
    protected virtual void SetDefaultHeaders()
    {
    }

    /// <summary>
    /// Runs before the verb of every supported method; path and body arguments are there. When it finishes the answer,
    /// the
    /// verb is left out. Tornado: <c>prepare</c>.
    /// </summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>
    /// As <see cref="Prepare"/>, for what has to wait; by default it calls <see cref="Prepare"/>. Tornado:
    /// <c>prepare</c>.
    /// </summary>
    protected virtual Task PrepareAsync()
    {
        Prepare();
        return Task.CompletedTask;
    }

    /// <summary>
    /// A piece of the body of a handler with <see cref="StreamRequestBodyAttribute"/>, between
    /// <see cref="PrepareAsync"/> and the verb. The memory is valid until the returned task ends; the next piece waits
    /// for
    /// it. Tornado: <c>data_received</c>.
    /// </summary>
    protected virtual Task DataReceivedAsync(ReadOnlyMemory<byte> chunk) => throw new NotSupportedException();

    /// <summary>
    /// Runs last, once, after the answer was sent and logged, whatever happened before. It cannot write; an exception
    /// is
    /// only logged. Tornado: <c>on_finish</c>.
    /// </summary>
    protected virtual void OnFinish()
    {
    }

    /// <summary>
    /// Runs when the client goes away before the answer is complete, on another thread while the verb may still be
    /// running.
    /// Tornado: <c>on_connection_close</c>.
    /// </summary>
    protected virtual void OnConnectionClose()
    {
    }

    /// <summary>The path of the rule with this name. Tornado: <c>reverse_url</c>.</summary>
    /// <inheritdoc cref="Application.ReverseUrl"/>
    public string ReverseUrl(string name, params object?[] arguments) => Application.ReverseUrl(name, arguments);

    internal void Attach(
        Application application, HandlerPlan plan, HttpServerRequest request, HttpContext http, string?[] groups)
    {
        Application = application;
        _plan = plan;
        Request = request;
        Http = http;
        _groups = groups;
    }

    /// <summary>
    /// The life of a request: default headers, initialize, body, path, prepare, verb, finish, access log, on finish.
    /// Every
    /// exception of it goes to <see cref="FailAsync"/>.
    /// </summary>
    internal async Task ExecuteAsync(Exception? failure)
    {
        var closed = _plan.WatchesConnection
            ? Aborted.UnsafeRegister(static h => ((RequestHandler)h!).ConnectionClosed(), this)
            : default;
        try
        {
            SetAllDefaultHeaders();
            if (_plan.Initialize is { } initialize)
                await initialize(this);
            if (failure is not null)
                throw failure;
            if (!HandlerPlan.IsSupported(Request.Method))
                throw MethodNotAllowed();
            if (Request.BodyFailure is { } bodyFailure)
                throw bodyFailure;
            DecodePathArguments();
            await PrepareAsync();
            if (_plan.ReceivesData && !IsFinished)
                await ReceiveDataAsync();
            if (!IsFinished)
                await FindVerb()(this, _groups);
            if (!IsFinished)
                FinishLast();
            await _sending;
        }
        catch (Exception exception)
        {
            await FailAsync(exception);
        }
        await closed.DisposeAsync();
        Conclude();
    }

    private VerbCall FindVerb()
    {
        var method = Request.Method;
        if (_plan.FindVerb(method) is { } verb)
            return verb;
        if (Settings.AutoHead && method == "HEAD" && _plan.FindVerb("GET") is { } get)
            return get;
        return Settings.AutoOptions && method == "OPTIONS" ? AnswerOptions : throw MethodNotAllowed();
    }

    private static ValueTask AnswerOptions(RequestHandler handler, string?[] groups)
    {
        handler.SetStatus(204);
        handler.SetHeader("Allow", handler._plan.Allow);
        return default;
    }

    private HttpException MethodNotAllowed()
    {
        var refused = new HttpException(405);
        if (Settings.AllowHeader)
            refused.Headers["Allow"] = _plan.Allow;
        return refused;
    }

    private async Task ReceiveDataAsync()
    {
        var body = Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(Aborted);
            try
            {
                foreach (var chunk in read.Buffer)
                    await DataReceivedAsync(chunk);
            }
            finally
            {
                // Also when a piece is refused: the server reads what is left of the body.
                body.AdvanceTo(read.Buffer.End);
            }
            if (read.IsCompleted)
                break;
        }
        _bodyDrained = true;
    }

    /// <summary>Tells the handler once, whoever notices first: the token, or a body that ends too early.</summary>
    private void ConnectionClosed()
    {
        if (IsFinished || Interlocked.Exchange(ref _closedCalled, 1) == 1)
            return;
        try
        {
            OnConnectionClose();
        }
        catch (Exception exception)
        {
            Log.HookFailed(
                Application.Loggers.Application, nameof(OnConnectionClose), Request.Method, Request.Target, exception);
        }
    }

    /// <summary>The access log line and the last hook; nothing that they throw may reach the server.</summary>
    private void Conclude()
    {
        ReturnBuffer();
        try
        {
            Application.LogRequest(this);
            OnFinish();
        }
        catch (Exception exception)
        {
            Log.HookFailed(
                Application.Loggers.Application, nameof(OnFinish), Request.Method, Request.Target, exception);
        }
        Request.Release();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Uncaught exception in {Hook} {Method} {Target}")]
        public static partial void HookFailed(
            ILogger logger, string hook, string method, string target, Exception exception);

        [LoggerMessage(LogLevel.Error, "Uncaught exception {Request}")]
        public static partial void Uncaught(ILogger logger, string request, Exception exception);

        [LoggerMessage(LogLevel.Warning, "{Status} {Request}: {Message}")]
        public static partial void Refused(ILogger logger, int status, string request, string message);

        [LoggerMessage(LogLevel.Error, "Cannot send error response after headers written {Request}")]
        public static partial void TooLate(ILogger logger, string request);

        [LoggerMessage(LogLevel.Information, "Signed cookie {Name} refused: {Fault}")]
        public static partial void SignedCookieRefused(ILogger logger, string name, SignedValue.Fault fault);

        [LoggerMessage(LogLevel.Debug, "Client went away {Request}")]
        public static partial void Disconnected(ILogger logger, string request);
    }
}
