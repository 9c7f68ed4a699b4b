using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>
/// GET and DELETE of one row; what lies below it goes with it. An empty 200, as the original answered.
/// </summary>
internal abstract class RetrieveDestroyHandler(ApiContext context, LevelQueries queries)
    : RetrieveHandler(context, queries)
{
    public async Task DeleteAsync(long id)
    {
        var deleted = await Context.Archive.Writer.DeleteAsync(Queries.Level, id, Sender, Aborted);
        if (!deleted.Found)
            throw NotFound(Queries.Level, id);
    }
}
