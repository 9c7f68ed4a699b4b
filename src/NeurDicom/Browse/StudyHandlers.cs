using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary><c>GET /api/studies</c>.</summary>
[Operation("GET", "Lists studies", Schema = "Study[]")]
[ListOf(Level.Study)]
[RequiredAuth(Role.Reader)]
internal sealed class StudyListHandler(ApiContext context, StudyQueries studies) : ListHandler(context, studies);

/// <summary><c>GET</c> and <c>DELETE /api/studies/:id</c>.</summary>
[Operation("GET", "Shows a study", Schema = "Study")]
[Operation("DELETE", "Deletes a study", Detail = "With all that lies below it; the bytes come free.", Answers = [])]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "DELETE")]
internal sealed class StudyDetailHandler(ApiContext context, StudyQueries studies)
    : RetrieveDestroyHandler(context, studies);

/// <summary><c>GET /api/studies/:id/series</c>.</summary>
[Operation("GET", "Lists the series of a study", Schema = "Series[]")]
[ListOf(Level.Series)]
[RequiredAuth(Role.Reader)]
internal sealed class StudySeriesHandler(ApiContext context, SeriesQueries series) : ChildListHandler(context, series);
