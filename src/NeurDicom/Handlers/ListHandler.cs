using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>All rows of a level, a page at a time (the seeds' <c>ListHandler</c>).</summary>
internal abstract class ListHandler(ApiContext context, LevelQueries queries) : PageHandler(context, queries)
{
    public Task GetAsync()
    {
        return WritePageAsync(parent: null);
    }
}
