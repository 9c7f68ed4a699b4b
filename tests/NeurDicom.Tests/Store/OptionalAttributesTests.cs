using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Store;

/// <summary>What a file may lack, what it may not, and what is left of one that was refused (golden.md 3, rows 20 to 22).</summary>
public sealed class OptionalAttributesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Tag.PatientID))]
    [InlineData(nameof(Tag.Modality))]
    [InlineData(nameof(Tag.Rows))]
    [InlineData(nameof(Tag.Columns))]
    [InlineData(nameof(Tag.InstanceNumber))]
    [InlineData(nameof(Tag.PatientPosition))]
    [InlineData(nameof(Tag.PixelData))]
    public async Task What_lacks_an_optional_attribute_is_stored(string name)
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = Complete().Bytes(Named(name), "", null).Write();

        var entry = await server.StoreAsync(file);

        entry["outcome"]!.ToString().ShouldBe("stored");
        (await server.GetJsonAsync("/api/instances/1"))["id"]!.GetValue<int>().ShouldBe(1);
        (await server.Http.GetByteArrayAsync("/api/instances/1/file", Cancel)).ShouldBe(file);
    }

    [Theory]
    [InlineData(nameof(Tag.SopInstanceUid), "SOP Instance UID")]
    [InlineData(nameof(Tag.SeriesInstanceUid), "Series Instance UID")]
    [InlineData(nameof(Tag.StudyInstanceUid), "Study Instance UID")]
    public async Task What_lacks_a_uid_is_refused_with_its_name(string name, string shown)
    {
        await using var server = await ArchiveServer.StartAsync();

        using var response = await server.PostDicomAsync(Complete().Bytes(Named(name), "", null).Write());

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        problem["instances"]![0]!["reason"]!.ToString().ShouldContain(shown);
    }

    [Fact]
    public async Task Nothing_is_left_of_what_was_refused()
    {
        await using var server = await ArchiveServer.StartAsync();

        using var refused = await server.PostDicomAsync(Complete().Bytes(Tag.SopInstanceUid, "", null).Write());

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        foreach (var list in (string[])["patients", "studies", "series", "instances"])
            (await server.GetJsonAsync($"/api/{list}")).AsArray().ShouldBeEmpty(list);
        (await server.GetJsonAsync("/api/changes")).AsArray().ShouldBeEmpty();
        FilesOf(server).ShouldBeEmpty("No row would lead there.");
    }

    [Fact]
    public async Task A_negative_smallest_value_is_kept()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = Complete()
            .Short(Tag.PixelRepresentation, 1)
            .Bytes(Tag.SmallestImagePixelValue, "SS", BitConverter.GetBytes((short)-1024))
            .Bytes(Tag.LargestImagePixelValue, "SS", BitConverter.GetBytes((short)3071));

        await server.StoreAsync(file.Write());

        var instance = await server.GetJsonAsync("/api/instances/1");
        instance["smallest_image_pixel_value"]!.GetValue<int>().ShouldBe(-1024);
        instance["largest_image_pixel_value"]!.GetValue<int>().ShouldBe(3071);
    }

    [Fact]
    public async Task A_data_set_without_preamble_is_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = Complete().Write()[132..];

        (await server.StoreAsync(file))["outcome"]!.ToString().ShouldBe("stored");

        (await server.Http.GetByteArrayAsync("/api/instances/1/file", Cancel)).ShouldBe(file);
    }

    // golden.md 3, row 27: 12 million empty elements kept the original busy for 13 seconds.
    [Fact]
    public async Task Zeros_behind_an_instance_hold_nobody_up()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(Complete().Write());
        using var content = new ByteArrayContent([.. Complete().Text(Tag.SopInstanceUid, "UI", "2.25.2").Write(), .. new byte[32 << 20]]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");

        var slow = server.SendAsync(HttpMethod.Post, "/api/instances", content);
        using var meanwhile = await server.GetAsync("/api/patients/1").WaitAsync(TimeSpan.FromSeconds(5), Cancel);
        using var answer = await slow.WaitAsync(TimeSpan.FromSeconds(5), Cancel);

        meanwhile.StatusCode.ShouldBe(HttpStatusCode.OK);
        ((int)answer.StatusCode).ShouldBeLessThan(500);
    }

    private static PictureFile Complete() => new PictureFile()
        .Text(Tag.InstanceNumber, "IS", "1")
        .Text(Tag.PatientPosition, "CS", "HFS")
        .Pixels([.. Enumerable.Range(0, 64)]);

    private static Tag Named(string name) => (Tag)typeof(Tag).GetProperty(name)!.GetValue(null)!;

    private static IEnumerable<string> FilesOf(ArchiveServer server) =>
        ((string[])["segments", "large"])
        .Select(folder => Path.Combine(server.Folder, folder))
        .Where(Directory.Exists)
        .SelectMany(Directory.EnumerateFiles)
        .Where(file => new FileInfo(file).Length > 4096);
}
