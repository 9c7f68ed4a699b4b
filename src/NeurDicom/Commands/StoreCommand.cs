using System.Collections;
using System.CommandLine;
using System.Globalization;
using NeurDicom.Archive;
using NeurDicom.Store;

namespace NeurDicom.Commands;

/// <summary>
/// <c>neurdicom store PATH…</c>, the original's <c>store_dicom</c>: takes files and folders into the archive.
/// </summary>
internal sealed class StoreCommand
{
    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Files, folders with everything below them, and ZIP archives.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _clear = new("--clear")
    {
        Description = "First DELETE THE WHOLE ARCHIVE: every patient in it, not only what is stored again. On a "
            + "terminal it asks before.",
    };

    private readonly Option<bool> _yes = new("--yes", "-y")
    {
        Description = "Do not ask whether --clear is meant.",
    };

    private readonly Option<int> _jobs = new("--jobs", "-j")
    {
        Description = "Files that are sent at one time; 1 keeps their order.",
        DefaultValueFactory = _ => 8,
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Print warnings about files that were stored.",
    };

    private readonly Option<string?> _data = CommandSettings.CreateDataOption();

    public static Command Create(IDictionary environment)
    {
        var store = new StoreCommand();
        var command = new Command(
            "store",
            "Stores DICOM files, folders and ZIP archives of them, whatever their names; "
                + "DICOMDIR and hidden files are skipped.")
        {
            store._paths, store._clear, store._yes, store._jobs, store._verbose, store._data,
        };
        command.Aliases.Add("store_dicom");
        store._jobs.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var jobs)
                && jobs is < 1 or > 64)
                result.AddError("--jobs is a number from 1 to 64.");
        });
        store._paths.Validators.Add(result =>
        {
            // An option that does not exist would otherwise be taken for a path.
            var unknown = result.Tokens.Where(token => token.Value is ['-', _, ..] && !Path.Exists(token.Value));
            foreach (var token in unknown)
                result.AddError($"There is no option {token.Value}.");
        });
        command.SetAction((parsed, cancel) =>
            CommandSettings.Read(parsed, [store._data], environment) is { } settings
                ? store.RunAsync(parsed, settings, cancel)
                : Task.FromResult(ExitCode.WrongUsage));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Settings settings, CancellationToken cancel)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var folder = Path.GetFullPath(settings.Data);
        var clear = parsed.GetValue(_clear);
        if (clear && FindMistake(parsed.GetRequiredValue(_paths), settings) is { } mistake)
        {
            error.WriteLine($"neurdicom: {mistake} Nothing was deleted.");
            return ExitCode.Failed;
        }

        var tally = new StoreTally();
        try
        {
            var isNew = !DataFolder.HoldsArchive(folder);
            if (clear && !isNew && !parsed.GetValue(_yes) && !await ConfirmAsync(folder, error, cancel))
            {
                error.WriteLine("neurdicom: nothing was deleted and nothing stored.");
                return ExitCode.Failed;
            }

            await using var door = ArchiveDoor.Open(settings, error);
            error.WriteLine(
                door is ServerDoor ? $"into {folder}, through the running server"
                : isNew ? $"into {folder}, a new archive (no server is running on it)"
                : $"into {folder} (no server is running on it)");
            if (clear)
            {
                var deleted = await door.ClearAsync(cancel);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{deleted} {(deleted == 1 ? "patient" : "patients")} deleted"));
            }

            await CommandProgress.RunAsync(
                error, "Storing", TimeProvider.System, progress => StoreAllAsync(
                    parsed, settings, door, tally, progress, cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            error.WriteLine("neurdicom: interrupted; what is counted as stored stays stored.");
            output.WriteLine(tally.ToString());
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (tally.Done > 0 && e is HttpRequestException or IOException)
        {
            var reason = e is HttpRequestException { StatusCode: null }
                ? "the server stopped answering"
                : e.Message.TrimEnd('.');
            error.WriteLine($"neurdicom: {reason}; what is counted as stored stays stored.");
            output.WriteLine(tally.ToString());
            return ExitCode.Failed;
        }
        catch (OutOfSpaceException)
        {
            error.WriteLine(
                "neurdicom: the disk of the data folder has only its reserve left; free some space, or see "
                    + "disk_reserve in 'neurdicom serve --help'.");
        }

        output.WriteLine(tally.ToString());
        return tally.AnyRefused ? ExitCode.Failed : ExitCode.Ok;
    }

    /// <summary>Null, or why nothing of these paths would be there again after everything has been deleted.</summary>
    private static string? FindMistake(string[] paths, Settings settings)
    {
        foreach (var path in paths.Where(path => !Path.Exists(path)))
            return $"{path}: there is no such file or folder.";
        return FileWalk.Find(paths, settings).Any(found => found is { Kind: FoundKind.Candidate, LooksLikeDicom: true })
            ? null
            : "No DICOM file was found that could be stored.";
    }

    private static async Task<bool> ConfirmAsync(string folder, TextWriter error, CancellationToken cancel)
    {
        // Scripts that the original's users have do not answer; they wrote --clear themselves.
        if (Console.IsInputRedirected || !CommandProgress.IsTerminal(error))
            return true;
        error.Write($"--clear deletes everything in the archive {folder} first. Go on? [y/N] ");
        var answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(cancel);
        return answer?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private async Task StoreAllAsync(
        ParseResult parsed, Settings settings, ArchiveDoor door, StoreTally tally, CommandProgress progress,
        CancellationToken cancel)
    {
        var paths = parsed.GetRequiredValue(_paths);
        var verbose = parsed.GetValue(_verbose);

        // The total is found by a walk of its own beside the storing: a list of ten million paths is held nowhere.
        using var counted = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var counting = Task.Run(
            () =>
            {
                var (total, bytes) = (0L, 0L);
                foreach (var found in FileWalk.Find(paths, settings))
                {
                    if (counted.IsCancellationRequested)
                        return;
                    total++;
                    bytes += found.Length;
                }

                progress.SetTotal(total, bytes);
            },
            CancellationToken.None);
        try
        {
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = parsed.GetValue(_jobs),
                CancellationToken = cancel,
            };
            await Parallel.ForEachAsync(FileWalk.Find(paths, settings), parallel, async (found, token) =>
            {
                await StoreAsync(found, door, tally, progress, verbose, token);
                progress.SetDone(tally.Done);
            });
        }
        finally
        {
            await counted.CancelAsync();
            await counting;
        }
    }

    private static async Task StoreAsync(
        FoundFile found, ArchiveDoor door, StoreTally tally, CommandProgress progress, bool verbose,
        CancellationToken cancel)
    {
        var read = 0L;
        try
        {
            switch (found.Kind)
            {
                case FoundKind.Skipped:
                    tally.AddSkipped(found.Reason!); // Every skipped file has one.
                    return;
                case FoundKind.Unreadable:
                    Refuse(found.Reason);
                    return;
            }

            var (file, length) = found.Open();
            await using (file)
            await using (var bytes = new CountingStream(file, Count))
                Tell(await door.StoreAsync(bytes, length, cancel));
        }
        catch (Exception e)
            when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            Refuse(e.Message);
        }
        catch (Exception e) when (DamageOf(e) is { } damage)
        {
            Tell(new StoreAnswer(damage.Outcome, damage.Message, []));
        }
        finally
        {
            // What was not read of it is done all the same.
            progress.AddBytes(found.Length - read);
        }

        void Count(int count)
        {
            read += count;
            progress.AddBytes(count);
        }

        void Refuse(string? reason)
        {
            tally.AddUnreadable();
            progress.Print($"{found.Path}: {reason}");
        }

        void Tell(StoreAnswer answer)
        {
            tally.Add(answer.Outcome);
            foreach (var warning in verbose ? answer.Warnings : [])
                progress.Print($"{found.Path}: warning: {warning}");
            if (answer.Outcome.IsRefused())
                progress.Print($"{found.Path}: {answer.Reason ?? "refused"}");
            if (answer.Outcome == StoreOutcome.OutOfSpace)
                throw new OutOfSpaceException();
        }
    }

    /// <summary>
    /// What is wrong with a file in a ZIP archive shows while it is sent, and breaks the sending off.
    /// </summary>
    private static ZipException? DamageOf(Exception? e)
    {
        while (e is not (null or ZipException))
            e = e.InnerException;
        return e as ZipException;
    }

    // Ends the other jobs: no file would fit any more.
    private sealed class OutOfSpaceException : Exception;
}
