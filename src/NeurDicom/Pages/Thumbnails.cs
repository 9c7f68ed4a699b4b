using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using NeurDicom.Archive;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary>
/// Small pictures of studies and series: the middle image, drawn once and kept in memory as long as there is room. What
/// cannot be drawn has a picture that says so.
/// </summary>
internal sealed class Thumbnails(InstanceRenderer renderer)
{
    // Two halves of it: when the newer one is full, the older one is let go.
    private const long LargestHalf = 16 << 20;
    private const int LargestEntry = 256 << 10;
    private const int Overhead = 200;

    // The largest that a page shows is half of it wide, on a screen with two dots a pixel.
    private const int Side = 256;

    // Changes when the same image gives another thumbnail.
    private const int Revision = 1;

    // What has pictures comes first, and of that what has the most.
    private const string SeriesOfStudy = """
        SELECT id FROM series WHERE study = ?1
        ORDER BY
            modality IN ('SR', 'PR', 'KO', 'SEG', 'DOC', 'REG', 'FID', 'RTSTRUCT', 'RTPLAN', 'AU', 'ECG', 'HD', 'PLAN'),
            images_count DESC, id
        LIMIT 1
        """;

    private const string MiddleOfSeries = """
        SELECT instances.id, frames, modality
        FROM instances JOIN series ON series.id = instances.series
        WHERE instances.series = ?1 ORDER BY instance_number, instances.id
        LIMIT 1 OFFSET coalesce((SELECT images_count / 2 FROM series WHERE id = ?1), 0)
        """;

    private volatile Half _newer = new();
    private volatile Half _older = new();

    /// <summary>The image that stands for a series; null where there is none.</summary>
    public static ThumbnailSource? SourceOfSeries(SqliteConnection connection, long series)
    {
        using var rows = Rows.Of(connection, MiddleOfSeries).Bind(1, series);
        if (!rows.Read())
            return null;
        var frames = rows.IsNull(1) ? 1 : Math.Clamp(rows.Int64(1), 1, int.MaxValue);
        return new ThumbnailSource(rows.Int64(0), (int)((frames + 1) / 2), rows.Text(2) ?? "");
    }

    /// <summary>The image that stands for a study; null where there is none.</summary>
    public static ThumbnailSource? SourceOfStudy(SqliteConnection connection, long study)
    {
        using var rows = Rows.Of(connection, SeriesOfStudy).Bind(1, study);
        return rows.Read() ? SourceOfSeries(connection, rows.Int64(0)) : null;
    }

    /// <summary>Names the thumbnail of an image: same tag, same bytes.</summary>
    public static string EntityTag(StoredInstance instance, ThumbnailSource source) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"\"{Convert.ToHexStringLower(instance.Sha256.Span[..16])}-t{Revision}-f{source.Frame}\"");

    public async Task<Thumbnail> GetAsync(StoredInstance instance, ThumbnailSource source, CancellationToken cancel)
    {
        var key = EntityTag(instance, source);
        if (Find(key) is { } known)
            return known;

        var thumbnail = await DrawAsync(instance, source, cancel);
        Add(key, thumbnail);
        return thumbnail;
    }

    private async Task<Thumbnail> DrawAsync(StoredInstance instance, ThumbnailSource source, CancellationToken cancel)
    {
        var request = new ImageRequest
        {
            Frame = source.Frame,
            Width = Side,
            Height = Side,
            Format = renderer.Formats[0],
            Quality = 80,
        };
        await using var bytes = instance.OpenBytes();
        switch (await renderer.RenderAsync(bytes, request, cancel))
        {
            case Rendering.Picture { Image: var image }:
                using (image)
                    return new Thumbnail(image.Bytes.ToArray(), request.Format.MediaType(), null);
            case Rendering.Refused { Reason: var reason }:
                return Placeholder(source.Modality, reason);
            default:
                return Placeholder(source.Modality, "The file has fewer frames than it says.");
        }
    }

    /// <summary>
    /// A picture with the modality's letters. As an image it runs no script, and as a page it may not.
    /// </summary>
    private static Thumbnail Placeholder(string modality, string reason)
    {
        var letters = modality.Length is > 0 and <= 16 ? modality : "?";
        Html picture = $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="192" height="192" viewBox="0 0 192 192">
            <rect width="192" height="192" fill="#1b2733"/>
            <rect x="56" y="38" width="80" height="100" rx="6" fill="none" stroke="#8fa3b5" stroke-width="4"/>
            <text x="96" y="98" fill="#c9d6e2" font-family="sans-serif" font-size="26" font-weight="600"
             text-anchor="middle">{letters}</text>
            <path d="M72 160h48" stroke="#8fa3b5" stroke-width="4" stroke-linecap="round"/>
            </svg>
            """;
        return new Thumbnail(Encoding.UTF8.GetBytes(picture.ToString()), "image/svg+xml", reason);
    }

    private Thumbnail? Find(string key)
    {
        if (_newer.Entries.TryGetValue(key, out var found))
            return found;
        if (!_older.Entries.TryGetValue(key, out found))
            return null;
        Add(key, found);
        return found;
    }

    private void Add(string key, Thumbnail thumbnail)
    {
        if (thumbnail.Bytes.Length > LargestEntry)
            return;
        var half = _newer;
        half.Entries[key] = thumbnail;
        if (Interlocked.Add(ref half.Size, thumbnail.Bytes.Length + Overhead) > LargestHalf && half == _newer)
            (_older, _newer) = (half, new Half());
    }

    private sealed class Half
    {
        public long Size;

        public ConcurrentDictionary<string, Thumbnail> Entries { get; } = new(StringComparer.Ordinal);
    }
}

/// <summary>What a thumbnail is drawn from.</summary>
/// <param name="Frame">The middle one, counted from 1.</param>
internal sealed record ThumbnailSource(long Instance, int Frame, string Modality);

/// <param name="Reason">Why there is only a placeholder; null for a picture.</param>
internal sealed record Thumbnail(byte[] Bytes, string MediaType, string? Reason);
