using System.CommandLine;

namespace NeurDicom.Commands;

/// <summary>The command line: which commands there are, and what every one of them does alike.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = CreateRoot().Parse(args);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
        };
        var code = await parsed.InvokeAsync(configuration);
        return parsed.Errors.Count > 0 ? ExitCode.WrongUsage : code;
    }

    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("NeurDICOM: a DICOM archive with a REST API.")
        {
            VersionCommand.Create(),
        };
        return root;
    }
}
