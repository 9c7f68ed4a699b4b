using System.Text.Json;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

public sealed class SampleWalkTests
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    [Fact]
    public async Task Whatever_is_taken_in_can_be_looked_at()
    {
        var files = SharedSamples.Files("", "*");
        await using var server = await ArchiveServer.StartAsync();
        foreach (var file in files)
        {
            using var stored = await server.PostDicomAsync(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            ((int)stored.StatusCode).ShouldBeOneOf([200, 400, 409, 415]);
        }

        var instances = (await server.GetJsonAsync("/api/instances")).AsArray();
        instances.Count.ShouldBeGreaterThan(300);
        foreach (var id in instances.Select(instance => instance!["id"]!.GetValue<int>()))
        {
            foreach (var (what, statuses) in new (string, int[])[]
                { ("", [200]), ("/file", [200]), ("/image", [200, 422]), ("/tags", [200]) })
            {
                using var response = await server.GetAsync($"/api/instances/{id}{what}");
                ((int)response.StatusCode).ShouldBeOneOf(statuses);
            }

            using var dicom = await server.GetAsync($"/api/instances/{id}/tags", ("Accept", "application/dicom+json"));
            using var json = JsonDocument.Parse(
                await dicom.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), Deep);
            json.RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        }
    }
}
