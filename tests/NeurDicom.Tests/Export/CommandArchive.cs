using System.Collections;
using NeurDicom.Commands;
using Shouldly;

namespace NeurDicom.Tests.Export;

/// <summary>Runs commands on a data folder of their own, with a server on it or without.</summary>
internal sealed class CommandArchive : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CommandArchive() => Directory.CreateDirectory(Data);

    public string Data => At("data");

    public StringWriter Output { get; } = new();

    public StringWriter Error { get; } = new();

    /// <summary>The last line of the output.</summary>
    public string Printed => Output.ToString().TrimEnd().Split('\n')[^1];

    public string At(string name) => Path.Join(_folder.Path, name);

    public Task<int> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync([.. arguments, "--data", Data], new Hashtable(), Output, Error);

    public async Task StoreAsync(params byte[][] files)
    {
        var number = 0;
        Directory.CreateDirectory(At("in"));
        foreach (var file in files)
            await File.WriteAllBytesAsync(At($"in/{number++:D3}"), file);
        (await RunAsync("store", "--jobs", "1", At("in"))).ShouldBe(ExitCode.Ok, Error.ToString());
        Directory.Delete(At("in"), recursive: true);
    }

    /// <summary>What lies in a folder below, by relative path; temporary leftovers too.</summary>
    public IEnumerable<string> Files(string name) => Directory
        .EnumerateFiles(At(name), "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(At(name), path)).Order(StringComparer.Ordinal);

    /// <summary>Names beside the data folder.</summary>
    public IEnumerable<string?> Names() =>
        Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Where(name => name != "data").Order();

    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
        _folder.Dispose();
    }
}
