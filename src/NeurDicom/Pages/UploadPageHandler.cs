using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using NeurDicom.Handlers;
using NeurDicom.Store;
using Tornado;

namespace NeurDicom.Pages;

/// <summary>
/// <c>GET</c> and <c>POST /upload</c>: a plain form with files, and what became of each. With its script files and
/// folders are dropped on it and sent to <c>/api/instances/upload</c> a few at a time.
/// </summary>
[RequiredAuth(Role.Writer)]
[Audited(Changes = "upload")]
[StreamRequestBody(MaxBodySize = -1)]
internal sealed class UploadPageHandler(ApiContext context, InstanceIngest ingest, Settings settings)
    : HtmlHandler(context)
{
    // What a page shows of a large upload; the counts are of all.
    private const int MostShown = 1000;

    protected override async Task PrepareAsync()
    {
        Request.MaxBodySize = settings.MaxRequest;
        await base.PrepareAsync();
    }

    public void Get() =>
        WritePage(Say("Upload", "上传"), Form(), new PageOptions("/upload", "upload", Assets.UploadScript));

    public async Task PostAsync()
    {
        var results = new List<(string? File, StoreResult Result)>();
        var (stored, refused) = (0L, 0L);
        await using var store = new StoreBody(Context.Archive, ingest, Application.Settings.Multipart, Sender);
        store.Report.Added = (file, result) =>
        {
            _ = result.Outcome.IsRefused() ? refused++ : stored++;
            if (results.Count < MostShown)
                results.Add((file, result));
        };
        await store.StoreAsync(Http.Request, Aborted);
        if (store.Report.IsEmpty)
            SetStatus(StatusCodes.Status400BadRequest);
        WritePage(
            Say("Upload", "上传"),
            $"""
            {Result(stored, refused, results)}
            {Form()}
            """,
            new PageOptions("/upload", "upload", Assets.UploadScript));
    }

    private Html Form()
    {
        var hint = Say(
            "Drop DICOM files, folders or ZIP archives here, or choose them.", "将 DICOM 文件、文件夹或 ZIP 压缩包拖到此处，或点击选择。");
        return $"""
            <h1>{Say("Upload", "上传")}</h1>
            <form class="card drop" id="upload" method="post" action="/upload" enctype="multipart/form-data"
             data-sending="{Say("Sending", "正在发送")}" data-done="{Say("Done", "完成")}" data-stored="{Say("Stored", "已存储")}"
             data-already="{Say("Was here already", "已存在")}" data-refused="{Say("Refused", "被拒绝")}"
             data-failed="{Say("Not sent", "发送失败")}" data-of="{Say("of", "/")}"
             data-hidden="{Say("more, not shown", "条未显示")}" data-nothing="{Say("There were no files in it.", "其中没有文件。")}"
             data-again="{Say("Send these again", "重新发送")}" data-studies="{Say("To the studies", "查看检查")}"
             data-counting="{Say("Looking for files", "正在查找文件")}">
            <p class="drop-hint">{hint}</p>
            <p class="field"><label for="files">{Say("Files", "文件")}</label>
            <input id="files" name="file" type="file" multiple required></p>
            <p class="field" id="folder-field" hidden><label for="folder">{Say("A folder", "文件夹")}</label>
            <input id="folder" type="file" webkitdirectory multiple></p>
            <p class="actions" id="send"><button class="main">{Say("Upload", "上传")}</button></p>
            </form>
            <section class="card" id="progress" hidden aria-label="{Say("Progress", "进度")}">
            <p id="progress-text" role="status"></p>
            <progress id="progress-bar" max="1" value="0" aria-label="{Say("Progress", "进度")}"></progress>
            <p class="tally" id="tally"></p>
            <ul class="outcomes" id="outcomes" aria-label="{Say("Files that were not stored", "未存储的文件")}"></ul>
            <p class="actions" id="after"><button type="button" id="stop">{Say("Stop", "停止")}</button></p>
            </section>
            """;
    }

    private Html Result(long stored, long refused, List<(string? File, StoreResult Result)> results)
    {
        if (results.Count == 0)
        {
            var nothing = Say("There were no DICOM files in it.", "其中没有 DICOM 文件。");
            return $"""<div class="card problem-card" role="alert"><p>{nothing}</p></div>""";
        }

        Html hidden = stored + refused <= results.Count ? default
            : (Html)$"""<p>{stored + refused - results.Count} {Say("more, not shown", "条未显示")}</p>""";
        return $"""
            <section class="card" aria-labelledby="result">
            <h2 id="result">{Say($"{stored} stored, {refused} refused", $"已存储 {stored} 个，被拒绝 {refused} 个")}</h2>
            <p class="actions"><a class="button" href="/?order=-id">{Say("To the studies", "查看检查")}</a></p>
            <div class="wide" role="region" tabindex="0" aria-label="{Say("What became of each file", "各文件的结果")}">
            <table>
            <caption class="hidden">{Say("What became of each file", "各文件的结果")}</caption>
            <thead><tr><th scope="col">{Say("File", "文件")}</th><th scope="col">{Say("Result", "结果")}</th></tr></thead>
            <tbody>
            {results.Select(each => Row(each.File, each.Result))}
            </tbody>
            </table>
            </div>
            {hidden}
            </section>
            """;
    }

    private Html Row(string? file, StoreResult result)
    {
        var outcome = result.Outcome switch
        {
            StoreOutcome.Stored => Say("Stored", "已存储"),
            StoreOutcome.AlreadyStored => Say("Was here already", "已存在"),
            _ => Say("Refused", "被拒绝"),
        };
        Html reason = result.Reason is null ? default : (Html)$""" <span lang="en">{result.Reason}</span>""";
        return $"""<tr class="{result.Outcome.ToWord()}"><td><bdi>{file}</bdi></td><td>{outcome}{reason}</td></tr>""";
    }
}
