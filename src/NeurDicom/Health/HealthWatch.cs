using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NeurDicom.Health;

/// <summary>
/// Looks after the archive while nobody asks: says in the log when it can no longer do its work and when it can again,
/// and tells systemd's watchdog that the process is alive.
/// </summary>
internal sealed partial class HealthWatch(Readiness readiness, TimeProvider time, ILogger<HealthWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private string _problems = "";
    private bool _hadProblems;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    /// <summary>One look; the timer's, and the tests'.</summary>
    internal async Task LookAsync()
    {
        Systemd.Notify("WATCHDOG=1");
        var problems = string.Join(' ', await readiness.FindProblemsAsync());
        // A moment in which every reader is busy is no failure yet.
        var isPassing = problems.Length > 0 && !_hadProblems;
        _hadProblems = problems.Length > 0;
        if (isPassing || problems == _problems)
            return;

        _problems = problems;
        Systemd.Notify("STATUS=" + (problems.Length > 0 ? problems : "Ready."));
        if (problems.Length > 0)
            Log.NotReady(logger, problems);
        else
            Log.Ready(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The archive cannot do its work. {Problems}")]
        public static partial void NotReady(ILogger logger, string problems);

        [LoggerMessage(LogLevel.Information, "The archive does its work again.")]
        public static partial void Ready(ILogger logger);
    }
}
