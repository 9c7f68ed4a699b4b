using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace NeurDicom.Replay;

/// <summary>docs/defects.md: every defect of the original has a test that exists, or belongs to what comes later.</summary>
public sealed partial class DefectTableTests
{
    private static readonly List<(string Number, string Right, string Test)> Rows =
    [
        .. Row().Matches(File.ReadAllText(Path.Combine(BuiltNames.Root, "docs", "defects.md")))
            .Select(row => (row.Groups[1].Value, row.Groups[2].Value.Trim(), row.Groups[3].Value)),
    ];

    [Fact]
    public void No_number_is_missing_and_none_stands_twice()
    {
        Rows.Select(row => row.Number).ShouldBe(
            [.. Enumerable.Range(1, 54).Select(number => $"N{number}"), .. Enumerable.Range(1, 50).Select(number => $"G{number}")]);
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        Rows.SelectMany(row => Quoted().Matches(row.Test).Select(test => (row.Number, Test: test.Groups[1].Value)))
            .Where(named => !BuiltNames.Tests.Contains(named.Test))
            .Select(named => $"{named.Number}: {named.Test}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_defect_has_a_test_or_comes_later()
    {
        string[] laters = ["nodes", "plugins", "processing", "compressed pixels", "metrics and backups"];

        foreach (var (number, right, test) in Rows)
        {
            var later = Later().Match(test);
            var isLater = later.Success && laters.Contains(later.Groups[1].Value.Trim());
            later.Success.ShouldBe(isLater, number);
            Quoted().IsMatch(test).ShouldBe(right.Length > 0, $"{number}: what is right is tested, and what is not there is not.");
            (isLater || right.Length > 0).ShouldBeTrue(number);
        }
    }

    [GeneratedRegex(@"^\| ([NG][0-9]+) \|[^|]+\|([^|]*)\|([^|]+)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("later: (.*)$")]
    private static partial Regex Later();
}
