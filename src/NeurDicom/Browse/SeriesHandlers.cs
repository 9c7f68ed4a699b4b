using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary><c>GET /api/series</c>.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class SeriesListHandler(ApiContext context, SeriesQueries series) : ListHandler(context, series);

/// <summary><c>GET</c> and <c>DELETE /api/series/:id</c>.</summary>
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "DELETE")]
internal sealed class SeriesDetailHandler(ApiContext context, SeriesQueries series)
    : RetrieveDestroyHandler(context, series);

/// <summary><c>GET /api/series/:id/instances</c>, in the order of their instance numbers.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class SeriesInstancesHandler(ApiContext context, InstanceQueries instances)
    : ChildListHandler(context, instances);
