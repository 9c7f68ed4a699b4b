using System.Globalization;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;
using NeurDicom.Imaging;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary>
/// <c>GET /series/:id</c>: one image of a series with links to the next;
/// <c>image</c>, <c>frame</c> and <c>window</c> say which and how. With its script the same page scrolls, plays and
/// changes the window in place.
/// </summary>
[RequiredAuth(Role.Reader)]
internal sealed class SeriesPageHandler(
    ApiContext context, StudyQueries studies, SeriesQueries series, InstanceQueries instances) : HtmlHandler(context)
{
    // More than screens show; a mammogram or a radiograph has several times as many pixels.
    private const int LargestSide = 2048;

    private static readonly (string English, string Chinese, string Window)[] CtPresets =
    [
        ("Brain", "脑", Preset("brain")),
        ("Lung", "肺", Preset("lung")),
        ("Soft tissue", "软组织", Preset("soft")),
        ("Abdomen", "腹部", Preset("abdomen")),
        ("Liver", "肝", Preset("liver")),
        ("Bone", "骨", Preset("bone")),
    ];

    public async Task GetAsync(long id)
    {
        var row = await ReadRowAsync<SeriesRow>(series, id);
        var (stack, studyId) = await Context.Index.ReadAsync(
            connection => (SeriesStack.Read(connection, id), StudyOf(connection, id)), Aborted);
        var study = await ReadRowAsync<StudyRow>(studies, studyId);
        var place = ReadPlace(id, stack);
        var image = await ReadRowAsync<InstanceRow>(instances, place.Image);
        WritePage(
            Say($"Series {id}", $"序列 {id}"),
            $"""
            <div class="viewer" data-images="{stack.ToText()}" data-index="{place.Index}" data-frame="{place.Frame}"
             data-window="{place.Window}" data-side="{SideOf(image)}" {Words()}>
            <div class="viewer-head">
            <p class="way"><a href="/">{Say("Studies", "检查")}</a>
            <a href="/studies/{study.Id}">{StudyPageHandler.PatientName(study.Patient, Language)}</a></p>
            <h1><bdi>{Texts.Title(row, Language)}</bdi></h1>
            </div>
            {Picture(image, place, stack)}
            {Steps(place, stack)}
            <div class="panel">
            {(image.Rows is null ? default : Windows(row, place))}
            <section aria-label="{Say("About this image", "图像信息")}">
            <dl class="facts">
            {Facts(study, row, image)}
            </dl>
            <p class="buttons">
            <a class="button" data-part="tags" href="/instances/{image.Id}/tags">{Say("Tags", "标签")}</a>
            <a class="button" data-part="file" href="/api/instances/{image.Id}/file" download="{image.Id}.dcm">
            {Say("Download file", "下载文件")}</a>
            {Delete(id)}
            </p>
            </section>
            </div>
            </div>
            """,
            new PageOptions(Place: "/", Kind: "dark", Script: Assets.ViewerScript));
    }

    private static long StudyOf(Microsoft.Data.Sqlite.SqliteConnection connection, long id)
    {
        using var rows = Rows.Of(connection, "SELECT study FROM series WHERE id = ?1").Bind(1, id);
        return rows.Read() ? rows.Int64(0) : 0;
    }

    /// <summary>
    /// Which image is asked for; the first where none is. 404 where it is not there, 400 where it makes no sense.
    /// </summary>
    private Place ReadPlace(long id, SeriesStack stack)
    {
        if (stack.Count == 0)
            throw NotFound(Level.Series, id);

        var index = 0;
        if (GetQueryArgument("image", "") is { Length: > 0 } text)
        {
            var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var image);
            index = isNumber ? stack.IndexOf(image) : -1;
            if (index < 0)
                throw new ProblemException(StatusCodes.Status404NotFound, "There is no such image in this series.");
        }

        var frame = 1;
        if (GetQueryArgument("frame", "") is { Length: > 0 } number
            && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out frame)
                || frame < 1 || frame > stack[index].Frames))
            throw new ProblemException(StatusCodes.Status404NotFound, "There is no such frame in this image.");

        var window = GetQueryArgument("window", "");
        if (window is not ("" or "auto") && !(Window.TryParse(window, out var parsed) && parsed.IsDefined))
            throw new ProblemException(StatusCodes.Status400BadRequest, "window is auto, or centre,width.");
        return new Place(id, index, stack[index].Id, frame, window);
    }

    /// <summary>What the script says, in the language of the page.</summary>
    private Html Words()
    {
        var hint = Say(
            "Wheel, arrow keys or the slider: other images. Drag on the picture: left and right for contrast, "
                + "up and down for brightness.",
            "滚轮、方向键或滑块：切换图像。在图像上拖动：左右调节对比度，上下调节亮度。");
        return $"""
            data-play="{Say("Play", "播放")}" data-stop="{Say("Stop", "停止")}" data-image="{Say("Image", "图像")}"
             data-frame-word="{Say("frame", "帧")}" data-speed="{Say("Images a second", "每秒图像数")}"
             data-position="{Say("Position", "位置")}" data-failed="{Say("This image cannot be shown.", "无法显示此图像。")}"
             data-hint="{hint}"
            """;
    }

    private Html Picture(InstanceRow image, Place place, SeriesStack stack)
    {
        var (at, count) = (place.Index + 1, stack.Count);
        var english = image.Frames > 1 ? $", frame {place.Frame} of {image.Frames}" : "";
        var chinese = image.Frames > 1 ? $"，帧 {place.Frame} / {image.Frames}" : "";
        var text = Say($"Image {at} of {count}{english}", $"图像 {at} / {count}{chinese}");
        var without = Say(
            "There is no picture in this file. Its tags can be read, and the file downloaded.",
            "此文件不含图像。您可以查看其标签或下载文件。");
        Html picture = image.Rows is null
            ? (Html)$"""<p class="no-picture">{without}</p>"""
            : $"""
                <img data-part="picture" src="{place.ToPicture(SideOf(image))}" alt="{text}"
                 width="{image.Columns}" height="{image.Rows}" decoding="async">
                """;
        return $"""
            <figure class="stage" data-part="stage">
            {picture}
            <figcaption class="caption">
            <span data-part="caption">{text}</span> <span data-part="window">{place.Window}</span>
            </figcaption>
            </figure>
            """;
    }

    private Html Steps(Place place, SeriesStack stack)
    {
        var (index, frame) = (place.Index, place.Frame);
        var previous = frame > 1 ? place.At(stack, index, frame - 1)
            : index > 0 ? place.At(stack, index - 1, stack[index - 1].Frames)
            : null;
        var next = frame < stack[index].Frames ? place.At(stack, index, frame + 1)
            : index + 1 < stack.Count ? place.At(stack, index + 1, 1)
            : null;
        var first = previous is null ? null : place.At(stack, 0, 1);
        var last = next is null ? null : place.At(stack, stack.Count - 1, stack[^1].Frames);
        return $"""
            <nav class="steps" data-part="steps" aria-label="{Say("Images of the series", "序列图像")}">
            {Step(first, "first", "«", Say("First image", "首幅"))}
            {Step(previous, "prev", "‹", Say("Previous image", "上一幅"))}
            {Step(next, "next", "›", Say("Next image", "下一幅"))}
            {Step(last, "last", "»", Say("Last image", "末幅"))}
            </nav>
            """;

        static Html Step(Place? to, string part, string sign, string label)
        {
            Html way = to is null ? (Html)$"""role="link" aria-disabled="true" """ : $"""href="{to.ToPath()}" """;
            return $"""
                <a class="button" {way}data-part="{part}" aria-label="{label}"><span aria-hidden="true">{sign}</span></a>
                """;
        }
    }

    private Html Windows(SeriesRow row, Place place)
    {
        var presets = new List<(string Name, string Window)>
        {
            (Say("As stored", "文件默认"), ""),
            (Say("Full range", "全范围"), "auto"),
        };
        if (row.Modality == "CT")
            presets.AddRange(CtPresets.Select(preset => (Say(preset.English, preset.Chinese), preset.Window)));
        return $"""
            <section aria-label="{Say("Window", "窗宽窗位")}">
            <h2>{Say("Window", "窗宽窗位")}</h2>
            <ul class="presets">
            {presets.Select(preset => Link(preset.Name, preset.Window))}
            </ul>
            <p class="hint" data-part="hint"></p>
            </section>
            """;

        Html Link(string name, string window)
        {
            Html current = window == place.Window ? (Html)$""" aria-current="true" """ : default;
            var to = place with { Window = window };
            return $"""<li><a class="button" data-window="{window}" href="{to.ToPath()}"{current}>{name}</a></li>""";
        }
    }

    private Html Facts(StudyRow study, SeriesRow row, InstanceRow image) => $"""
        {Texts.Term(Say("Patient ID", "患者编号"), study.Patient.PatientId)}
        {Texts.Term(Say("Study date", "检查日期"), study.StudyDate)}
        {Texts.Term(Say("Modality", "设备类型"), row.Modality)}
        {Texts.Term(Say("Body part", "检查部位"), row.BodyPartExamined)}
        {Texts.Term(Say("Protocol", "扫描协议"), row.ProtocolName)}
        {Texts.Term(Say("Device", "设备"), $"{row.Manufacturer} {row.StationName}".Trim())}
        {Texts.Term(Say("Size", "尺寸"), image.Rows is null ? null : $"{image.Columns} × {image.Rows}")}
        {Texts.Term(Say("File", "文件"), Texts.Size(image.Size))}
        """;

    private Html Delete(long id) => May(Role.Writer)
        ? (Html)$"""<a class="button danger" href="/series/{id}/delete">{Say("Delete series …", "删除序列…")}</a>"""
        : default;

    // Asked for in its own size a picture is drawn pixel for pixel;
    // fitted into a square, oblong pixels are drawn as such.
    private static long SideOf(InstanceRow image) =>
        Math.Clamp(Math.Max(image.Rows ?? 0, image.Columns ?? 0), 1, LargestSide);

    private static string Preset(string name)
    {
        var window = WindowPresets.Hounsfield(name);
        return string.Create(CultureInfo.InvariantCulture, $"{window.Center},{window.Width}");
    }

    /// <param name="Index">Of the image, counted from 0.</param>
    /// <param name="Frame">Counted from 1.</param>
    /// <param name="Window">As the API takes it; empty for the file's own.</param>
    private sealed record Place(long Series, int Index, long Image, int Frame, string Window)
    {
        public Place At(SeriesStack stack, int index, int frame) =>
            this with { Index = index, Image = stack[index].Id, Frame = frame };

        public string ToPath() =>
            string.Create(CultureInfo.InvariantCulture, $"/series/{Series}?image={Image}")
            + (Frame > 1 ? string.Create(CultureInfo.InvariantCulture, $"&frame={Frame}") : "")
            + (Window.Length > 0 ? "&window=" + Uri.EscapeDataString(Window) : "");

        /// <param name="side">Of the square that the picture is fitted into.</param>
        public string ToPicture(long side) =>
            string.Create(
                CultureInfo.InvariantCulture, $"/api/instances/{Image}/image?frame={Frame}&width={side}&height={side}")
            + (Window.Length > 0 ? "&window=" + Uri.EscapeDataString(Window) : "");
    }
}
