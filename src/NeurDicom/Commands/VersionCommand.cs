using System.CommandLine;
using System.Reflection;

namespace NeurDicom.Commands;

/// <summary><c>neurdicom version</c>.</summary>
internal static class VersionCommand
{
    public static string Version { get; } =
        typeof(
            VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static Command Create()
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine($"neurdicom {Version}"));
        return command;
    }
}
