using NeurDicom.Load;

var options = Options.Parse(args);

// Whatever happens, the run ends by itself and takes its servers with it.
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(30));
Console.CancelKeyPress += (_, stop) =>
{
    stop.Cancel = true;
    limit.Cancel();
};
using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
    {
        signal.Cancel = true;
        limit.Cancel();
    });

var report = await new Benchmark(options, Console.Out, limit.Token).RunAsync();
await File.WriteAllTextAsync(options.Output, report, limit.Token);
return 0;
