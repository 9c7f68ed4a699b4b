using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tornado.Tests;

/// <summary>Keeps what an application logs.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> All => _lines;

    /// <summary>
    /// The lines of one category, waiting a little for the first: a request is logged after its answer.
    /// </summary>
    public async Task<string[]> OfAsync(string category)
    {
        for (var i = 0; i < 1500; i++)
        {
            var lines = _lines.Where(l => l.StartsWith(category + " ", StringComparison.Ordinal)).ToArray();
            if (lines.Length > 0)
                return lines;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        return [];
    }

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Line(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState,
            Exception?,
            string> formatter)
            => lines._lines.Enqueue(
                $"{category} {logLevel} {formatter(state, exception)}{(exception is null ? "" : $" | {exception}")}");
    }
}
