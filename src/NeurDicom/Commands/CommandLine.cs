using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net.Sockets;

namespace NeurDicom.Commands;

/// <summary>The command line: which commands there are, and what every one of them does alike.</summary>
internal static class CommandLine
{
    // How long a command that was interrupted may take to leave things tidy; stores in flight are answered first.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <param name="input">Where passwords come from; by default the terminal or standard input.</param>
    public static async Task<int> RunAsync(
        string[] args, IDictionary environment, TextWriter output, TextWriter error, TextReader? input = null)
    {
        // "help", "help store": what people try first.
        if (args is ["help", ..])
            args = [.. args[1..], "--help"];
        var isEmpty = args.Length == 0;
        var parsed = CreateRoot(environment, input).Parse(isEmpty ? ["--help"] : args);
        if (parsed.Action is ParseErrorAction)
            return Refuse(parsed, error);

        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = Grace,
        };
        try
        {
            var code = await parsed.InvokeAsync(configuration);
            return isEmpty || parsed.Errors.Count > 0 ? ExitCode.WrongUsage : code;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            error.WriteLine($"neurdicom: {reason}");
            return ExitCode.Failed;
        }
    }

    private static int Refuse(ParseResult parsed, TextWriter error)
    {
        foreach (var problem in parsed.Errors.Select(problem => problem.Message).Distinct())
            error.WriteLine($"neurdicom: {problem}");

        var command = "";
        SymbolResult? at = parsed.CommandResult;
        for (; at is CommandResult { Command: not RootCommand } inner; at = at.Parent)
            command = inner.Command.Name + " " + command;
        error.WriteLine($"Try 'neurdicom {command}--help'.");
        return ExitCode.WrongUsage;
    }

    internal static RootCommand CreateRoot(IDictionary environment, TextReader? input = null) =>
        new("NeurDICOM: a DICOM archive with a REST API.")
    {
        ServeCommand.Create(environment, Server.RunAsync),
        StoreCommand.Create(environment),
        ExportCommand.Create(environment),
        VerifyCommand.Create(environment),
        DoctorCommand.Create(environment),
        UsersCommand.Create(environment, input),
        ClearCommand.Create(environment),
        DemoCommand.Create(environment),
        DumpCommand.Create(),
        VersionCommand.Create(),
    };

    // Null: a bug, which shows its stack trace.
    private static string? Explain(Exception e) => e switch
    {
        DataFolderException => e.Message,
        HttpRequestException { InnerException: SocketException } =>
            "Another process owns the data folder and no server answers in it. If another command is at work, "
                + "wait for it to end.",
        HttpRequestException { StatusCode: null } => $"The server stopped answering: {e.Message}",
        HttpRequestException or IOException or InvalidDataException or UnauthorizedAccessException => e.Message,
        _ => null,
    };
}
