using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Tornado.Tests;

public sealed class FormTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(3_000_000)]
    public async Task A_large_file_is_spilled_and_reads_the_same(int size)
    {
        await using var server = await TestServer.StartAsync<Uploads>();
        var before = Spilled().Count;
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("Zoë"), "name" },
            { new ByteArrayContent(bytes), "file", "big.bin" },
        };

        using var answer = await server.SendAsync("POST", "/", form);

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldBe($"Zoë big.bin {size} {Convert.ToHexStringLower(SHA256.HashData(bytes))} same");
        Spilled().Count.ShouldBe(before);
    }

    [Fact]
    public async Task A_value_that_is_too_large_for_memory_is_refused()
    {
        await using var server = await TestServer.StartAsync<Uploads>();
        using var form = new MultipartFormDataContent { { new StringContent(new string('x', 2_000_000)), "name" } };

        using var answer = await server.SendAsync("POST", "/", form);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_form_has_a_limited_number_of_arguments()
    {
        await using var server = await TestServer.StartAsync<Uploads>(new() { MaxArguments = 10 });
        using var content = new StringContent(string.Join('&', Enumerable.Range(0, 11).Select(i => $"a{i}=1")));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");

        using var answer = await server.SendAsync("POST", "/", content);
        using var query = await server.GetAsync(
            "/?" + string.Join('&', Enumerable.Range(0, 11).Select(i => $"a{i}=1")));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        query.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Multipart_bodies_can_be_switched_off()
    {
        await using var server = await TestServer.StartAsync<Uploads>(new() { Multipart = new() { Enabled = false } });
        using var form = new MultipartFormDataContent { { new StringContent("x"), "name" } };

        using var answer = await server.SendAsync("POST", "/", form);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_streaming_handler_takes_part_by_part()
    {
        await using var server = await TestServer.StartAsync<Parts>();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[70_000]), "one", "1.dcm" },
            { new ByteArrayContent(new byte[5]), "two", "2.dcm" },
        };

        using var answer = await server.SendAsync("POST", "/", form);

        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldBe("1.dcm 70000;2.dcm 5;");
    }

    [Fact]
    public async Task A_streaming_handler_asks_for_its_media_type()
    {
        await using var server = await TestServer.StartAsync<Parts>();

        using var answer = await server.SendAsync("POST", "/", new StringContent("x", Encoding.UTF8, "text/plain"));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    // Case I11, where Tornado stores the name under its Latin-1 reading.
    [Fact]
    public async Task Argument_names_are_utf8()
    {
        await using var server = await TestServer.StartAsync<Named>();

        (await server.GetTextAsync("/?%C3%A9=1")).ShouldBe("1");
    }

    private static List<string> Spilled() => [.. Directory.EnumerateFiles(Path.GetTempPath(), "tornado-*")];

    private sealed class Named : RequestHandler
    {
        public void Get() => Write(GetArgument("é"));
    }

    private sealed class Uploads : RequestHandler
    {
        public void Get() => Write(GetArgument("a0"));

        public async Task PostAsync(CancellationToken cancel)
        {
            var file = Request.Files["file"][0];
            await using var stream = file.OpenRead();
            var hash = Convert.ToHexStringLower(
                await SHA256.HashDataAsync(stream, cancel));
            stream.Position = 0;
            var copy = new byte[file.Length];
            await stream.ReadExactlyAsync(copy, cancel);
            var same = copy.AsSpan().SequenceEqual(file.Body.Span) ? "same" : "other";
            Write($"{GetBodyArgument("name")} {file.FileName} {file.Length} {hash} {same}");
        }
    }

    [StreamRequestBody]
    private sealed class Parts : RequestHandler
    {
        public async Task PostAsync(CancellationToken cancel)
        {
            var parts = Request.OpenMultipart();
            while (await parts.ReadPartAsync(cancel) is { } part)
            {
                var size = 0L;
                var buffer = new byte[8192];
                while (await part.Body.ReadAsync(buffer, cancel) is > 0 and var read)
                    size += read;
                Write($"{part.FileName} {size};");
            }
        }
    }
}
