using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NeurDicom.Archive;
using NeurDicom.Health;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Health;

public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health/live", "live")]
    [InlineData("/health/ready", "ready")]
    public async Task Anybody_may_ask_and_learns_one_word(string path, string word)
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });

        using var response = await server.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe($$"""{"status":"{{word}}"}""");
    }

    [Fact]
    public async Task A_data_folder_that_was_removed_is_noticed()
    {
        var folder = Directory.CreateTempSubdirectory("neurdicom-health").FullName;
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 }, folder);
        server.ExpectLog("The data folder is gone");
        server.ExpectLog("The audit trail cannot be written");
        await server.SignInAsync();
        using var before = await server.GetAsync("/health/ready");
        Directory.Delete(folder, recursive: true);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel); // As long as an answer counts.

        using var told = await server.GetAsync("/health/ready");
        server.Http.DefaultRequestHeaders.Authorization = null;
        using var untold = await server.GetAsync("/health/ready");
        using var live = await server.GetAsync("/health/live");
        var watch = server.Services.GetServices<IHostedService>().OfType<HealthWatch>().Single();
        await watch.LookAsync();
        await watch.LookAsync();

        before.StatusCode.ShouldBe(HttpStatusCode.OK);
        told.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await Detail(told)).ShouldContain("The data folder is gone");
        untold.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await Detail(untold)).ShouldBe("The archive cannot do its work at the moment.");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.LogText.Split('\n').Count(line => line.Contains("The data folder is gone", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_stored_into_a_folder_that_was_moved_away()
    {
        var folder = Directory.CreateTempSubdirectory("neurdicom-health").FullName;
        await using (var server = await ArchiveServer.StartAsync(folder: folder))
        {
            server.ExpectLog("The data folder is gone");
            server.ExpectLog("The audit trail cannot be written");
            Directory.Move(folder, folder + ".away");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "lock"), "");
            await Task.Delay(TimeSpan.FromSeconds(0.3), Cancel); // As long as a look at the disk counts.

            using var response = await server.PostDicomAsync(new PictureFile().Pixels(new int[64]).Write());

            response.IsSuccessStatusCode.ShouldBeFalse();
        }

        Directory.Delete(folder, recursive: true);
        Directory.Delete(folder + ".away", recursive: true);
    }

    [Fact]
    public async Task A_disk_that_is_full_up_to_its_reserve_is_not_ready()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, DiskReserve = long.MaxValue, DiskReservePercent = 100 });
        server.ExpectLog("The disk is full up to its reserve"); // By the watch, where the test takes long.
        await server.SignInAsync();

        using var response = await server.GetAsync("/health/ready");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await Detail(response)).ShouldContain("The disk is full");
    }

    [Fact]
    public async Task The_archive_may_be_disposed_of_by_its_services_and_by_itself()
    {
        await using var server = await ArchiveServer.StartAsync();

        await server.Services.GetRequiredService<ArchiveWriter>().DisposeAsync();
        server.Services.GetRequiredService<NeurDicom.Index.ArchiveIndex>().Dispose();

        await Should.NotThrowAsync(async () => await server.Archive.DisposeAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Systemd_is_told_what_it_waits_for(bool isAbstract)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd runs on Linux.");
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + path : path));
        var bytes = new byte[100];

        Systemd.Notify("READY=1", isAbstract ? '@' + path : path);

        var length = socket.Receive(bytes);
        System.Text.Encoding.UTF8.GetString(bytes, 0, length).ShouldBe("READY=1");
        File.Delete(path);
    }

    private static async Task<string> Detail(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["detail"]!.ToString();
}
