using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary><c>GET /api/studies</c>.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class StudyListHandler(ApiContext context, StudyQueries studies) : ListHandler(context, studies);

/// <summary><c>GET</c> and <c>DELETE /api/studies/:id</c>.</summary>
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "DELETE")]
internal sealed class StudyDetailHandler(ApiContext context, StudyQueries studies)
    : RetrieveDestroyHandler(context, studies);

/// <summary><c>GET /api/studies/:id/series</c>.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class StudySeriesHandler(ApiContext context, SeriesQueries series) : ChildListHandler(context, series);
