using Microsoft.AspNetCore.Http;

namespace NeurDicom.Pages;

/// <summary>An error as a page: what happened, and what to do now.</summary>
internal static class ErrorPage
{
    /// <param name="detail">What the API says of it, in English; null where it has nothing to add.</param>
    public static void Write(
        HtmlHandler handler, int status, string? detail, Action<string, Html, PageOptions?> writePage)
    {
        var (title, advice) = Texts(handler, status);
        Html more = detail is null ? default : (Html)$"""<p class="detail" lang="en">{detail}</p>""";
        writePage(
            title,
            $"""
            <div class="message">
            <p class="code" aria-hidden="true">{status}</p>
            <h1>{title}</h1>
            <p>{advice}</p>
            {more}
            <p><a class="button" href="/">{handler.Say("To the studies", "返回检查列表")}</a></p>
            </div>
            """,
            null);
    }

    private static (string Title, string Advice) Texts(HtmlHandler handler, int status) => status switch
    {
        StatusCodes.Status400BadRequest => (
            handler.Say("This cannot be understood", "无法理解该请求"),
            handler.Say("Something in the address or the form is not right.", "地址或表单中的内容不正确。")),
        StatusCodes.Status403Forbidden => (
            handler.Say("You may not do this", "您没有权限"),
            handler.Say("Ask who looks after this archive if you need to.", "如有需要，请联系本系统的管理员。")),
        StatusCodes.Status404NotFound => (
            handler.Say("There is nothing here", "找不到该页面"),
            handler.Say("It was deleted, or the address is wrong.", "内容已被删除，或地址有误。")),
        StatusCodes.Status405MethodNotAllowed => (
            handler.Say("This cannot be done here", "此处不支持该操作"),
            handler.Say("Go back and try it from the page itself.", "请返回页面后重试。")),
        StatusCodes.Status409Conflict => (
            handler.Say("It changed in the meantime", "内容已发生变化"),
            handler.Say("Go back, look at it again, and repeat what you wanted.", "请返回查看最新内容后重试。")),
        StatusCodes.Status410Gone => (
            handler.Say("The stored file is missing", "存储的文件缺失"),
            handler.Say("Tell who looks after this archive.", "请告知本系统的管理员。")),
        StatusCodes.Status413PayloadTooLarge => (
            handler.Say("That is too large", "内容过大"),
            handler.Say("Send fewer files at once.", "请减少一次发送的文件数量。")),
        StatusCodes.Status422UnprocessableEntity => (
            handler.Say("This cannot be shown", "无法显示"),
            handler.Say("The file itself can be downloaded and opened elsewhere.", "您可以下载该文件并用其他软件打开。")),
        StatusCodes.Status429TooManyRequests => (
            handler.Say("Too many attempts", "尝试次数过多"),
            handler.Say("Wait a little and try again.", "请稍候再试。")),
        StatusCodes.Status503ServiceUnavailable => (
            handler.Say("This took too long", "查询超时"),
            handler.Say(
                "Search for less: add a date, a patient ID or an accession number.", "请缩小范围：添加日期、患者编号或检查号。")),
        StatusCodes.Status507InsufficientStorage => (
            handler.Say("The disk is full", "磁盘已满"),
            handler.Say("Tell who looks after this archive.", "请告知本系统的管理员。")),
        >= 500 => (
            handler.Say("Something went wrong", "服务器出错"),
            handler.Say(
                "It is in the server's log. Try again; if it stays, tell who looks after it.",
                "错误已记入服务器日志。请重试；如仍出错，请告知管理员。")),
        _ => (
            handler.Say("This did not work", "操作失败"),
            handler.Say("Go back and try again.", "请返回后重试。")),
    };
}
