using System.Globalization;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary><c>GET /</c>: the studies, newest first, with a form that searches them.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class StudiesPageHandler(ApiContext context, StudyQueries studies) : HtmlHandler(context)
{
    public async Task GetAsync()
    {
        var search = StudySearch.Read(name => GetQueryArgument(name, ""));
        var after = GetQueryArgument("after", "");
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var request = search.ToRequest(after, errors);
        if (errors.ContainsKey("after"))
            throw ProblemException.For(errors);
        if (errors.Count > 0)
            SetStatus(400);

        var (page, rows) = errors.Count > 0 ? (null, []) : await ReadRowsAsync<StudyRow>(studies, request);
        WritePage(
            Say("Studies", "检查"),
            $"""
            <h1>{Say("Studies", "检查")}</h1>
            {Form(search, errors)}
            {(page is null ? default : Result(search, after, page, rows))}
            """,
            new PageOptions(Place: "/", Kind: "list"));
    }

    private Html Form(StudySearch search, Dictionary<string, string[]> errors)
    {
        Html reset = search.IsEmpty
            ? default
            : (Html)$"""<a class="button quiet" href="/">{Say("All studies", "全部检查")}</a>""";
        return $"""
            <form class="search" method="get" action="/" role="search" aria-label="{Say("Search the studies", "搜索检查")}">
            {Input("name", Say("Patient name", "患者姓名"), search.Name)}
            {Input("id", Say("Patient ID", "患者编号"), search.Id)}
            {Input("modality", Say("Modality", "设备类型"), search.Modality, list: "modalities")}
            {Input("from", Say("From", "开始日期"), search.From, "date")}
            {Input("to", Say("To", "结束日期"), search.To, "date")}
            {Input("description", Say("Description", "检查描述"), search.Description)}
            {Input("accession", Say("Accession number", "检查号"), search.Accession)}
            <p class="field">
            <label for="order">{Say("Order", "排序")}</label>
            <select id="order" name="order">
            {StudySearch.Orders.Select(order => Option(order, search.Order))}
            </select>
            </p>
            <p class="actions"><button class="main">{Say("Search", "搜索")}</button>{reset}</p>
            <datalist id="modalities">
            {KnownModalities.Select(name => (Html)$"<option>{name}</option>")}
            </datalist>
            </form>
            """;

        Html Input(string name, string label, string value, string type = "text", string? list = null)
        {
            var problem = errors.TryGetValue(name, out var problems) ? problems[0] : null;
            // A date field shows nothing where it holds no date, and what was wrong has to be seen.
            type = problem is null ? type : "text";
            Html choice = list is null ? default : (Html)$""" list="{list}" """;
            Html wrong = problem is null
                ? default
                : (Html)$""" aria-invalid="true" aria-describedby="{name}-problem" """;
            Html message = problem is null
                ? default
                : (Html)$"""<span class="problem" id="{name}-problem">{problem}</span>""";
            return $"""
                <p class="field field-{name}">
                <label for="{name}">{label}</label>
                <input id="{name}" name="{name}" type="{type}" value="{value}"
                 maxlength="200" autocomplete="off"{choice}{wrong}>
                {message}
                </p>
                """;
        }

        Html Option(string order, string chosen)
        {
            Html selected = order == chosen ? (Html)$" selected" : default;
            var text = order switch
            {
                "-study_date" => Say("Newest first", "最新检查在前"),
                "-id" => Say("Last received first", "最近接收在前"),
                _ => Say("By patient name", "按患者姓名"),
            };
            return $"""<option value="{order}"{selected}>{text}</option>""";
        }
    }

    private Html Result(StudySearch search, string after, ListPage page, StudyRow[] rows)
    {
        if (rows.Length == 0)
            return Nothing(search, after);

        var (first, more) = (Say("First page", "首页"), Say("Next page", "下一页"));
        Html back = after.Length == 0
            ? default
            : (Html)$"""<a class="button" href="{search.ToPath()}">{first}</a>""";
        Html next = page.Next is not { } cursor
            ? default
            : (Html)$"""<a class="button" rel="next" href="{search.ToPath(cursor.ToString())}">{more}</a>""";
        var total = page.Total.ToString("N0", CultureInfo.InvariantCulture) + (page.IsMore ? "+" : "");
        return $"""
            <p class="count" role="status">{Say(total == "1" ? "1 study" : $"{total} studies", $"共 {total} 项检查")}</p>
            <div class="wide" role="region" tabindex="0" aria-label="{Say("Studies", "检查")}">
            <table class="studies" role="table">
            <caption class="hidden">{Say("Studies", "检查")}</caption>
            <thead role="rowgroup"><tr role="row">
            <th role="columnheader" scope="col"><span class="hidden">{Say("Preview", "预览")}</span></th>
            <th role="columnheader" scope="col">{Say("Patient", "患者")}</th>
            <th role="columnheader" scope="col">{Say("Study date", "检查日期")}</th>
            <th role="columnheader" scope="col">{Say("Modality", "设备类型")}</th>
            <th role="columnheader" scope="col">{Say("Description", "检查描述")}</th>
            <th role="columnheader" scope="col">{Say("Accession number", "检查号")}</th>
            <th role="columnheader" scope="col" class="number">{Say("Series", "序列")}</th>
            <th role="columnheader" scope="col" class="number">{Say("Images", "图像")}</th>
            </tr></thead>
            <tbody role="rowgroup">
            {rows.Select(Row)}
            </tbody>
            </table>
            </div>
            <nav class="pages" aria-label="{Say("Pages", "分页")}">{back}{next}</nav>
            """;
    }

    private Html Row(StudyRow study)
    {
        var name = study.Patient.DisplayName is { Length: > 0 } known ? known : Say("No name", "无姓名");
        var images = Say(study.ImagesCount == 1 ? "image" : "images", "幅图像");
        return $"""
            <tr role="row">
            <td role="cell" class="thumb">
            <img src="/api/studies/{study.Id}/thumbnail" alt="" width="64" height="64" loading="lazy"></td>
            <th role="rowheader" scope="row"><a href="/studies/{study.Id}"><bdi>{name}</bdi></a>
            <span class="sub"><bdi>{study.Patient.PatientId}</bdi></span></th>
            <td role="cell" class="date">{study.StudyDate}
            <span class="sub">{Texts.Minutes(study.StudyTime)}</span></td>
            <td role="cell">{Texts.Badges(study.Modalities)}</td>
            <td role="cell" class="text"><bdi>{study.StudyDescription}</bdi></td>
            <td role="cell"><bdi>{study.AccessionNumber}</bdi></td>
            <td role="cell" class="number">{study.Series.Count}<span class="unit"> {Say("series", "个序列")}</span></td>
            <td role="cell" class="number">{study.ImagesCount}<span class="unit"> {images}</span></td>
            </tr>
            """;
    }

    private Html Nothing(StudySearch search, string after)
    {
        if (!search.IsEmpty || after.Length > 0)
        {
            var advice = Say(
                "Leave a field out, or write less into it: a part of a name is enough.", "请减少搜索条件，或只输入部分内容，例如姓名的一部分。");
            return $"""
                <div class="empty">
                <h2>{Say("No study is like that", "没有符合条件的检查")}</h2>
                <p>{advice}</p>
                <p><a class="button" href="/">{Say("All studies", "全部检查")}</a></p>
                </div>
                """;
        }

        Html upload = May(Role.Writer)
            ? (Html)$"""
                <p>{Say("Upload DICOM files, folders or ZIP archives to begin.", "请先上传 DICOM 文件、文件夹或 ZIP 压缩包。")}</p>
                <p><a class="button main" href="/upload">{Say("Upload", "上传")}</a></p>
                """
            : $"""<p>{Say("Studies will be here when somebody has stored some.", "有人存入检查后，将显示在此处。")}</p>""";
        return $"""
            <div class="empty">
            <h2>{Say("The archive is empty", "系统中还没有检查")}</h2>
            {upload}
            </div>
            """;
    }

    // PS3.3 C.7.3.1.1.1, those that most archives hold.
    private static readonly string[] KnownModalities =
        ["CR", "CT", "DX", "ES", "IO", "MG", "MR", "NM", "OP", "OT", "PT", "RF", "SC", "SM", "SR", "US", "XA", "XC"];
}
