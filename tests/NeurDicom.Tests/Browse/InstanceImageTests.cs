using System.Net;
using System.Text.Json.Nodes;
using NeurDicom.Dicom;
using NeurDicom.Imaging;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

public sealed class InstanceImageTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static PictureFile Ramp => new PictureFile()
        .Pixels([.. Enumerable.Range(1000, 64)]).Text(Tag.WindowCenter, "DS", "1032").Text(Tag.WindowWidth, "DS", "1");

    [Fact]
    public async Task A_picture_is_a_jpeg_where_nothing_else_is_asked_for()
    {
        SkipWithoutJpeg();
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);

        using var response = await server.GetAsync($"/api/instances/{id}/image");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
        var picture = JpegPicture.Read(await response.Content.ReadAsByteArrayAsync(Cancel));
        (picture.Width, picture.Height).ShouldBe((8, 8));
        picture.Samples[0].ShouldBeLessThan((byte)16);
        picture.Samples[^1].ShouldBeGreaterThan((byte)240);
    }

    [Theory]
    [InlineData("", "image/png")]
    [InlineData("?format=png", "image/jpeg")]
    public async Task A_png_is_sent_on_request(string query, string accept)
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);

        using var response = await server.GetAsync($"/api/instances/{id}/image{query}", ("Accept", accept));

        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        response.Headers.Vary.ShouldContain("Accept");
        var picture = PngPicture.Read(await response.Content.ReadAsByteArrayAsync(Cancel));
        picture.Samples.ShouldBe(Enumerable.Range(1000, 64).Select(value => (byte)(value > 1031.5 ? 255 : 0)).ToArray());
    }

    [Fact]
    public async Task Window_frame_and_depth_come_from_the_url()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp.Pixels([.. new int[64], .. Enumerable.Range(1000, 64)]).Text(Tag.NumberOfFrames, "IS", "2"));

        var auto = await PngAsync(server, id, "frame=2&window=auto");
        var window = await PngAsync(server, id, "frame=2&window=1032,64");
        var deep = await PngAsync(server, id, "frame=2&window=1032,64&bits=16");

        auto.Samples.ShouldBe(Enumerable.Range(0, 64).Select(value => (byte)(value * 255 / 63.0 + 0.5)).ToArray());
        window.Samples.ShouldBe(auto.Samples);
        deep.BitDepth.ShouldBe(16);
        (await PngAsync(server, id, "frame=1")).Samples.ShouldAllBe(shade => shade == 0);
    }

    [Theory]
    [InlineData("", 8, 8)]
    [InlineData("width=4", 4, 4)]
    [InlineData("height=2", 2, 2)]
    [InlineData("width=4&height=2", 2, 2)]
    [InlineData("width=20", 20, 20)]
    [InlineData("width=65535", 64, 64)]
    public async Task Width_and_height_bound_the_picture(string query, int width, int height)
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);

        var picture = await PngAsync(server, id, query);

        (picture.Width, picture.Height).ShouldBe((width, height));
    }

    [Fact]
    public async Task Colours_are_sent_as_they_are()
    {
        SkipWithoutJpeg();
        await using var server = await ArchiveServer.StartAsync();
        byte[] pixels = [.. Enumerable.Repeat(new byte[] { 200, 30, 90 }, 64).SelectMany(pixel => pixel)];
        var id = await StoreAsync(server, new PictureFile().Short(Tag.SamplesPerPixel, 3).Short(Tag.BitsAllocated, 8)
            .Short(Tag.BitsStored, 8).Short(Tag.HighBit, 7).Text(Tag.PhotometricInterpretation, "CS", "RGB").Bytes(Tag.PixelData, "OW", pixels));

        var png = await PngAsync(server, id, "");
        var jpeg = await server.Http.GetByteArrayAsync(new Uri($"/api/instances/{id}/image", UriKind.Relative), Cancel);

        png.Channels.ShouldBe(3);
        png.Samples.ShouldBe(pixels);
        // The grey of 200, 30 and 90 is 87.7.
        JpegPicture.Read(jpeg).Samples.ShouldAllBe(shade => shade >= 86 && shade <= 90);
    }

    [Fact]
    public async Task A_window_is_no_matter_of_colours()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp.Short(Tag.SamplesPerPixel, 3).Short(Tag.Columns, 2).Text(Tag.PhotometricInterpretation, "CS", "RGB"));

        using var response = await server.GetAsync($"/api/instances/{id}/image?window=40,400");

        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PngAsync(server, id, "window=auto")).Width.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_picture_is_sent_once()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);
        using var first = await server.GetAsync($"/api/instances/{id}/image?format=png");
        var etag = first.Headers.ETag!.ToString();

        using var again = await server.GetAsync($"/api/instances/{id}/image?format=png", ("If-None-Match", etag));
        using var other = await server.GetAsync($"/api/instances/{id}/image?format=png&window=1,2", ("If-None-Match", etag));

        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync(Cancel)).ShouldBeEmpty();
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Head_tells_the_length_of_the_picture()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);

        using var head = await server.SendAsync(HttpMethod.Head, $"/api/instances/{id}/image?format=png");
        using var get = await server.GetAsync($"/api/instances/{id}/image?format=png");

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe((await get.Content.ReadAsByteArrayAsync(Cancel)).Length);
    }

    [Theory]
    [InlineData("frame=0", "frame")]
    [InlineData("frame=-1", "frame")]
    [InlineData("frame=one", "frame")]
    [InlineData("frame=99999999999", "frame")]
    [InlineData("window=40", "window")]
    [InlineData("window=40,0", "window")]
    [InlineData("window=40,0.5", "window")]
    [InlineData("window=NaN,NaN", "window")]
    [InlineData("window=40,0,sigmoid", "window")]
    [InlineData("format=webp", "format")]
    [InlineData("quality=0", "quality")]
    [InlineData("quality=101", "quality")]
    [InlineData("bits=12&format=png", "bits")]
    [InlineData("bits=16&format=jpeg", "bits")]
    [InlineData("width=0", "width")]
    [InlineData("width=65536", "width")]
    [InlineData("height=ten", "height")]
    [InlineData("preset=7", "preset")]
    [InlineData("preset=no%20such%20thing", "preset")]
    [InlineData("preset=1&window=auto", "preset")]
    public async Task What_cannot_be_meant_is_a_400_that_names_it(string query, string field)
    {
        SkipWithoutJpeg();
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);

        using var response = await server.GetAsync($"/api/instances/{id}/image?{query}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ProblemAsync(response))["errors"]![field].ShouldNotBeNull();
    }

    [Fact]
    public async Task There_is_no_frame_behind_the_last()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);

        using var response = await server.GetAsync($"/api/instances/{id}/image?frame=2");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ProblemAsync(response))["detail"]!.GetValue<string>().ShouldContain("the instance has 1");
    }

    [Fact]
    public async Task An_instance_that_is_not_there_is_a_404()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.GetAsync("/api/instances/4711/image");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_a_422_with_the_reason()
    {
        await using var server = await ArchiveServer.StartAsync();
        var none = await StoreAsync(server, new PictureFile());
        var colour = await StoreAsync(server, Ramp.Short(Tag.SamplesPerPixel, 3).Short(Tag.Columns, 2).Text(Tag.PhotometricInterpretation, "CS", "HSV"));

        await ShouldBeRefusedAsync(server, none, "no pixel data");
        await ShouldBeRefusedAsync(server, colour, "HSV");
    }

    [Fact]
    public async Task A_client_that_takes_no_picture_gets_none()
    {
        await using var server = await ArchiveServer.StartAsync();
        var id = await StoreAsync(server, Ramp);

        using var response = await server.GetAsync($"/api/instances/{id}/image", ("Accept", "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task Every_sample_is_drawn_or_refused_with_a_reason()
    {
        var samples = OtherReadersTests.SampleOrSkip("index.tsv");
        await using var server = await ArchiveServer.StartAsync();
        var (drawn, refused) = (0, 0);
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(samples)!, "*.dcm", SearchOption.AllDirectories).Order())
        {
            var stored = await TryStoreAsync(server, await File.ReadAllBytesAsync(path, Cancel));
            if (stored is null)
                continue;
            using var response = await server.GetAsync($"/api/instances/{stored}/image?format=png");
            if (response.StatusCode == HttpStatusCode.UnprocessableEntity)
                refused++;
            else
                drawn++;
            response.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity], path);
        }

        drawn.ShouldBeGreaterThan(145);
        refused.ShouldBeGreaterThan(50);
    }

    private static async Task ShouldBeRefusedAsync(ArchiveServer server, long id, string reason)
    {
        using var response = await server.GetAsync($"/api/instances/{id}/image");
        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await ProblemAsync(response))["detail"]!.GetValue<string>().ShouldContain(reason);
    }

    private static async Task<PngPicture> PngAsync(ArchiveServer server, long id, string query)
    {
        using var response = await server.GetAsync($"/api/instances/{id}/image?format=png&{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return PngPicture.Read(await response.Content.ReadAsByteArrayAsync(Cancel));
    }

    private static async Task<long> StoreAsync(ArchiveServer server, PictureFile file) =>
        (await TryStoreAsync(server, file.Write())).ShouldNotBeNull();

    private static async Task<long?> TryStoreAsync(ArchiveServer server, byte[] file) =>
        (await server.StoreAsync(file))["id"]?.GetValue<long>();

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel)).ShouldNotBeNull();

    private static void SkipWithoutJpeg() =>
        Assert.SkipWhen(TurboJpeg.Load() is null, "libjpeg-turbo (Debian: libturbojpeg0) is not installed: JPEG is not tested.");
}
