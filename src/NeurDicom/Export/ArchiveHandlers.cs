using System.Globalization;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Export;

/// <summary>
/// Answers with a ZIP archive that holds a file-set: stored files and a DICOMDIR.
/// It is made while it is sent, so it has no length and no entity tag; an answer that breaks off has no central
/// directory and is seen to be broken.
/// </summary>
[Audited(Reads = "export")]
[Query("compression", "none|deflate", "Medical images rarely become smaller.")]
internal abstract class ArchiveHandler(ApiContext context, TimeProvider time) : NeurDicomHandler(context)
{
    private static readonly string[] Compressions = ["none", "deflate"];

    /// <param name="name">
    /// Of the file that a browser makes; nothing of a patient, nothing that a file system minds.
    /// </param>
    protected async Task SendAsync(ExportSelection selection, string name)
    {
        var deflates = ReadCompression();
        var missing = await new ExportRows(Context.Index).FindMissingAsync(selection, Aborted);
        if (missing.Count > 0)
            throw new ProblemException(StatusCodes.Status404NotFound, $"There is no {missing[0]}.");

        // For those who show how far they are.
        var (instances, bytes) = await new ExportRows(Context.Index).CountAsync(selection, Aborted);
        SetHeader("X-Total-Count", instances);
        SetHeader("X-Total-Bytes", bytes);
        SetHeader("Content-Type", "application/zip");
        SetHeader("Content-Disposition", $"attachment; filename=\"{name}.zip\"");
        SetHeader("Cache-Control", "private, no-store");
        await FlushAsync();
        if (Request.Method == "HEAD")
            return;

        // An error from here on ends the connection, so that nobody takes half an archive for a whole one.
        await using var body = Http.Response.BodyWriter.AsStream(leaveOpen: true);
        await new FileSetExport(Context.Archive).WriteZipAsync(selection, body, deflates, time, Aborted);
    }

    private bool ReadCompression()
    {
        var value = GetQueryArgument("compression", "none")!;
        return Compressions.Contains(value, StringComparer.Ordinal)
            ? value == "deflate"
            : throw new ProblemException(StatusCodes.Status400BadRequest, "compression is none or deflate.");
    }
}

/// <summary><c>GET /api/patients/:id/archive</c>.</summary>
[Operation("GET", "Gives the files of a patient as a ZIP archive with a DICOMDIR", Answers = ["application/zip"])]
[RequiredAuth(Role.Reader)]
internal sealed class PatientArchiveHandler(ApiContext context, TimeProvider time) : ArchiveHandler(context, time)
{
    public Task GetAsync(long id) =>
        SendAsync(ExportSelection.Of(Level.Patient, id), FormattableString.Invariant($"patient-{id}"));
}

/// <summary><c>GET /api/studies/:id/archive</c>.</summary>
[Operation("GET", "Gives the files of a study as a ZIP archive with a DICOMDIR", Answers = ["application/zip"])]
[RequiredAuth(Role.Reader)]
internal sealed class StudyArchiveHandler(ApiContext context, TimeProvider time) : ArchiveHandler(context, time)
{
    public Task GetAsync(long id) =>
        SendAsync(ExportSelection.Of(Level.Study, id), FormattableString.Invariant($"study-{id}"));
}

/// <summary><c>GET /api/series/:id/archive</c>.</summary>
[Operation("GET", "Gives the files of a series as a ZIP archive with a DICOMDIR", Answers = ["application/zip"])]
[RequiredAuth(Role.Reader)]
internal sealed class SeriesArchiveHandler(ApiContext context, TimeProvider time) : ArchiveHandler(context, time)
{
    public Task GetAsync(long id) =>
        SendAsync(ExportSelection.Of(Level.Series, id), FormattableString.Invariant($"series-{id}"));
}

/// <summary>
/// <c>GET /api/archive?patient=1&amp;study=2&amp;series=3</c>, each any number of times, or <c>?all=true</c>.
/// </summary>
[Operation("GET", "Gives the files of what is named as a ZIP archive with a DICOMDIR", Answers = ["application/zip"])]
[Query("patient", "integer", "The id of a patient; any number of times.")]
[Query("study", "integer", "The id of a study; any number of times.")]
[Query("series", "integer", "The id of a series; any number of times.")]
[Query("all", "true|false", "Everything; nothing is named then.")]
[RequiredAuth(Role.Reader)]
internal sealed class SelectionArchiveHandler(ApiContext context, TimeProvider time) : ArchiveHandler(context, time)
{
    public Task GetAsync()
    {
        var selection = new ExportSelection
        {
            Patients = ReadIds("patient"),
            Studies = ReadIds("study"),
            Series = ReadIds("series"),
        };
        var all = GetQueryArgument("all", "false");
        if (all is not ("true" or "false") || selection.IsEverything != (all == "true"))
            throw new ProblemException(
                StatusCodes.Status400BadRequest, "Name patient, study or series by id, or say all=true.");
        if (selection.Patients.Count + selection.Studies.Count + selection.Series.Count > ExportSelection.MostIds)
            throw new ProblemException(
                StatusCodes.Status400BadRequest, $"At most {ExportSelection.MostIds} may be named.");
        AuditedPaths = selection.AuditedPaths;
        return SendAsync(selection, "neurdicom");
    }

    private long[] ReadIds(string name) =>
    [
        .. GetQueryArguments(name).Select(text =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new ProblemException(StatusCodes.Status400BadRequest, $"{name} is the id of one, a number.")),
    ];
}
