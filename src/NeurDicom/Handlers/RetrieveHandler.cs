using NeurDicom.Index;

namespace NeurDicom.Handlers;

/// <summary>GET of one row by its id (the seeds' <c>RetrieveHandler</c>); 404 where there is none.</summary>
internal abstract class RetrieveHandler(ApiContext context, LevelQueries queries) : JsonHandler(context)
{
    protected LevelQueries Queries { get; } = queries;

    public async Task GetAsync(long id)
    {
        if (!await QueryAsync((connection, json) => Queries.WriteDetail(connection, id, json)))
            throw NotFound(Queries.Level, id);
    }
}
