using System.Text.RegularExpressions;
using Tornado;

namespace NeurDicom.Tests;

/// <summary>A path for every route of the table, with 1 for every id: what is new there is tested without being named.</summary>
internal static partial class RoutePaths
{
    public static IReadOnlyList<string> All { get; } = [.. Routes.All.Select(Of).Distinct()];

    /// <summary>Those that need no sign-in. Each stands here for a reason that its handler gives.</summary>
    public static IReadOnlyList<string> Open { get; } =
    [
        "/api/users/auth", "/api/users/logout", "/health/live", "/health/ready",
        "/sign-in", "/sign-out", "/language", "/assets/1",
        "/api/openapi.json", "/docs", "/docs/page.js", "/docs/page.css",
    ];

    public static string Of(Rule rule) => Group().Replace(
        rule.Matcher.Pattern, group => group.Groups[1].Value == "path" ? "7FE00010" : "1").TrimEnd('$').Replace("\\.", ".");

    // A group may hold groups.
    [GeneratedRegex(@"\(\?P?<(\w+)>(?:[^()]|\([^()]*\))*\)")]
    private static partial Regex Group();
}
