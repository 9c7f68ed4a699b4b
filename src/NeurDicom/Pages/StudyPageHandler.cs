using NeurDicom.Accounts;
using NeurDicom.Dicom.Text;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary><c>GET /studies/:id</c>: whose study it is, and its series.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class StudyPageHandler(ApiContext context, StudyQueries studies) : HtmlHandler(context)
{
    public async Task GetAsync(long id)
    {
        var study = await ReadRowAsync<StudyRow>(studies, id);
        Html delete = May(Role.Writer)
            ? (Html)$"""<a class="button danger" href="/studies/{id}/delete">{Say("Delete …", "删除…")}</a>"""
            : default;
        WritePage(
            Say($"Study {id}", $"检查 {id}"),
            $"""
            <p class="way"><a href="/">{Say("Studies", "检查")}</a></p>
            <div class="title">
            <h1>{PatientName(study.Patient, Language)}</h1>
            <p class="buttons">
            <a class="button" href="/api/studies/{id}/archive">{Say("Download as ZIP", "下载 ZIP")}</a>
            {delete}
            </p>
            </div>
            <dl class="facts">
            {Facts(study)}
            </dl>
            <h2>{Say("Series", "序列")} <span class="count">{study.Series.Count}</span></h2>
            <ul class="series">
            {study.Series.Select(Card)}
            </ul>
            """,
            new PageOptions(Place: "/", Kind: "study"));
    }

    /// <summary>The patient's name for a heading.</summary>
    public static Html PatientName(PatientRow patient, Language language) => patient.DisplayName is { Length: > 0 } name
        ? (Html)$"<bdi>{name}</bdi>"
        : $"{language.Say("No name", "无姓名")}";

    private Html Facts(StudyRow study)
    {
        var patient = study.Patient;
        return $"""
            {Texts.Term(Say("Patient ID", "患者编号"), patient.PatientId)}
            {Texts.Term(Say("Birth date", "出生日期"), patient.PatientBirthdate)}
            {Texts.Term(Say("Sex", "性别"), Sex(patient.PatientSex))}
            {Texts.Term(Say("Age", "年龄"), patient.PatientAge)}
            {Texts.Term(Say("Study date", "检查日期"), $"{study.StudyDate} {Texts.Minutes(study.StudyTime)}".Trim())}
            {Texts.Term(Say("Description", "检查描述"), study.StudyDescription)}
            {Texts.Term(Say("Modality", "设备类型"), string.Join(", ", study.Modalities))}
            {Texts.Term(Say("Accession number", "检查号"), study.AccessionNumber)}
            {Texts.Term(Say("Referring physician", "申请医师"), PersonNameOf(study.ReferringPhysicianName))}
            {Texts.Term(Say("Images", "图像"), $"{study.ImagesCount}")}
            {Texts.Term(Say("Study UID", "检查 UID"), study.StudyInstanceUid)}
            """;
    }

    private Html Card(SeriesRow series) => $"""
        <li>
        <a class="card" href="/series/{series.Id}">
        <img src="/api/series/{series.Id}/thumbnail" alt="" width="192" height="192" loading="lazy">
        <span class="name"><bdi>{Texts.Title(series, Language)}</bdi></span>
        <span class="sub"><span class="badge">{series.Modality}</span> {Images(series.ImagesCount)}</span>
        <span class="sub">{Say("No.", "编号")} {series.SeriesNumber} <bdi>{series.BodyPartExamined}</bdi></span>
        </a>
        </li>
        """;

    private string Images(long count) => Say(count == 1 ? "1 image" : $"{count} images", $"{count} 幅图像");

    // PS3.3 C.7.1.1.
    private string? Sex(string? sex) => sex switch
    {
        "M" => Say("male", "男"),
        "F" => Say("female", "女"),
        "O" => Say("other", "其他"),
        _ => sex,
    };

    private static string? PersonNameOf(string? name) => name is null ? null : PersonName.Parse(name).ToDisplayString();
}
