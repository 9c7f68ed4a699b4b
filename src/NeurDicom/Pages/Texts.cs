using System.Globalization;

namespace NeurDicom.Pages;

/// <summary>How values look to a reader.</summary>
internal static class Texts
{
    /// <summary>A time without its seconds; what is no time as it stands.</summary>
    public static string? Minutes(string? time) => time is [_, _, ':', _, _, ':', ..] ? time[..5] : time;

    /// <summary>Milliseconds since 1970, to the minute.</summary>
    public static Html Instant(long? milliseconds)
    {
        if (milliseconds is not { } known)
            return default;
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(known);
        var (machine, person) = (Text("yyyy-MM-dd'T'HH:mm'Z'"), Text("yyyy-MM-dd HH:mm 'UTC'"));
        return $"""<time class="date" datetime="{machine}">{person}</time>""";

        string Text(string format) => instant.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>1536 as <c>1.5 KB</c>.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var (size, unit) = ((double)bytes, 0);
        while (size >= 1024 && unit < units.Length - 1)
            (size, unit) = (size / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }

    public static Html Badges(IEnumerable<string> modalities) =>
        $"{modalities.Select(modality => (Html)$"""<span class="badge">{modality}</span> """)}";

    /// <summary>A row of a list of terms, left out where there is no value.</summary>
    public static Html Term(string term, string? value) => string.IsNullOrEmpty(value)
        ? default
        : (Html)$"""<div><dt>{term}</dt><dd><bdi>{value}</bdi></dd></div>""";

    /// <summary>What a series is called: its description, else its protocol, else its number.</summary>
    public static string Title(SeriesRow series, Language language) =>
        series.SeriesDescription is { Length: > 0 } description ? description
        : series.ProtocolName is { Length: > 0 } protocol ? protocol
        : language.Say($"Series {series.SeriesNumber}", $"序列 {series.SeriesNumber}").TrimEnd();
}
