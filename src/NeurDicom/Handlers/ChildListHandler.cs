using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>The rows below one row, a page at a time; 404 where the parent does not exist.</summary>
internal abstract class ChildListHandler(ApiContext context, LevelQueries queries) : PageHandler(context, queries)
{
    public Task GetAsync(long id)
    {
        return WritePageAsync(id);
    }
}
