using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary><c>GET /api/series</c>.</summary>
[Operation("GET", "Lists series", Schema = "Series[]")]
[ListOf(Level.Series)]
[RequiredAuth(Role.Reader)]
internal sealed class SeriesListHandler(ApiContext context, SeriesQueries series) : ListHandler(context, series);

/// <summary><c>GET</c> and <c>DELETE /api/series/:id</c>.</summary>
[Operation("GET", "Shows a series", Schema = "Series")]
[Operation("DELETE", "Deletes a series", Detail = "With all that lies below it; the bytes come free.", Answers = [])]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "DELETE")]
internal sealed class SeriesDetailHandler(ApiContext context, SeriesQueries series)
    : RetrieveDestroyHandler(context, series);

/// <summary><c>GET /api/series/:id/instances</c>, in the order of their instance numbers.</summary>
[Operation(
    "GET", "Lists the instances of a series", Detail = "In the order of their instance numbers.",
    Schema = "Instance[]")]
[ListOf(Level.Instance)]
[RequiredAuth(Role.Reader)]
internal sealed class SeriesInstancesHandler(ApiContext context, InstanceQueries instances)
    : ChildListHandler(context, instances);
