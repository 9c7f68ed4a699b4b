using System.Net;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

/// <summary>Asks for pages as a browser without JavaScript does.</summary>
internal static class PageClient
{
    private const string Accept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    public static Task<HttpResponseMessage> GetPageAsync(
        this ArchiveServer server, string path, params (string Name, string Value)[] headers) =>
        server.GetAsync(path, [("Accept", Accept), .. headers]);

    /// <summary>The text of a page that is there.</summary>
    public static async Task<string> PageAsync(
        this ArchiveServer server, string path, params (string Name, string Value)[] headers)
    {
        using var response = await server.GetPageAsync(path, headers);
        var text = await response.TextAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        return text;
    }

    public static Task<HttpResponseMessage> PostFormAsync(
        this ArchiveServer server, string path, IEnumerable<KeyValuePair<string, string>> fields,
        params (string Name, string Value)[] headers) =>
        server.SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(fields), [("Accept", Accept), .. headers]);

    public static Task<string> TextAsync(this HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public static string Header(this HttpResponseMessage response, string name) =>
        string.Join(", ", response.Headers.TryGetValues(name, out var values) ? values : response.Content.Headers.GetValues(name));

    /// <summary>Stores files; gives the id of the last.</summary>
    public static async Task<long> StoreAllAsync(this ArchiveServer server, IEnumerable<byte[]> files)
    {
        var id = 0L;
        foreach (var file in files)
        {
            var entry = await server.StoreAsync(file);
            entry["outcome"]!.ToString().ShouldBe("stored", entry.ToJsonString());
            id = entry["id"]!.GetValue<long>();
        }

        return id;
    }
}
