using System.Collections;
using System.CommandLine;

namespace NeurDicom.Commands;

/// <summary><c>neurdicom serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create(
        IDictionary environment, Func<Settings, TextWriter, CancellationToken, Task<int>> run)
    {
        var options = SettingsReader.All.Select(CommandSettings.CreateOption).ToList();
        var command = new Command(
            "serve",
            "Runs the server. A setting may also stand in the environment (NEURDICOM_REST_PORT), which the command line "
            + "overrides, or in settings.json in the data folder, which both override.");
        foreach (var option in options)
            command.Add(option);

        command.SetAction((parsed, cancel) =>
            CommandSettings.Read(parsed, options, environment) is { } settings
                ? run(settings, parsed.InvocationConfiguration.Output, cancel)
                : Task.FromResult(ExitCode.WrongUsage));
        return command;
    }
}
