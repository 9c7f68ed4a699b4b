using System.Net;
using System.Net.Http.Headers;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

public sealed class UploadPageTests
{
    [Fact]
    public async Task A_plain_form_stores_its_files_and_says_what_became_of_each()
    {
        await using var server = await ArchiveServer.StartAsync();
        var slices = SampleStudies.Ct(2).ToList();

        using var response = await SendAsync(
            server, ("one.dcm", slices[0]), ("two <b>.dcm", slices[1]), ("same.dcm", slices[0]),
            ("notes.txt", "hello"u8.ToArray()));
        var page = await response.TextAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.ShouldContain("3 stored, 1 refused");
        page.ShouldContain("<bdi>one.dcm</bdi></td><td>Stored");
        page.ShouldContain("two &lt;b&gt;.dcm");
        page.ShouldContain("<bdi>same.dcm</bdi></td><td>Was here already");
        page.ShouldContain("<bdi>notes.txt</bdi></td><td>Refused");
        (await server.PageAsync("/studies/1")).ShouldContain("2 images");
    }

    [Fact]
    public async Task A_form_without_files_says_so()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await SendAsync(server);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.TextAsync()).ShouldContain("There were no DICOM files in it.");
    }

    [Fact]
    public async Task A_body_that_is_no_form_is_an_error_page()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.PostFormAsync("/upload", new Dictionary<string, string> { ["file"] = "x" });

        ((int)response.StatusCode).ShouldBeInRange(400, 415);
        (await response.TextAsync()).ShouldContain("<h1>");
    }

    private static Task<HttpResponseMessage> SendAsync(ArchiveServer server, params (string Name, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent { { new StringContent("x"), "comment" } };
        foreach (var (name, bytes) in files)
        {
            var part = new ByteArrayContent(bytes);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            form.Add(part, "file", name);
        }

        return server.SendAsync(HttpMethod.Post, "/upload", form, ("Accept", "text/html"));
    }
}
