using System.Net;
using System.Text;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

/// <summary>The stored file over HTTP: whole, in parts, and not at all where the client has it.</summary>
public sealed class FileTests
{
    private const string Url = "/api/instances/1/file";

    [Fact]
    public async Task The_file_comes_back_byte_for_byte()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = await StoreAsync(server);

        using var response = await server.GetAsync(Url);

        (await Bytes(response)).ShouldBe(file);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/dicom");
        response.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=\"2.25.7.dcm\"");
        response.Content.Headers.ContentLength.ShouldBe(file.Length);
        response.Content.Headers.LastModified.ShouldNotBeNull();
        response.Headers.AcceptRanges.ShouldBe(["bytes"]);
        response.Headers.ETag!.Tag.ShouldBe(
            $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file))}\"");
    }

    [Theory]
    [InlineData("file")]
    [InlineData("image")]
    [InlineData("raw")]
    [InlineData("tags")]
    public async Task Bytes_that_are_gone_are_told_to_be(string view)
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server);
        File.Delete(Path.Combine(server.Folder, "segments", "000001"));
        server.ExpectLog("Stored bytes are missing");

        using var response = await server.GetAsync($"/api/instances/1/{view}");

        response.StatusCode.ShouldBe(HttpStatusCode.Gone);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("neurdicom verify");
        server.LogText.ShouldContain("is missing");
    }

    [Fact]
    public async Task Head_tells_the_size_without_the_bytes()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = await StoreAsync(server);

        using var response = await server.SendAsync(HttpMethod.Head, Url);

        response.Content.Headers.ContentLength.ShouldBe(file.Length);
        (await Bytes(response)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bytes=0-3", 0, 4)]
    [InlineData("bytes=128-131", 128, 4)]
    [InlineData("bytes=-10", -10, 10)]
    [InlineData("bytes=0-", 0, int.MaxValue)]
    [InlineData("bytes=100-99999999", 100, int.MaxValue)]
    [InlineData("bytes=-99999999", 0, int.MaxValue)]
    public async Task A_range_is_answered_with_a_part(string range, int first, int length)
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = await StoreAsync(server);
        first = first < 0 ? file.Length + first : first;
        length = Math.Min(length, file.Length - first);

        using var response = await server.GetAsync(Url, ("Range", range));

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes {first}-{first + length - 1}/{file.Length}");
        (await Bytes(response)).ShouldBe(file[first..(first + length)]);
    }

    [Fact]
    public async Task Several_ranges_come_as_parts()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = await StoreAsync(server);

        using var response = await server.GetAsync(Url, ("Range", "bytes=128-131, -2"));

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("multipart/byteranges");
        var text = Encoding.Latin1.GetString(await Bytes(response));
        text.ShouldContain($"Content-Range: bytes 128-131/{file.Length}\r\n\r\nDICM\r\n--");
        text.ShouldContain($"Content-Range: bytes {file.Length - 2}-{file.Length - 1}/{file.Length}");
        text.Length.ShouldBe((int)response.Content.Headers.ContentLength!);
    }

    [Theory]
    [InlineData("bytes=5-2")]
    [InlineData("lines=0-3")]
    [InlineData("bytes=x")]
    [InlineData("bytes=0-99,0-99,0-99,0-99,0-99,0-99,0-99,0-99,0-99,0-99")]
    public async Task A_range_that_makes_no_sense_is_ignored(string range)
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = await StoreAsync(server);

        using var response = await server.GetAsync(Url, ("Range", range));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Bytes(response)).ShouldBe(file);
    }

    [Fact]
    public async Task A_range_behind_the_end_is_416()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = await StoreAsync(server);

        using var response = await server.GetAsync(Url, ("Range", "bytes=999999-"));

        response.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        response.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes */{file.Length}");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_range_of_another_representation_is_the_whole()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server);
        using var first = await server.GetAsync(Url);
        var date = first.Content.Headers.LastModified!.Value.ToString("r");

        (await Status(("If-Range", first.Headers.ETag!.Tag))).ShouldBe(206);
        (await Status(("If-Range", date))).ShouldBe(206);
        (await Status(("If-Range", "\"other\""))).ShouldBe(200);
        (await Status(("If-Range", "W/" + first.Headers.ETag!.Tag))).ShouldBe(200);
        (await Status(("If-Range", "Mon, 01 Jan 2001 00:00:00 GMT"))).ShouldBe(200);

        async Task<int> Status((string, string) condition)
        {
            using var response = await server.GetAsync(Url, ("Range", "bytes=0-3"), condition);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task What_the_client_has_is_not_sent_again()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server);
        using var first = await server.GetAsync(Url);

        using var second = await server.GetAsync(Url, ("If-None-Match", $"\"x\", {first.Headers.ETag!.Tag}"));
        using var third = await server.GetAsync(Url, ("If-Modified-Since", first.Content.Headers.LastModified!.Value.ToString("r")));

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        (await Bytes(second)).ShouldBeEmpty();
        third.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task A_precondition_that_does_not_hold_is_412()
    {
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server);
        using var first = await server.GetAsync(Url);
        var (etag, date) = (first.Headers.ETag!.Tag, first.Content.Headers.LastModified!.Value.ToString("r"));
        const string early = "Mon, 01 Jan 2001 00:00:00 GMT";

        (await Status(("If-Match", "*"))).ShouldBe(200);
        (await Status(("If-Match", $"\"other\", {etag}"))).ShouldBe(200);
        (await Status(("If-Match", "\"other\""))).ShouldBe(412);
        (await Status(("If-Match", "W/" + etag))).ShouldBe(412);
        (await Status(("If-Match", "\"other\""), ("If-None-Match", etag))).ShouldBe(412);
        (await Status(("If-Unmodified-Since", date))).ShouldBe(200);
        (await Status(("If-Unmodified-Since", early))).ShouldBe(412);
        (await Status(("If-Unmodified-Since", "yesterday"))).ShouldBe(200);
        (await Status(("If-Match", etag), ("If-Unmodified-Since", early))).ShouldBe(200);

        async Task<int> Status(params (string, string)[] conditions)
        {
            using var response = await server.GetAsync(Url, conditions);
            return (int)response.StatusCode;
        }
    }

    private static async Task<byte[]> StoreAsync(ArchiveServer server)
    {
        var file = new PictureFile().Text(Tag.SopInstanceUid, "UI", "2.25.7").Pixels(Enumerable.Range(0, 64).ToArray()).Write();
        (await server.StoreAsync(file))["outcome"]!.ToString().ShouldBe("stored");
        return file;
    }

    private static Task<byte[]> Bytes(HttpResponseMessage response)
    {
        return response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
