using System.Collections;
using System.CommandLine;
using System.Globalization;

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
        await using var door = ArchiveDoor.Open(settings, error);
        var (files, bytes, damaged) = (0L, 0L, 0L);
        await CommandProgress.RunAsync(error, "Verifying", TimeProvider.System, async progress =>
        {
            progress.SetTotal(await door.CountAsync(cancel));
            await foreach (var version in door.VerifyAsync(cancel))
            {
                files++;
                bytes += version.Size;
                progress.SetDone(files);
                if (version.Problem is null)
                    continue;
                damaged++;
                var number = version.Number is { } n ? $" version {n.ToString(CultureInfo.InvariantCulture)}" : "";
                progress.Print($"{version.SopInstanceUid}{number}: {version.Problem}");
            }
        });

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{files} files, {bytes} bytes verified, {damaged} damaged"));
        return damaged > 0 ? ExitCode.Failed : ExitCode.Ok;
    }
}
