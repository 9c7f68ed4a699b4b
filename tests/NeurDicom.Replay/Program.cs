using NeurDicom.Replay;
using Xunit.Runner.InProc.SystemConsole;

// "report" prints what became of every recorded call; anything else are options of the test runner.
if (args is not ["report", ..])
    return await ConsoleRunner.Run(args);

if (Recordings.Find() is not { } recordings)
{
    await Console.Error.WriteLineAsync(Recordings.Absent);
    return 2;
}

var outcome = await ReplayRun.RunAsync(recordings, CancellationToken.None);
await Report.WriteAsync(outcome, Console.Out, withCalls: args.Contains("--calls"));
return outcome.Unexplained.Any() || outcome.IdleRules.Any() ? 1 : 0;
