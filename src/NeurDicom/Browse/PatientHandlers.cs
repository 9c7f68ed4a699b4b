using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary><c>GET /api/patients</c>.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class PatientListHandler(ApiContext context, PatientQueries patients) : ListHandler(context, patients);

/// <summary><c>GET</c> and <c>DELETE /api/patients/:id</c>.</summary>
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "DELETE")]
internal sealed class PatientDetailHandler(ApiContext context, PatientQueries patients)
    : RetrieveDestroyHandler(context, patients);

/// <summary><c>GET /api/patients/:id/studies</c>.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class PatientStudiesHandler(ApiContext context, StudyQueries studies) : ChildListHandler(context, studies);
