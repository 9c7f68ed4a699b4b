using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests;

/// <summary>What the README and DESIGN promise about the repository itself.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string Root = FindRoot();

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void Every_path_in_the_where_things_are_table_exists(string readme)
    {
        var text = File.ReadAllText(Path.Combine(Root, readme));

        var paths = PathsOf(text);

        paths.ShouldContain("src/NeurDicom/Archive/ArchiveWriter.cs", "It is the second of its row.");
        foreach (var path in paths)
            Path.Exists(Path.Combine(Root, path)).ShouldBeTrue($"{readme} names {path}");
    }

    [Fact]
    public void Tornado_never_mentions_dicom()
    {
        foreach (var file in Sources("src/Tornado"))
            File.ReadAllText(file).ShouldNotContain("DICOM", Case.Insensitive, customMessage: file);
    }

    [Theory]
    [InlineData("Tornado")]
    [InlineData("NeurDicom.Dicom")]
    [InlineData("NeurDicom", "Tornado", "NeurDicom.Dicom")]
    public void Projects_refer_to_one_another_only_along_the_arrows(string project, params string[] allowed)
    {
        var file = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"));

        var references = file.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        references.Except(allowed).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Index")]
    [InlineData("Archive", "Index")]
    [InlineData("Imaging", "Archive", "Index")]
    [InlineData("Store", "Archive", "Index", "Handlers", "Accounts")]
    public void Folders_below_the_handlers_use_only_what_lies_below_them(string folder, params string[] allowed)
    {
        var used = Sources(Path.Combine("src", "NeurDicom", folder))
            .SelectMany(File.ReadLines)
            .Select(line => Regex.Match(line, @"^using (?:static )?NeurDicom\.(\w+)"))
            .Where(match => match.Success && match.Groups[1].Value != "Dicom")
            .Select(match => match.Groups[1].Value)
            .Distinct();

        used.Except(allowed).ShouldBeEmpty();
    }

    [Fact]
    public void Source_files_stay_short()
    {
        var long_ones = Sources("src")
            .Where(file => !IsTable(file))
            .Select(file => (Name: Path.GetRelativePath(Root, file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > 450);

        long_ones.ShouldBeEmpty();
    }

    [Fact]
    public void Nobodys_machine_shows_in_the_sources()
    {
        foreach (var file in Sources("src").Concat(Sources("tests")).Concat(Sources("bench")))
            File.ReadAllText(file).ShouldNotMatch("\"/(home|root|work|Users)/", file);
    }

    [Theory]
    [InlineData(0, "publish", "--help")]
    [InlineData(0, "publish", "-h")]
    [InlineData(0, "help", "publish")]
    [InlineData(2, "publish", "--nonsense")]
    [InlineData(2, "publish", "one", "two")]
    public async Task Publish_explains_itself_without_a_build(int code, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Root, "neurdicom"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = Process.Start(start).ShouldNotBeNull();
        var error = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        script.ExitCode.ShouldBe(code);
        (code == 0 ? output : await error).ShouldStartWith("Usage: ./neurdicom publish [DIR]");
    }

    private static bool IsTable(string file) =>
        File.ReadLines(file).First().Contains("generated", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Sources(string folder) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            : [];

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NeurDicom.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside a clone.");
        return folder;
    }

    private static List<string> PathsOf(string readme) =>
        [.. TableRow().Matches(readme).SelectMany(row => Quoted().Matches(row.Groups[1].Value)).Select(path => path.Groups[1].Value)];

    // A row of the table: | what | `path`, then `path` … |
    [GeneratedRegex(@"^\|[^|]+\|\s*(`[^|]+)\|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
