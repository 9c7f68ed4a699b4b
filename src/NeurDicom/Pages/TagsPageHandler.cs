using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Dicom;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Pages;

/// <summary><c>GET /instances/:id/tags</c>: the elements of one file, as a table.</summary>
[RequiredAuth(Role.Reader)]
internal sealed class TagsPageHandler(ApiContext context, InstanceQueries instances) : HtmlHandler(context)
{
    private const int LargestAtOnce = 4 << 20;
    private const int MostRows = 5000;
    private const int MostLevels = 32;
    private const int LongestValue = 1000;

    // The ingest refuses deeper data sets long before (Settings.MaxNesting); three levels of JSON for each of DICOM.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 4096 };

    public async Task GetAsync(long id)
    {
        var image = await ReadRowAsync<InstanceRow>(instances, id);
        using var instance = await Context.Archive.OpenAsync(id, version: null, Aborted)
            ?? throw NotFound(Level.Instance, id);
        var metadata = instance.ReadMetadata();
        if (metadata.Size is 0 or > LargestAtOnce)
        {
            throw new ProblemException(
                StatusCodes.Status422UnprocessableEntity, "These tags are too many for a page; the API has them.");
        }

        using var document = JsonDocument.Parse(metadata.ToJson(), Options);
        var rows = new List<Html>();
        Add(rows, document.RootElement, 0);
        Html cut = rows.Count < MostRows ? default
            : (Html)$"""<p>{Say($"Only the first {MostRows} elements are shown.", $"仅显示前 {MostRows} 个元素。")}</p>""";
        var series = image.Parent?.Series.Id;
        WritePage(
            Say($"Tags of image {id}", $"图像 {id} 的标签"),
            $"""
            <p class="way"><a href="/">{Say("Studies", "检查")}</a>
            <a href="/series/{series}?image={id}">{Say("Image", "图像")} {id}</a></p>
            <div class="title">
            <h1>{Say("Tags", "标签")}</h1>
            <p class="buttons"><a class="button" href="/api/instances/{id}/tags">JSON</a>
            <a class="button" href="/api/instances/{id}/file" download="{id}.dcm">{Say("Download file", "下载文件")}</a></p>
            </div>
            <div class="wide" role="region" tabindex="0" aria-label="{Say("Elements of the file", "文件元素")}">
            <table class="tags">
            <caption class="hidden">{Say("Elements of the file", "文件元素")}</caption>
            <thead><tr>
            <th scope="col">{Say("Tag", "标签")}</th><th scope="col">VR</th>
            <th scope="col">{Say("Name", "名称")}</th><th scope="col">{Say("Value", "值")}</th>
            </tr></thead>
            <tbody>
            {rows}
            </tbody>
            </table>
            </div>
            {cut}
            """,
            new PageOptions(Place: "/", Kind: "tags-page"));
    }

    /// <summary>
    /// Adds a row for every element of DICOM JSON (PS3.18 F.2), and below a sequence those of its items.
    /// </summary>
    private static void Add(List<Html> rows, JsonElement dataSet, int level)
    {
        foreach (var element in dataSet.EnumerateObject())
        {
            if (rows.Count >= MostRows)
                return;

            var vr = element.Value.TryGetProperty("vr"u8, out var representation) ? representation.GetString() : null;
            var isTag = uint.TryParse(
                element.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number);
            var name = isTag ? DataDictionary.Find(new Tag(number))?.Name : null;
            var tag = string.Concat(
                Enumerable.Repeat("› ", level)) + (isTag ? new Tag(number).ToString() : element.Name);
            var depth = Math.Min(level, 6);
            rows.Add($"""
                <tr class="level-{depth}"><td class="tag">{tag}</td><td>{vr}</td><td>{name}</td>
                <td class="value"><bdi>{ValueOf(element.Value, vr)}</bdi></td></tr>

                """);
            if (vr != "SQ" || level >= MostLevels || !element.Value.TryGetProperty("Value"u8, out var items))
                continue;
            foreach (var item in items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
                Add(rows, item, level + 1);
        }
    }

    private static string ValueOf(JsonElement element, string? vr)
    {
        if (element.TryGetProperty("BulkDataURI"u8, out _) || element.TryGetProperty("InlineBinary"u8, out _))
            return "…";
        if (!element.TryGetProperty("Value"u8, out var values) || values.ValueKind != JsonValueKind.Array)
            return "";
        if (vr == "SQ")
            return string.Create(CultureInfo.InvariantCulture, $"({values.GetArrayLength()})");

        // Enough of them that the text is as long as is shown.
        var text = string.Join(" \\ ", values.EnumerateArray().Take(LongestValue).Select(TextOf));
        return text.Length > LongestValue ? text[..LongestValue] + "…" : text;
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        // A person's name has a member for each of its groups.
        JsonValueKind.Object => string.Join(" = ", value.EnumerateObject().Select(group => group.Value.ToString())),
        _ => value.ToString(),
    };
}
