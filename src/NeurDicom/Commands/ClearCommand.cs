using System.Collections;
using System.CommandLine;
using System.Globalization;
using NeurDicom.Archive;

namespace NeurDicom.Commands;

/// <summary>
/// <c>neurdicom clear</c>: deletes every patient with all files. The original had two commands for it, which left rows
/// without files (<c>clear_media</c>) or took them one by one (<c>clear_dicom</c>); here both are this one.
/// </summary>
internal sealed class ClearCommand
{
    private readonly Option<bool> _yes =
        new("--yes", "-y") { Description = "Do not ask. Without a terminal nothing is deleted unless it is given." };

    private readonly Option<string?> _data = CommandSettings.CreateDataOption();

    public static Command Create(IDictionary environment)
    {
        var clear = new ClearCommand();
        var command = new Command(
            "clear", "Deletes everything in the archive: every patient with all files. It asks before.")
        {
            clear._yes, clear._data,
        };
        command.Aliases.Add("clear_dicom");
        command.Aliases.Add("clear_media");
        command.SetAction((parsed, cancel) =>
            CommandSettings.Read(parsed, [clear._data], environment) is { } settings
                ? clear.RunAsync(parsed, settings, cancel)
                : Task.FromResult(ExitCode.WrongUsage));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Settings settings, CancellationToken cancel)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var folder = Path.GetFullPath(settings.Data);
        // Opening would make one.
        if (!DataFolder.HoldsArchive(folder))
            throw new DataFolderException($"There is no archive in {folder}; --data names the folder that holds one.");

        var asks = !parsed.GetValue(_yes);
        if (asks && (Console.IsInputRedirected || !CommandProgress.IsTerminal(error)))
        {
            error.WriteLine("neurdicom: clear deletes everything, and there is no terminal to ask on; "
                + "--yes says that it is meant.");
            return ExitCode.WrongUsage;
        }

        await using var door = ArchiveDoor.Open(settings, error);
        if (asks && !await ConfirmAsync(folder, await door.CountInstancesAsync(cancel), error, cancel))
        {
            error.WriteLine("neurdicom: nothing was deleted.");
            return ExitCode.Failed;
        }

        var deleted = await door.ClearAsync(cancel);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{deleted} {(deleted == 1 ? "patient" : "patients")} deleted"));
        return ExitCode.Ok;
    }

    private static async Task<bool> ConfirmAsync(
        string folder, long instances, TextWriter error, CancellationToken cancel)
    {
        error.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"This deletes everything in the archive {folder}: {instances:N0} "
                + $"{(instances == 1 ? "instance" : "instances")}. Go on? [y/N] "));
        var answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancel);
        return answer?.Trim().ToLowerInvariant() is "y" or "yes";
    }
}
