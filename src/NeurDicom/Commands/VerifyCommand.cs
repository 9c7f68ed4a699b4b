using System.Collections;
using System.CommandLine;
using System.Globalization;
using NeurDicom.Archive;

namespace NeurDicom.Commands;

/// <summary><c>neurdicom verify</c>: reads every stored file again and compares it with its hash.</summary>
internal static class VerifyCommand
{
    public static Command Create(IDictionary environment)
    {
        var data = CommandSettings.CreateDataOption();
        var command = new Command(
            "verify",
            "Reads everything that is stored again and compares it with its hash.")
        {
            data,
        };
        command.SetAction((parsed, cancel) =>
            CommandSettings.Read(parsed, [data], environment) is { } settings
                ? RunAsync(parsed, settings, cancel)
                : Task.FromResult(ExitCode.WrongUsage));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Settings settings, CancellationToken cancel)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        // Opening would make one.
        if (!DataFolder.HoldsArchive(settings.Data))
            throw new DataFolderException(
                $"There is no archive in {Path.GetFullPath(settings.Data)}; --data names the folder that holds one.");

        await using var door = ArchiveDoor.Open(settings, error);
        VerificationStep? last = null;
        await CommandProgress.RunAsync(error, "Verifying", TimeProvider.System, async progress =>
        {
            await foreach (var step in door.VerifyAsync(cancel))
            {
                last = step;
                progress.SetTotal(Math.Max(step.Total, step.Files));
                progress.SetDone(step.Files);
                if (step.Found is not { } found)
                    continue;
                var number = found.Version is { } n ? $" version {n.ToString(CultureInfo.InvariantCulture)}" : "";
                progress.Print($"{found.Name}{number}: {found.Problem}");
            }
        });

        cancel.ThrowIfCancellationRequested();
        if (last is not { IsLast: true })
            throw new IOException("The verification was cut short: the server was stopped.");
        if (last.Damaged > Verification.MostNamed)
            error.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"… and {last.Damaged - Verification.MostNamed} more"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{last.Files} {(last.Files == 1 ? "file" : "files")}, {last.Bytes} bytes verified, "
                + $"{last.Damaged} damaged"));
        return last.Damaged > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
