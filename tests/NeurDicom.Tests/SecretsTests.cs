using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests;

/// <summary>Nothing secret stands in the repository: the original's had its key and a token (NEURDICOM.md, defect 28).</summary>
public sealed partial class SecretsTests
{
    private static readonly string[] Folders = ["src", "tests", "bench", "docs", "samples", ".ci"];
    private static readonly string[] Endings = [".cs", ".csproj", ".props", ".json", ".md", ".sh", ".sql", ".yml", ".js", ".service", ""];

    [Fact]
    public void No_key_and_no_token_stands_in_the_repository()
    {
        var root = FindRoot();
        var files = Folders.Select(folder => Path.Combine(root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(root))
            .Where(file => Endings.Contains(Path.GetExtension(file)))
            .ToList();

        files.Count.ShouldBeGreaterThan(100);
        foreach (var file in files)
            Secret().Match(File.ReadAllText(file)).Value.ShouldBeEmpty(file);
    }

    [Theory]
    [InlineData("gh", "p_", "0123456789abcdefghijABCDEFGHIJ012345")]
    [InlineData("-----BEGIN ", "PRIVATE", " KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC")]
    [InlineData("SECRET", "_KEY = ", "'k2v0%o)w'")]
    public void A_key_would_be_found(string first, string second, string third)
    {
        Secret().IsMatch(first + second + third).ShouldBeTrue();
    }

    // Keys in PEM with their content, tokens of GitHub, the setting of Django.
    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{20}|SECRET_KEY\s*=\s*['""]")]
    private static partial Regex Secret();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NeurDicom.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run inside a clone.");
        return folder;
    }
}
