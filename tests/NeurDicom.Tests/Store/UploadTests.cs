using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Store;

/// <summary>Storing over HTTP: what may be sent, and what is answered.</summary>
public sealed class UploadTests
{
    [Fact]
    public async Task A_body_that_is_an_instance_is_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile().Text(Tag.SopInstanceUid, "UI", "2.25.1").Write();

        using var response = await server.PostDicomAsync(file);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await Text(response)).ShouldBe(
            """{"instances":[{"file":null,"id":1,"sop_instance_uid":"2.25.1","outcome":"stored","reason":null,"warnings":[]}]}""");
    }

    [Fact]
    public async Task The_same_instance_again_is_already_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile().Write();
        await server.StoreAsync(file);

        using var response = await server.PostDicomAsync(file);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        Entries(await Text(response))[0]!["outcome"]!.ToString().ShouldBe("already_stored");
    }

    [Fact]
    public async Task Other_bytes_under_a_stored_uid_are_a_conflict()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile();
        await server.StoreAsync(file.Write());

        using var response = await server.PostDicomAsync(file.Text(Tag.Modality, "CS", "CT").Write());

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var answer = JsonNode.Parse(await Text(response))!;
        answer["instances"]![0]!["outcome"]!.ToString().ShouldBe("refused");
        answer["instances"]![0]!["id"]!.GetValue<int>().ShouldBe(1);
        answer["status"]!.GetValue<int>().ShouldBe(409);
        answer["detail"]!.ToString().ShouldBe(answer["instances"]![0]!["reason"]!.ToString());
    }

    [Fact]
    public async Task Kept_versions_stay_readable()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, Duplicates = DuplicatePolicy.Keep });
        var file = new PictureFile();
        var (first, second) = (file.Write(), file.Text(Tag.Modality, "CS", "CT").Write());
        await server.StoreAsync(first);
        await server.StoreAsync(second);

        (await server.Http.GetByteArrayAsync("/api/instances/1/file", TestContext.Current.CancellationToken)).ShouldBe(second);
        (await server.Http.GetByteArrayAsync("/api/instances/1/versions/1/file", TestContext.Current.CancellationToken)).ShouldBe(first);
        (await server.Http.GetByteArrayAsync("/api/instances/1/versions/2/file", TestContext.Current.CancellationToken)).ShouldBe(second);
        using var third = await server.GetAsync("/api/instances/1/versions/3/file");
        third.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_form_with_several_files_is_answered_file_by_file()
    {
        await using var server = await ArchiveServer.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new PictureFile().Write()), "file0", "a.dcm" },
            { new StringContent("a field"), "comment" },
            { new ByteArrayContent(new PictureFile().Write()), "file0", "b.dcm" },
            { new ByteArrayContent("no DICOM"u8.ToArray()), "file1", "../../ключ<b>.txt" },
        };

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", form);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var entries = Entries(await Text(response));
        entries.Select(entry => entry!["outcome"]!.ToString()).ShouldBe(["stored", "stored", "refused"]);
        entries.Select(entry => entry!["file"]!.ToString()).ShouldBe(["a.dcm", "b.dcm", "../../ключ<b>.txt"]);
        entries[2]!["reason"]!.ToString().ShouldNotBeEmpty();
        Directory.EnumerateFiles(server.Folder, "*.txt", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_of_multipart_related_are_stored_as_they_come()
    {
        await using var server = await ArchiveServer.StartAsync();
        using var content = new MultipartContent("related", "x");
        for (var i = 0; i < 100; i++)
        {
            var part = new ByteArrayContent(new PictureFile().Text(Tag.SopInstanceUid, "UI", $"2.25.{100 + i}").Write());
            part.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
            content.Add(part);
        }

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances", content);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        Entries(await Text(response)).Select(entry => entry!["sop_instance_uid"]!.ToString())
            .ShouldBe(Enumerable.Range(100, 100).Select(i => $"2.25.{i}"));
    }

    [Fact]
    public async Task An_instance_larger_than_memory_allows_is_streamed()
    {
        await using var server = await ArchiveServer.StartAsync();
        var large = new PictureFile().Short(Tag.Rows, 2048).Short(Tag.Columns, 1024).Pixels(new int[2048 * 1024]).Write();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(large), "a", "large.dcm" },
            { new ByteArrayContent(new PictureFile().Write()), "b", "small.dcm" },
        };

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", form);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await Text(response));
        (await server.Http.GetByteArrayAsync("/api/instances/1/file", TestContext.Current.CancellationToken)).ShouldBe(large);
    }

    [Theory]
    [InlineData("application/json", "{}", 415)]
    [InlineData("text/plain", "x", 415)]
    [InlineData("multipart/form-data", "x", 400)]
    [InlineData("multipart/form-data; boundary=b", "x", 400)]
    [InlineData("multipart/form-data; boundary=b", "--b--\r\n", 400)]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx\r\n--b--\r\n", 400)]
    [InlineData("application/dicom", "", 400)]
    [InlineData("application/dicom", "not DICOM at all", 400)]
    public async Task What_holds_no_instance_is_refused(string contentType, string body, int status)
    {
        await using var server = await ArchiveServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances", content);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("/api/instances", "gzip", 415)]
    [InlineData("/api/instances/upload", "deflate", 415)]
    [InlineData("/api/instances", "identity", 200)]
    public async Task A_body_in_a_coding_is_refused(string path, string coding, int status)
    {
        await using var server = await ArchiveServer.StartAsync();
        using var content = new ByteArrayContent(new PictureFile().Write());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/dicom");
        content.Headers.ContentEncoding.Add(coding);

        using var response = await server.SendAsync(HttpMethod.Post, path, content);

        ((int)response.StatusCode).ShouldBe(status);
        if (status == 415)
        {
            (await Text(response)).ShouldContain("Content-Encoding");
            response.Headers.GetValues("Accept-Encoding").ShouldBe(["identity"]);
        }
    }

    [Fact]
    public async Task An_upload_that_has_hardly_begun_holds_nobody_up()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, MaxStores = 1 });
        var file = new PictureFile().Write();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(
            "POST /api/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/dicom\r\nContent-Length: 9000\r\n\r\nx"u8.ToArray(),
            TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);

        using var response = await server.PostDicomAsync(file)
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_server_that_stops_counts_half_an_upload_as_gone()
    {
        await using var server = await ArchiveServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(
            "POST /api/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/dicom\r\nContent-Length: 9000\r\n\r\nx"u8.ToArray(),
            TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);

        // What its grace being over does.
        await server.Services.GetRequiredService<IServer>().StopAsync(new CancellationToken(canceled: true));

        for (var i = 0; i < 100 && !Regex.IsMatch(server.LogText, " 499 |^499 ", RegexOptions.Multiline); i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        server.LogText.ShouldContain("499 POST /api/instances");
    }

    [Theory]
    [InlineData("\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"cut.dcm\"\r\n\r\nDIC", "no final boundary found")]
    [InlineData("\r\n--b and text\r\n", "a boundary is followed by text")]
    public async Task A_body_that_breaks_off_is_answered_with_what_was_stored(string end, string reason)
    {
        await using var server = await ArchiveServer.StartAsync();
        using var content = Form(new PictureFile().Write(), end);

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", content);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var entries = Entries(await Text(response));
        entries.Select(entry => entry!["outcome"]!.ToString()).ShouldBe(["stored", "refused"]);
        entries[0]!["id"]!.GetValue<int>().ShouldBe(1);
        entries[1]!["reason"]!.ToString().ShouldContain(reason);
        (await server.GetJsonAsync("/api/statistics"))["instances"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Too_many_parts_are_refused_and_the_first_ones_stored()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, MaxParts = 2 });
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 3; i++)
            form.Add(new ByteArrayContent(new PictureFile().Write()), "f", $"{i}.dcm");
        using var fields = new MultipartFormDataContent();
        for (var i = 0; i < 3; i++)
            fields.Add(new StringContent("x"), "f");

        using var files = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", form);
        using var none = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", fields);

        files.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var entries = Entries(await Text(files));
        entries.Select(entry => entry!["outcome"]!.ToString()).ShouldBe(["stored", "stored", "refused"]);
        entries[2]!["reason"]!.ToString().ShouldContain("too many parts");
        none.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_form_beyond_the_limit_is_answered_with_what_was_stored()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, MaxRequest = 100_000, MaxUpload = 100_000 });
        using var form = Form(new PictureFile().Write(), "\r\n--b\r\n\r\n" + new string('x', 200_000));
        var body = await form.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        // Chunked, so that the length is not known before; with a pause, as Kestrel gives nothing out of what goes too far.
        using var content = new PausingContent(body, 60_000, TimeSpan.FromSeconds(0.5), isChunked: true);
        using var response = await server.SendAsync(
            HttpMethod.Post, "/api/instances/upload", content, ("Transfer-Encoding", "chunked"));

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        Entries(await Text(response)).Select(entry => entry!["outcome"]!.ToString()).ShouldBe(["stored", "refused"]);
    }

    [Fact]
    public async Task Uploading_takes_what_storing_takes()
    {
        await using var server = await ArchiveServer.StartAsync();
        using var content = new ByteArrayContent(new PictureFile().Write());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", content);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_beyond_the_limit_is_413()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, MaxRequest = 10_000, MaxUpload = 10_000 });

        using var response = await server.PostDicomAsync(new byte[20_000]);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData(20_000, 10_000, 413)]
    [InlineData(1L << 60, long.MaxValue, 507)]
    public async Task What_is_announced_and_cannot_be_taken_is_refused_before_it_comes(long length, long limit, int status)
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, MaxRequest = long.MaxValue, MaxUpload = limit });
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST /api/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/dicom\r\nContent-Length: {length}\r\n\r\n");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        answer.ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "));
    }

    [Theory]
    [InlineData("application/dicom", "")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n")]
    public async Task A_client_that_goes_away_leaves_nothing_behind(string contentType, string head)
    {
        await using var server = await ArchiveServer.StartAsync();
        var large = new PictureFile().Short(Tag.Rows, 1024).Short(Tag.Columns, 1024).Pixels(new int[1024 * 1024]).Write();
        byte[][] bodies = [large[..1000], large[..70_000], large[..1_500_000]];

        foreach (var body in bodies)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
            var request = $"POST /api/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: {contentType}\r\nContent-Length: 9000000\r\n\r\n{head}";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(body, TestContext.Current.CancellationToken);
        }

        for (var i = 0; i < 100 && Regex.Count(server.LogText, " 499 |^499 ", RegexOptions.Multiline) < bodies.Length; i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Directory.EnumerateFiles(Path.Combine(server.Folder, "large")).ShouldBeEmpty();
        (await server.GetJsonAsync("/api/statistics"))["instances"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_store()
    {
        await using var server = await ArchiveServer.StartAsync();
        using var content = new ByteArrayContent(new PictureFile().Write());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");

        using var response = await server.SendAsync(
            HttpMethod.Post, "/api/instances", content, ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"));

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await server.GetJsonAsync("/api/statistics"))["instances"]!.GetValue<int>().ShouldBe(0);
    }

    private static ByteArrayContent Form(byte[] file, string end)
    {
        byte[] body =
        [
            .. "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.dcm\"\r\n\r\n"u8, .. file, .. Encoding.ASCII.GetBytes(end),
        ];
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return content;
    }

    private static JsonArray Entries(string text)
    {
        return JsonNode.Parse(text)!["instances"]!.AsArray();
    }

    private static Task<string> Text(HttpResponseMessage response)
    {
        return response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
