using System.Collections;
using System.CommandLine;
using System.Globalization;
using NeurDicom.Archive;
using NeurDicom.Export;
using NeurDicom.Index;

namespace NeurDicom.Commands;

/// <summary>
/// <c>neurdicom export TARGET</c>: writes patients, studies or series as a file-set with a DICOMDIR,
/// into a folder or a ZIP archive.
/// </summary>
internal sealed class ExportCommand
{
    private readonly Argument<string> _target = new("TARGET")
    {
        Description = "A new folder, or a new file whose name ends with .zip.",
    };

    private readonly Option<string[]> _patients =
        CreateOption("--patient", "PatientID", "A patient: PatientID, or the id in the archive as id:17.");

    private readonly Option<string[]> _studies =
        CreateOption("--study", "UID|id", "A study: Study Instance UID, or the id in the archive.");

    private readonly Option<string[]> _series =
        CreateOption("--series", "UID|id", "A series: Series Instance UID, or the id in the archive.");

    private readonly Option<bool> _all = new("--all") { Description = "Everything in the archive." };

    private readonly Option<string?> _data = CommandSettings.CreateDataOption();

    public static Command Create(IDictionary environment)
    {
        var export = new ExportCommand();
        var command = new Command(
            "export",
            "Writes patients, studies or series as they were received, with a DICOMDIR, into a new folder or ZIP "
            + "archive. The options may be given several times.")
        {
            export._target, export._patients, export._studies, export._series, export._all, export._data,
        };
        command.Validators.Add(result =>
        {
            var named = result.GetResult(export._patients) is not null || result.GetResult(export._studies) is not null
                || result.GetResult(export._series) is not null;
            if (named == result.GetValue(export._all))
                result.AddError("Say what to export: --patient, --study or --series, or --all.");
        });
        command.SetAction((parsed, cancel) =>
            CommandSettings.Read(parsed, [export._data], environment) is { } settings
                ? export.RunAsync(parsed, settings, cancel)
                : Task.FromResult(ExitCode.WrongUsage));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Settings settings, CancellationToken cancel)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        // Opening would make one.
        if (!DataFolder.HoldsArchive(settings.Data))
            throw new DataFolderException(
                $"There is no archive in {Path.GetFullPath(settings.Data)}; --data names the folder that holds one.");

        var path = parsed.GetRequiredValue(_target);
        using var target = ExportTarget.Create(path, settings.Data);
        await using var door = ArchiveDoor.Open(settings, error);
        var selection = new ExportSelection
        {
            Patients = await FindAsync(door, Level.Patient, parsed.GetValue(_patients) ?? [], cancel),
            Studies = await FindAsync(door, Level.Study, parsed.GetValue(_studies) ?? [], cancel),
            Series = await FindAsync(door, Level.Series, parsed.GetValue(_series) ?? [], cancel),
        };
        if (selection.IsEverything && await door.CountInstancesAsync(cancel) == 0)
            throw new IOException("The archive is empty; there is nothing to export.");

        var (files, bytes) = (0L, 0L);
        await CommandProgress.RunAsync(error, "Exporting", TimeProvider.System, async progress =>
        {
            files = await target.WriteAsync(
                (stream, token) => door.ExportAsync(selection, stream, progress.SetTotal, token),
                count =>
                {
                    bytes += count;
                    progress.AddBytes(count);
                },
                cancel);
            progress.SetDone(files);
        });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{files} {(files == 1 ? "file" : "files")}, {bytes} bytes, exported to {Path.GetFullPath(path)}"));
        return ExitCode.Ok;
    }

    private static async Task<IReadOnlyList<long>> FindAsync(
        ArchiveDoor door, Level level, string[] keys, CancellationToken cancel)
    {
        var found = new List<long>();
        foreach (var key in keys)
        {
            // A Patient ID may be a number, a UID never is one without a dot.
            var number = level == Level.Patient
                ? key.StartsWith("id:", StringComparison.Ordinal) ? key[3..] : null
                : key.Contains('.', StringComparison.Ordinal) ? null : key;
            if (number is not null && !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                throw new IOException($"--{level.ToWord()} {key}: this is neither a UID nor an id.");

            var ids = await door.FindAsync(level, number ?? key, number is not null, cancel);
            if (ids.Count == 0)
                throw new IOException($"There is no {level.ToWord()} {key} in the archive; nothing was exported.");
            if (ids.Count > 1)
            {
                var several = string.Join(" or ", ids.Select(id => FormattableString.Invariant($"id:{id}")));
                throw new IOException(
                    $"Several patients have this PatientID, of different issuers; say --patient {several}.");
            }

            found.Add(ids[0]);
        }

        return found;
    }

    private static Option<string[]> CreateOption(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore };
}
