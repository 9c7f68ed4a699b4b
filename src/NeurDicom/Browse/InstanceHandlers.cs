using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET</c> and <c>DELETE /api/instances/:id</c>. The list is where instances are stored too: Store/.
/// </summary>
[Operation("GET", "Shows an instance", Schema = "Instance")]
[Operation("DELETE", "Deletes an instance", Detail = "With every version of it; the bytes come free.", Answers = [])]
[RequiredAuth(Role.Reader)]
[RequiredAuth(Role.Writer, "DELETE")]
internal sealed class InstanceDetailHandler(ApiContext context, InstanceQueries instances)
    : RetrieveDestroyHandler(context, instances);
