using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using NeurDicom.Load;
using Shouldly;
using Xunit;

namespace NeurDicom.Durability;

/// <summary>A server that is killed while it receives or unpacks ZIP archives leaves nothing of them but what it stored.</summary>
public sealed class ZipKillTests : IDisposable
{
    private const int Entries = 400;

    private readonly string _data = Path.Combine(Directory.CreateTempSubdirectory("neurdicom-kill-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_data)!, recursive: true);

    [Fact]
    public async Task A_killed_server_leaves_no_part_of_an_archive()
    {
        var cancel = TestContext.Current.CancellationToken;
        var zip = Build();
        var random = new Random(4711);
        for (var round = 0; round < 6; round++)
        {
            await using (var server = ServerProcess.Start(_data))
            {
                await server.ReadyAsync();
                using var content = new ByteArrayContent(zip);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
                var store = server.Http.PostAsync("/api/instances", content, cancel);
                await Task.Delay(random.Next(10, 300), cancel);
                await server.KillAsync();
                await store.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
            }

            Directory.GetFiles(Path.Combine(_data, "incoming")).ShouldBeEmpty();
            await using var again = ServerProcess.Start(_data);
            await again.ReadyAsync();
            await again.StopAsync();
            FolderCheck.Problems(_data).ShouldBeEmpty();
        }

        await using var last = ServerProcess.Start(_data);
        await last.ReadyAsync();
        using var whole = new ByteArrayContent(zip);
        whole.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        using var answer = await last.Http.PostAsync("/api/instances", whole, cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await last.Http.GetStringAsync("/api/statistics", cancel)).ShouldContain(string.Create(CultureInfo.InvariantCulture, $"\"instances\":{Entries}"));
    }

    private static byte[] Build()
    {
        var template = InstanceTemplate.Square(64, 3);
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var number = 1; number <= Entries; number++)
            {
                var copy = template.Copy();
                template.Stamp(copy, number);
                using var entry = zip.CreateEntry($"{number}.dcm", CompressionLevel.Fastest).Open();
                entry.Write(copy);
            }
        }

        return file.ToArray();
    }
}
