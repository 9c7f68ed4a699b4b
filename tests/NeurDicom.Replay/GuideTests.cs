using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace NeurDicom.Replay;

/// <summary>docs/from-neurdicom.md and its Chinese twin: what they name is there, and they name the same.</summary>
public sealed partial class GuideTests
{
    public static TheoryData<string> Guides => ["from-neurdicom.md", "from-neurdicom.zh-CN.md"];

    [Theory]
    [MemberData(nameof(Guides))]
    public void Every_path_exists(string guide)
    {
        var paths = Quoted().Matches(Read(guide)).Select(text => text.Groups[1].Value)
            .Where(text => text.StartsWith("src/", StringComparison.Ordinal) || text.StartsWith("tests/", StringComparison.Ordinal))
            .ToList();

        paths.Count.ShouldBeGreaterThan(40);
        paths.Where(path => !Path.Exists(Path.Combine(BuiltNames.Root, path))).ShouldBeEmpty();
        Links().Matches(Read(guide)).Select(link => link.Groups[1].Value)
            .Where(link => !File.Exists(Path.Combine(BuiltNames.Root, "docs", link)))
            .ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void Every_type_of_ours_exists(string guide)
    {
        // Ours stand in the row behind the path of their file, in the same cell or the next.
        var types = Rows().Matches(Read(guide))
            .Select(row => row.Value.Split("`src/", 2)).Where(parts => parts.Length == 2)
            .SelectMany(parts => Quoted().Matches("`src/" + parts[1]).Select(text => text.Groups[1].Value))
            .Select(name => name.Split('.')[0])
            .Where(name => TypeName().IsMatch(name))
            .ToList();

        types.Count.ShouldBeGreaterThan(40);
        types.Where(type => !BuiltNames.Types.Contains(type)).ShouldBeEmpty();
    }

    [Fact]
    public void Both_languages_have_the_same_names_in_the_same_order()
    {
        Names("from-neurdicom.zh-CN.md").ShouldBe(Names("from-neurdicom.md"));

        static List<string> Names(string guide) =>
            [.. Rows().Matches(Read(guide)).SelectMany(row => Quoted().Matches(row.Value)).Select(text => text.Groups[1].Value)];
    }

    [Fact]
    public void Every_address_of_the_tables_is_a_route_or_comes_later()
    {
        var routes = File.ReadAllText(Path.Combine(BuiltNames.Root, "src", "NeurDicom", "Routes.cs"));
        var table = Read("from-neurdicom.md").Split("\n## ").Single(part => part.StartsWith("Handlers and", StringComparison.Ordinal));
        var addresses = Rows().Matches(table).Select(row => row.Value)
            .Where(row => row.Contains(".cs`: `", StringComparison.Ordinal))
            .ToList();

        addresses.Count.ShouldBe(21);
        foreach (var row in addresses)
        {
            var handler = HandlerOf().Match(row).Groups[1].Value;
            routes.ShouldContain($"Rule.To<{handler}>", customMessage: row);
        }
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void Every_command_exists(string guide)
    {
        var sources = Directory.EnumerateFiles(Path.Combine(BuiltNames.Root, "src", "NeurDicom", "Commands"), "*.cs")
            .Select(File.ReadAllText).ToList();
        var commands = Commands().Matches(Read(guide)).Select(command => command.Groups[1].Value).Distinct().ToList();

        commands.Count.ShouldBeGreaterThan(3);
        commands.Where(name => !sources.Any(source => source.Contains($"\"{name}\",", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    // Without the pieces of code, whose quotes are others.
    private static string Read(string guide) =>
        Code().Replace(File.ReadAllText(Path.Combine(BuiltNames.Root, "docs", guide)), "");

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("^\\|.*\\|$", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"\./neurdicom ([a-z]+)")]
    private static partial Regex Commands();

    // Pascal case of two words or more; constants and members of JSON are not.
    [GeneratedRegex("^[A-Z][a-z]+(?:[A-Z][a-z]*|[0-9])+$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\.cs`: `([A-Za-z]+Handler)`")]
    private static partial Regex HandlerOf();
}
