using System.Collections;
using System.CommandLine;
using NeurDicom.Demo;
using NeurDicom.Store;

namespace NeurDicom.Commands;

/// <summary>
/// <c>neurdicom demo</c>: stores studies that the program draws itself, so that there is something to look at. A second
/// time nothing changes.
/// </summary>
internal static class DemoCommand
{
    // Drawing keeps the cores busy; more at a time would only hold more memory.
    private static readonly int Jobs = Math.Clamp(Environment.ProcessorCount, 1, 8);

    public static Command Create(IDictionary environment)
    {
        var data = CommandSettings.CreateDataOption();
        var command = new Command(
            "demo",
            "Stores synthetic studies to look at, about 170 MB: CT, MR, a chest film, an ultrasound clip and reports, "
                + "of four patients who do not exist.")
        {
            data,
        };
        command.SetAction((parsed, cancel) =>
            CommandSettings.Read(parsed, [data], environment) is { } settings
                ? RunAsync(
                    settings, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel)
                : Task.FromResult(ExitCode.WrongUsage));
        return command;
    }

    /// <summary>What <c>serve --demo</c> does before it starts: an archive that holds anything is left alone.</summary>
    public static async Task FillWhenEmptyAsync(
        Settings settings, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        await using (var door = FolderDoor.Take(settings, error))
        {
            if (await door.CountInstancesAsync(cancel) > 0)
                return;
        }

        await RunAsync(settings, output, error, cancel);
    }

    private static async Task<int> RunAsync(
        Settings settings, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        await using var door = ArchiveDoor.Open(settings, error);
        var tally = new StoreTally();
        await CommandProgress.RunAsync(error, "Drawing and storing", TimeProvider.System, async progress =>
        {
            var files = DemoStudies.All().ToList();
            progress.SetTotal(files.Count);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Jobs, CancellationToken = cancel };
            await Parallel.ForEachAsync(files, parallel, async (file, token) =>
            {
                var bytes = file.Make();
                var answer = await door.StoreAsync(new MemoryStream(bytes, writable: false), bytes.Length, token);
                tally.Add(answer.Outcome);
                if (answer.Outcome.IsRefused())
                    progress.Print($"{file.Series}: {answer.Reason ?? "refused"}");
                progress.SetDone(tally.Done);
            });
        });
        output.WriteLine(tally.ToString());
        return tally.AnyRefused ? ExitCode.Failed : ExitCode.Ok;
    }
}
