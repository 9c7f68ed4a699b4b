using System.Net;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

/// <summary>Values that are too large for the tags.</summary>
public sealed class BulkTests
{
    private static readonly Tag OverlayData = new(0x6000_3000);
    private static readonly Tag IconImageSequence = new(0x0088_0200);
    private static readonly byte[] Value = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    [Fact]
    public async Task What_the_tags_leave_out_is_where_they_say()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile()
            .Bytes(OverlayData, "OW", Value)
            .Sequence(IconImageSequence, icon => icon.Bytes(OverlayData, "OW", Value[..2000]))
            .Write());
        var tags = await server.GetJsonAsync("/api/instances/1/tags");
        var (overlay, nested) = (tags["Overlay Data"]!["BulkDataURI"]!.ToString(),
            tags["Icon Image Sequence"]![0]!["Overlay Data"]!["BulkDataURI"]!.ToString());

        (await Get(server, "/api/instances/1/" + overlay)).ShouldBe(Value);
        (await Get(server, "/api/instances/1/" + nested)).ShouldBe(Value[..2000]);
    }

    [Fact]
    public async Task Pixel_data_come_as_they_are_stored_also_in_part()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile().Pixels(Enumerable.Range(0, 64).ToArray()).Write());

        var whole = await Get(server, "/api/instances/1/bulk/7FE00010");
        using var part = await server.GetAsync("/api/instances/1/bulk/7FE00010", ("Range", "bytes=2-5"));

        whole.Length.ShouldBe(128);
        whole[2..4].ShouldBe([1, 0]);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(whole[2..6]);
    }

    [Theory]
    [InlineData("60003000", 404)]
    [InlineData("00880200/0/60003000", 404)]
    [InlineData("00880200/99999999999/60003000", 404)]
    [InlineData("00080016", 200)]
    [InlineData("6000", 404)]
    [InlineData("6000300g", 404)]
    public async Task Only_elements_with_a_value_are_there(string path, int status)
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile().Write());

        using var response = await server.GetAsync("/api/instances/1/bulk/" + path);

        ((int)response.StatusCode).ShouldBe(status);
    }

    private static Task<byte[]> Get(ArchiveServer server, string path)
    {
        return server.Http.GetByteArrayAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
