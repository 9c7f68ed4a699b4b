using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>GET /api/instances/:id/file</c> and <c>/api/instances/:id/versions/:n/file</c>: the file, byte for byte as it was
/// received.
/// </summary>
[Operation("GET", "Gives the file as it was received", Detail = "Takes ranges.", Answers = ["application/dicom"])]
[RequiredAuth(Role.Reader)]
internal sealed class FileHandler(ApiContext context) : BytesHandler(context)
{
    public async Task GetAsync(long id, int? version = null)
    {
        using var instance = await Context.Archive.OpenAsync(id, version, Aborted)
            ?? throw (version is { } number
                ? new ProblemException(404, $"There is no version {number} of instance {id}.")
                : NotFound(Level.Instance, id));

        // A UID is digits and dots, so it can stand in a file name and in a header as it is.
        SetHeader("Content-Disposition", $"attachment; filename=\"{instance.SopInstanceUid}.dcm\"");
        await using var content = instance.OpenBytes();
        await WriteContentAsync(
            content, $"\"{Convert.ToHexStringLower(instance.Sha256.Span)}\"", instance.StoredAt, "application/dicom");
    }
}
