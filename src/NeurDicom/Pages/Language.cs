using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace NeurDicom.Pages;

/// <summary>
/// The language of a page: what the person chose (a cookie), else what the browser prefers (RFC 9110 12.5.4).
/// </summary>
internal sealed class Language
{
    public const string Cookie = "neurdicom.language";

    public static readonly Language English = new("en", "en", "English");
    public static readonly Language Chinese = new("zh", "zh-Hans", "中文");

    private Language(string name, string tag, string ownName) => (Name, Tag, OwnName) = (name, tag, ownName);

    public string Name { get; }

    /// <summary>As <c>lang</c> has it, BCP 47.</summary>
    public string Tag { get; }

    /// <summary>How it calls itself.</summary>
    public string OwnName { get; }

    public Language Other => this == English ? Chinese : English;

    /// <summary>The text in this language. Both stand side by side where they are used, so none is forgotten.</summary>
    public string Say(string english, string chinese) => this == English ? english : chinese;

    public static Language? Parse(string? name) => name switch { "en" => English, "zh" => Chinese, _ => null };

    public static Language Of(HttpRequest request)
    {
        if (Parse(request.Cookies[Cookie]) is { } chosen)
            return chosen;
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var wanted))
            return English;

        // OrderBy keeps the order of what is liked alike.
        return wanted
            .Where(language => language.Quality is not 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.Value ?? "")
            .Select(tag => IsIn(tag, "zh") ? Chinese : IsIn(tag, "en") ? English : null)
            .FirstOrDefault(language => language is not null) ?? English;
    }

    private static bool IsIn(string tag, string language) =>
        tag.Equals(language, StringComparison.OrdinalIgnoreCase)
        || tag.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase);
}
