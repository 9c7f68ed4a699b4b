using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NeurDicom.Tests.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Store;

/// <summary>The shapes in which clients send several files.</summary>
public sealed class UploadFormTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_fields_of_the_originals_client_are_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 12; i++)
            form.Add(new ByteArrayContent(SmallFile.Create($"1.2.{i + 1}")), $"file{i}", $"IM{i}");

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", form);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        Names(await AnswerAsync(response)).ShouldBe(Enumerable.Range(0, 12).Select(i => $"IM{i}"));
    }

    [Theory]
    [InlineData("/api/instances")]
    [InlineData("/api/instances/upload")]
    public async Task Several_files_of_one_field_may_be_a_multipart_of_their_own(string path)
    {
        await using var server = await ArchiveServer.StartAsync();
        // RFC 7578 4.3, as older clients send it.
        var inner = Multipart("i", Part("Content-Disposition: file; filename=\"a.dcm\"", SmallFile.Create("1.2.1")),
            Part("Content-Disposition: file; filename=\"b.dcm\"", SmallFile.Create("1.2.2")));
        var body = Multipart("o", Part("Content-Disposition: form-data; name=\"comment\"", "x"u8.ToArray()),
            Part("Content-Disposition: form-data; name=\"files\"\r\nContent-Type: multipart/mixed; boundary=i", inner),
            Part("Content-Disposition: form-data; name=\"files\"; filename=\"c.dcm\"", SmallFile.Create("1.2.3")));

        var (status, answer) = await PostAsync(server, path, "multipart/form-data; boundary=o", body);

        status.ShouldBe(HttpStatusCode.OK);
        Names(answer).ShouldBe(["a.dcm", "b.dcm", "c.dcm"]);
    }

    [Fact]
    public async Task A_zip_within_a_nested_multipart_is_unpacked()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip().Add("x", SmallFile.Create("1.2.1")).Build();
        var inner = Multipart("i", Part("Content-Type: application/zip", zip), Part("Content-Type: application/dicom", SmallFile.Create("1.2.2")));
        var body = Multipart("o", Part("Content-Type: multipart/mixed; boundary=\"i\"", inner));

        var (status, answer) = await PostAsync(server, "/api/instances", "multipart/related; boundary=o", body);

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        Names(answer).ShouldBe(["x", ""]);
    }

    [Fact]
    public async Task Multiparts_are_nested_no_deeper_than_anybody_needs()
    {
        await using var server = await ArchiveServer.StartAsync();
        var body = Part("Content-Type: application/dicom", SmallFile.Create("1.2.1"));
        for (var depth = 0; depth < 30; depth++)
            body = Part($"Content-Type: multipart/mixed; boundary=b{depth}", Multipart($"b{depth}", body));

        var (status, answer) = await PostAsync(server, "/api/instances", "multipart/mixed; boundary=o", Multipart("o", body));

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer["detail"]!.ToString().ShouldContain("nested too deeply");
    }

    [Fact]
    public async Task A_nested_multipart_that_is_malformed_leaves_the_rest_readable()
    {
        await using var server = await ArchiveServer.StartAsync();
        var body = Multipart("o", Part("Content-Disposition: form-data; name=\"f\"; filename=\"bad\"\r\nContent-Type: multipart/mixed; boundary=i", "none"u8.ToArray()),
            Part("Content-Disposition: form-data; name=\"f\"; filename=\"good\"", SmallFile.Create("1.2.1")));

        var (status, answer) = await PostAsync(server, "/api/instances", "multipart/form-data; boundary=o", body);

        status.ShouldBe(HttpStatusCode.Accepted);
        Names(answer).ShouldBe(["bad", "good"]);
        answer["instances"]![0]!["reason"]!.ToString().ShouldContain("multipart");
    }

    [Fact]
    public async Task The_parts_of_nested_multiparts_count_towards_the_limit()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, MaxParts = 4 });
        var inner = Multipart("i", [.. Enumerable.Range(1, 3).Select(i => Part("Content-Type: application/dicom", SmallFile.Create($"1.2.{i}")))]);
        var body = Multipart("o", Part("Content-Type: multipart/mixed; boundary=i", inner), Part("Content-Type: multipart/mixed; boundary=i", inner));

        var (status, answer) = await PostAsync(server, "/api/instances", "multipart/related; boundary=o", body);

        status.ShouldBe(HttpStatusCode.Accepted);
        answer["instances"]!.AsArray().Count.ShouldBe(4);
        answer["instances"]![3]!["reason"]!.ToString().ShouldContain("too many parts");
    }

    [Fact]
    public async Task A_file_that_goes_beyond_the_request_has_its_own_entry()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, MaxRequest = 100_000, MaxUpload = 100_000 });
        byte[] large = [.. SmallFile.Create("1.2.2"), .. new byte[200_000]];
        var body = Multipart("b", Part("Content-Disposition: form-data; name=\"f\"; filename=\"small.dcm\"", SmallFile.Create("1.2.1")),
            Part("Content-Disposition: form-data; name=\"f\"; filename=\"large.dcm\"", large));

        // Chunked, so that the length is not known before; with a pause, as Kestrel gives nothing out of what goes too far.
        using var content = new PausingContent(body, 60_000, TimeSpan.FromSeconds(0.5), isChunked: true);
        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", content, ("Transfer-Encoding", "chunked"));

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var answer = await AnswerAsync(response);
        Names(answer).ShouldBe(["small.dcm", "large.dcm"]);
        answer["instances"]![1]!["reason"]!.ToString().ShouldContain("max_request");
    }

    [Fact]
    public async Task A_file_larger_than_an_instance_may_be_has_its_own_entry()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, MaxUpload = 100_000 });
        byte[] large = [.. SmallFile.Create("1.2.2"), .. new byte[200_000]];
        var body = Multipart("b", Part("Content-Disposition: form-data; name=\"f\"; filename=\"large.dcm\"", large),
            Part("Content-Disposition: form-data; name=\"f\"; filename=\"small.dcm\"", SmallFile.Create("1.2.1")));

        var (status, answer) = await PostAsync(server, "/api/instances/upload", "multipart/form-data; boundary=b", body);

        status.ShouldBe(HttpStatusCode.Accepted);
        Names(answer).ShouldBe(["large.dcm", "small.dcm"]);
        answer["instances"]![0]!["reason"]!.ToString().ShouldBe("The instance is larger than 100000 bytes.");
    }

    [Fact]
    public async Task A_file_that_was_not_chosen_is_none()
    {
        await using var server = await ArchiveServer.StartAsync();
        const string Chosen = "Content-Disposition: form-data; name=\"f\"; filename=\"a\"\r\nContent-Type: application/octet-stream";
        var none = Part("Content-Disposition: form-data; name=\"f\"; filename=\"\"\r\nContent-Type: application/octet-stream", []);

        var (status, answer) = await PostAsync(
            server, "/api/instances/upload", "multipart/form-data; boundary=b", Multipart("b", none, Part(Chosen, SmallFile.Create("1.2.1"))));
        var (alone, _) = await PostAsync(server, "/api/instances/upload", "multipart/form-data; boundary=b", Multipart("b", none));

        status.ShouldBe(HttpStatusCode.OK);
        Names(answer).ShouldBe(["a"]);
        alone.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("zip", "send it as application/zip")]
    [InlineData("dicomdir", "index of files")]
    public async Task What_is_no_instance_is_called_by_its_name(string what, string reason)
    {
        await using var server = await ArchiveServer.StartAsync();
        byte[] directory =
        [
            .. new byte[128], .. "DICM"u8,
            .. SmallFile.Element(0x0002, 0x0000, "UL", BitConverter.GetBytes(56)),
            .. SmallFile.Text(0x0002, 0x0002, "UI", "1.2.840.10008.1.3.10"),
            .. SmallFile.Text(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1"),
            .. SmallFile.Text(0x0004, 0x1130, "CS", "SET"),
        ];
        var body = what == "zip" ? new RawZip().Add("a", SmallFile.Create("1.2.1")).Build() : directory;

        var (status, answer) = await PostAsync(server, "/api/instances", "application/dicom", body);

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer["detail"]!.ToString().ShouldContain(reason);
    }

    [Theory]
    [InlineData("/api/instances")]
    [InlineData("/api/instances/upload")]
    public async Task Progress_is_told_to_who_asks_for_it(string path)
    {
        await using var server = await ArchiveServer.StartAsync();
        var body = Multipart("b", Part("Content-Disposition: form-data; name=\"f\"; filename=\"a\"", SmallFile.Create("1.2.1")),
            Part("Content-Disposition: form-data; name=\"f\"; filename=\"b\"", SmallFile.Create("1.2.2")));
        using var content = new PausingContent(body, body.Length - 100, TimeSpan.FromSeconds(1.3), isChunked: false);

        using var response = await server.SendAsync(HttpMethod.Post, path, content, ("Accept", "application/x-ndjson"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!).ToArray();
        lines.Length.ShouldBeGreaterThan(1);
        lines[0]["received"]!.GetValue<long>().ShouldBeGreaterThan(0);
        lines[0]["length"]!.GetValue<long>().ShouldBe(content.Headers.ContentLength!.Value);
        lines[0]["refused"]!.GetValue<long>().ShouldBe(0);
        Names(lines[^1]).ShouldBe(["a", "b"]);
        lines[^1]["status"]!.GetValue<int>().ShouldBe(200);
    }

    [Fact]
    public async Task A_store_that_is_over_at_once_is_one_line_and_what_is_wrong_has_its_status()
    {
        await using var server = await ArchiveServer.StartAsync();
        var bad = Multipart("b", Part("Content-Disposition: form-data; name=\"f\"; filename=\"a\"", "x"u8.ToArray()));

        var (status, answer) = await PostAsync(server, "/api/instances", "multipart/form-data; boundary=b", bad, ("Accept", "application/x-ndjson"));
        var (unknown, _) = await PostAsync(server, "/api/instances", "text/plain", bad, ("Accept", "application/x-ndjson"));

        status.ShouldBe(HttpStatusCode.OK);
        answer["status"]!.GetValue<int>().ShouldBe(400);
        unknown.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    private static byte[] Part(string headers, byte[] content) => [.. Encoding.ASCII.GetBytes(headers + "\r\n\r\n"), .. content];

    private static byte[] Multipart(string boundary, params byte[][] parts) =>
    [
        .. parts.SelectMany(part => (byte[])[.. Encoding.ASCII.GetBytes($"--{boundary}\r\n"), .. part, .. "\r\n"u8]),
        .. Encoding.ASCII.GetBytes($"--{boundary}--\r\n"),
    ];

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(
        ArchiveServer server, string path, string type, byte[] body, params (string Name, string Value)[] headers)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await server.SendAsync(HttpMethod.Post, path, content, headers);
        return (response.StatusCode, await AnswerAsync(response));
    }

    private static async Task<JsonNode> AnswerAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

    private static IEnumerable<string> Names(JsonNode answer) =>
        answer["instances"]!.AsArray().Select(entry => entry!["file"]?.ToString() ?? "");
}
