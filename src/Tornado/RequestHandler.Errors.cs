using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Tornado.Internal;

namespace Tornado;

// The way of every error.
public abstract partial class RequestHandler
{
    /// <summary>
    /// Answers with an error: what was written is dropped, the default headers are set again,
    /// <see cref="WriteError"/> writes the page, and the answer is finished. Does not end the calling method. After the
    /// head
    /// was sent the connection is cut instead, so that nobody takes half an answer for a whole one. Tornado:
    /// <c>send_error</c>.
    /// </summary>
    /// <param name="statusCode">The status.</param>
    /// <param name="reason">The reason phrase, or null for the usual one.</param>
    /// <param name="exception">The exception behind the error, if any.</param>
    /// <param name="arguments">Values for <see cref="WriteError"/>; its default does not use them.</param>
    public void SendError(
        int statusCode = 500,
        string? reason = null,
        Exception? exception = null,
        params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        if (HeadSent)
        {
            Log.TooLate(Application.Loggers.General, Request.ToString());
            IsFinished = true;
            Http.Abort();
            return;
        }

        Clear();
        var refused = exception as HttpException;
        SetStatus(statusCode, refused?.Reason ?? reason);
        foreach (
            var (name, value) in refused?.HeadersOrNull ?? System.Collections.Frozen.FrozenDictionary<string,
            string>.Empty)
            SetHeader(name, value);
        try
        {
            if (statusCode != 304)
                WriteError(statusCode, new ErrorArguments(refused?.Reason ?? reason, exception, arguments));
        }
        catch (Exception second)
        {
            // The page is sent as far as it got (case H07).
            Log.HookFailed(Application.Loggers.Application, nameof(WriteError), Request.Method, Request.Target, second);
        }
        if (!IsFinished)
            Finish();
    }

    /// <summary>
    /// Writes the page of an error with <see cref="Write"/>; status and default headers are set. By default a line of
    /// HTML,
    /// or with <see cref="ApplicationSettings.ServeTraceback"/> the exception as text. Tornado: <c>write_error</c>.
    /// </summary>
    protected virtual void WriteError(int statusCode, ErrorArguments arguments)
    {
        if (Settings.ServeTraceback && arguments.Exception is { } exception)
        {
            SetHeader("Content-Type", "text/plain");
            Finish(TracebackText.Of(exception));
            return;
        }
        var phrase = WebUtility.HtmlEncode(StatusPhrases.PhraseOf(statusCode, _reason))
            .Replace("&#39;", "&#x27;", StringComparison.Ordinal);
        Finish($"<html><title>{statusCode}: {phrase}</title><body>{statusCode}: {phrase}</body></html>");
    }

    /// <summary>
    /// Logs an exception that ends the request: an <see cref="HttpException"/> with a message as a warning of
    /// <c>tornado.general</c>, one without not at all, any other as an error of <c>tornado.application</c> with its
    /// stack
    /// trace. Never logs headers or body of the request. Tornado: <c>log_exception</c>.
    /// </summary>
    protected virtual void LogException(Exception exception)
    {
        if (exception is not HttpException refused)
            Log.Uncaught(Application.Loggers.Application, Request.ToString(), exception);
        else if (refused.LogMessage is { } message)
            Log.Refused(Application.Loggers.General, refused.StatusCode, Request.ToString(), message);
    }

    /// <summary>The one place where every exception of a request goes.</summary>
    private async Task FailAsync(Exception exception)
    {
        try
        {
            if (exception is BadHttpRequestException bad && !Disconnects.Is(exception, Http))
                exception = HttpServerRequest.Refuse(bad);
            // Kestrel says so of a chunk whose size is beyond what it can count, and only there without a status.
            else if (exception is IOException { InnerException: OverflowException } && !Disconnects.Is(exception, Http))
                exception = new HttpException(400, "{0}", exception.Message);

            if (Disconnects.Is(exception, Http))
                Disconnected();
            else if (exception is FinishException finish)
                FinishQuietly(finish);
            else
                Refuse(exception);
            await _sending;
        }
        catch (Exception second) when (Disconnects.Is(second, Http))
        {
            Disconnected();
        }
        catch (Exception second)
        {
            Log.HookFailed(Application.Loggers.Application, nameof(SendError), Request.Method, Request.Target, second);
            Http.Abort();
        }
    }

    private void Disconnected()
    {
        Log.Disconnected(Application.Loggers.General, Request.ToString());
        // Or Kestrel looks for the next request in a body that was cut off, and warns that it cannot.
        Http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        if (_plan.WatchesConnection)
            ConnectionClosed();
        Http.Abort();
    }

    private void FinishQuietly(FinishException finish)
    {
        if (!IsFinished)
            Finish(finish.Chunk);
    }

    private void Refuse(Exception exception)
    {
        try
        {
            LogException(exception);
        }
        catch (Exception second)
        {
            Log.HookFailed(
                Application.Loggers.Application, nameof(LogException), Request.Method, Request.Target, second);
        }
        if (IsFinished)
            return;

        try
        {
            SendError((exception as HttpException)?.StatusCode ?? 500, exception: exception);
        }
        catch (Exception second) when (!HeadSent)
        {
            // A page that cannot be sent, for instance a body with 204: one more try with the plainest answer (case
            // H05).
            Log.HookFailed(Application.Loggers.Application, nameof(SendError), Request.Method, Request.Target, second);
            SendError(500, exception: second);
        }
    }
}
