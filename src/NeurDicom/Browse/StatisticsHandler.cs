using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary><c>GET /api/statistics</c>: how much there is, from the counts that the writer keeps.</summary>
[Operation("GET", "Tells how much there is", Schema = "Statistics")]
[RequiredAuth(Role.Reader)]
[Audited]
internal sealed class StatisticsHandler(ApiContext context) : JsonHandler(context)
{
    public Task GetAsync()
    {
        return QueryAsync((connection, json) =>
        {
            ChangeQueries.WriteStatistics(connection, json);
            return true;
        });
    }
}
