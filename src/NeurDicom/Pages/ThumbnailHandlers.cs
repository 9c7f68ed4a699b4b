using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary>
/// Answers with a small picture; where there is nothing to draw, a placeholder and the reason in a header.
/// </summary>
internal abstract class ThumbnailHandler(ApiContext context, Thumbnails thumbnails, Level level)
    : NeurDicomHandler(context)
{
    protected abstract ThumbnailSource? Find(SqliteConnection connection, long id);

    public async Task GetAsync(long id)
    {
        var source = await Context.Index.ReadAsync(connection => Find(connection, id), Aborted)
            ?? throw NotFound(level, id);
        using var instance = await Context.Archive.OpenAsync(source.Instance, version: null, Aborted)
            ?? throw NotFound(level, id);
        SetHeader("ETag", Thumbnails.EntityTag(instance, source));
        if (CheckEtagHeader())
        {
            SetStatus(StatusCodes.Status304NotModified);
            return;
        }

        var thumbnail = await thumbnails.GetAsync(instance, source, Aborted);
        SetHeader("Content-Type", thumbnail.MediaType);
        SetHeader("Content-Security-Policy", "default-src 'none'; sandbox");
        if (thumbnail.Reason is { } reason)
            SetHeader("X-Placeholder", reason);
        await WriteWholeAsync(thumbnail.Bytes);
    }
}

/// <summary><c>GET /api/studies/:id/thumbnail</c>: of the series with the most images.</summary>
[Operation("GET", "Gives a small picture of a study", Answers = ["image/jpeg", "image/png", "image/svg+xml"])]
[RequiredAuth(Role.Reader)]
internal sealed class StudyThumbnailHandler(ApiContext context, Thumbnails thumbnails)
    : ThumbnailHandler(context, thumbnails, Level.Study)
{
    protected override ThumbnailSource? Find(SqliteConnection connection, long id) =>
        Thumbnails.SourceOfStudy(connection, id);
}

/// <summary><c>GET /api/series/:id/thumbnail</c>: of the image in the middle.</summary>
[Operation("GET", "Gives a small picture of a series", Answers = ["image/jpeg", "image/png", "image/svg+xml"])]
[RequiredAuth(Role.Reader)]
internal sealed class SeriesThumbnailHandler(ApiContext context, Thumbnails thumbnails)
    : ThumbnailHandler(context, thumbnails, Level.Series)
{
    protected override ThumbnailSource? Find(SqliteConnection connection, long id) =>
        Thumbnails.SourceOfSeries(connection, id);
}
