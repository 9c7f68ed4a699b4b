using System.Net;
using System.Text.Json.Nodes;
using NeurDicom.Browse;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

/// <summary>The tags of a small file with so many elements that their text is large.</summary>
public sealed class LargeTagsTests
{
    private const int Elements = 60_000;
    private const string Url = "/api/instances/1/tags";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/dicom+json")]
    public async Task All_of_a_large_header_is_sent(string accept)
    {
        await using var server = await StartAsync();

        using var get = await server.GetAsync(Url, ("Accept", accept));
        using var head = await server.SendAsync(HttpMethod.Head, Url, null, ("Accept", accept));
        using var again = await server.GetAsync(Url, ("Accept", accept), ("If-None-Match", get.Headers.ETag!.Tag));

        var text = await get.Content.ReadAsByteArrayAsync(Cancel);
        get.Content.Headers.ContentType!.MediaType.ShouldBe(accept);
        get.Content.Headers.ContentLength.ShouldBe(text.Length);
        head.Content.Headers.ContentLength.ShouldBe(text.Length);
        text.Length.ShouldBeGreaterThan(1 << 20);
        JsonNode.Parse(text)!.AsObject().Count.ShouldBeGreaterThan(Elements);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Large_answers_wait_for_one_another_and_nobody_for_them()
    {
        await using var server = await StartAsync();
        await server.StoreAsync(new PictureFile().Write());
        await TagsHandler.LargeAnswers.WaitAsync(Cancel);
        await TagsHandler.LargeAnswers.WaitAsync(Cancel);
        Task<HttpResponseMessage> large;
        try
        {
            large = server.GetAsync(Url);
            using var small = await server.GetAsync("/api/instances/2/tags");
            using var streamed = await server.GetAsync(Url, ("Accept", "application/dicom+json"));
            await Task.Delay(200, Cancel);

            small.StatusCode.ShouldBe(HttpStatusCode.OK);
            streamed.StatusCode.ShouldBe(HttpStatusCode.OK);
            large.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            TagsHandler.LargeAnswers.Release(2);
        }

        using var response = await large;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<ArchiveServer> StartAsync()
    {
        var server = await ArchiveServer.StartAsync();
        var file = new PictureFile();
        for (var i = 0; i < Elements; i++)
            file.Bytes(new Tag((ushort)(0x0009 + (2 * (i / 0x8000))), (ushort)(0x1000 + (i % 0x8000))), "LO", []);
        (await server.StoreAsync(file.Write()))["outcome"]!.ToString().ShouldBe("stored");
        return server;
    }
}
