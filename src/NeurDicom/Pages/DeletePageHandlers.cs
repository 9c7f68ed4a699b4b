using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Pages;

/// <summary>Asks before anything is deleted, with a page and not with a script, and deletes on POST.</summary>
[Audited(Reads = "read", Changes = "delete")]
internal abstract class DeletePageHandler(ApiContext context, Level level) : HtmlHandler(context)
{
    protected async Task DeleteAndLeadAsync(long id, string path)
    {
        var deleted = await Context.Archive.Writer.DeleteAsync(level, id, Sender, Aborted);
        if (!deleted.Found)
            throw NotFound(level, id);
        LeadTo(path);
    }

    protected void WriteQuestion(string question, Html what, string action, string back) => WritePage(
        question,
        $"""
        <div class="card">
        <h1>{question}</h1>
        {what}
        <p>{Say("It will be gone from the archive for good.", "删除后无法恢复。")}</p>
        <form method="post" action="{action}">
        <p class="actions">
        <button class="danger">{Say("Delete", "删除")}</button>
        <a class="button" href="{back}">{Say("Keep it", "保留")}</a>
        </p>
        </form>
        </div>
        """,
        new PageOptions(Place: "/"));

    protected string Images(long count) => Say(count == 1 ? "1 image" : $"{count} images", $"{count} 幅图像");
}

/// <summary><c>GET</c> and <c>POST /studies/:id/delete</c>.</summary>
[RequiredAuth(Role.Writer)]
[StreamRequestBody(MaxBodySize = LargestForm)]
internal sealed class DeleteStudyPageHandler(ApiContext context, StudyQueries studies)
    : DeletePageHandler(context, Level.Study)
{
    public async Task GetAsync(long id)
    {
        var study = await ReadRowAsync<StudyRow>(studies, id);
        WriteQuestion(
            Say("Delete this study?", "删除此检查？"),
            $"""
            <dl class="facts">
            {Texts.Term(Say("Patient", "患者"), study.Patient.DisplayName)}
            {Texts.Term(Say("Patient ID", "患者编号"), study.Patient.PatientId)}
            {Texts.Term(Say("Study date", "检查日期"), study.StudyDate)}
            {Texts.Term(Say("Description", "检查描述"), study.StudyDescription)}
            {Texts.Term(Say("Images", "图像"), $"{Images(study.ImagesCount)}")}
            </dl>
            """,
            $"/studies/{id}/delete", $"/studies/{id}");
    }

    public Task PostAsync(long id) => DeleteAndLeadAsync(id, "/");
}

/// <summary><c>GET</c> and <c>POST /series/:id/delete</c>.</summary>
[RequiredAuth(Role.Writer)]
[StreamRequestBody(MaxBodySize = LargestForm)]
internal sealed class DeleteSeriesPageHandler(ApiContext context, SeriesQueries series)
    : DeletePageHandler(context, Level.Series)
{
    private const string StudyOfSeries =
        "SELECT studies.id, series_count FROM series JOIN studies ON studies.id = series.study WHERE series.id = ?1";

    public async Task GetAsync(long id)
    {
        var row = await ReadRowAsync<SeriesRow>(series, id);
        WriteQuestion(
            Say("Delete this series?", "删除此序列？"),
            $"""
            <dl class="facts">
            {Texts.Term(Say("Series", "序列"), Texts.Title(row, Language))}
            {Texts.Term(Say("Modality", "设备类型"), row.Modality)}
            {Texts.Term(Say("Images", "图像"), Images(row.ImagesCount))}
            </dl>
            """,
            $"/series/{id}/delete", $"/series/{id}");
    }

    public async Task PostAsync(long id)
    {
        // With its last series a study goes too.
        var study = await Context.Index.ReadAsync(
            connection =>
            {
                using var rows = Rows.Of(connection, StudyOfSeries).Bind(1, id);
                return rows.Read() && rows.Int64(1) > 1 ? rows.Int64(0) : (long?)null;
            },
            Aborted);
        await DeleteAndLeadAsync(id, study is null ? "/" : $"/studies/{study}");
    }
}
