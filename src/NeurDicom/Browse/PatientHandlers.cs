using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary><c>GET /api/patients</c>.</summary>
[Operation("GET", "Lists patients", Schema = "Patient[]")]
[ListOf(Level.Patient)]
[RequiredAuth(Role.Reader)]
internal sealed class PatientListHandler(ApiContext context, PatientQueries patients) : ListHandler(context, patients);

/// <summary><c>GET</c> and <c>DELETE /api/patients/:id</c>.</summary>
[Operation("GET", "Shows a patient", Schema = "Patient")]
[Operation("DELETE", "Deletes a patient", Detail = "With all that lies below it; the bytes come free.", Answers = [])]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "DELETE")]
internal sealed class PatientDetailHandler(ApiContext context, PatientQueries patients)
    : RetrieveDestroyHandler(context, patients);

/// <summary><c>GET /api/patients/:id/studies</c>.</summary>
[Operation("GET", "Lists the studies of a patient", Schema = "Study[]")]
[ListOf(Level.Study)]
[RequiredAuth(Role.Reader)]
internal sealed class PatientStudiesHandler(ApiContext context, StudyQueries studies)
    : ChildListHandler(context, studies);
