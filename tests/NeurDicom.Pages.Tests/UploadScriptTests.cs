using System.Globalization;
using System.IO.Compression;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

/// <summary>The upload's script, in Chromium.</summary>
public sealed class UploadScriptTests(Chromium chromium)
{
    // Makes a drop of files as a person does it; what an entry of a folder is, only a real drop has.
    private const string Drop = """
        files => {
          const data = new DataTransfer();
          for (const [name, text] of files)
            data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
          document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }
        """;

    [Fact]
    public async Task Files_that_are_chosen_are_sent_with_what_became_of_each()
    {
        await using var server = await ArchiveServer.StartAsync();
        await using var visit = await chromium.VisitAsync(server);
        var page = visit.Page;
        await page.GotoAsync("/upload");

        await page.SetInputFilesAsync("#files", [File("one.dcm", SampleStudies.Clip()), File("two <img src=x>.txt", "no"u8.ToArray())]);

        await Assertions.Expect(page.Locator("#progress-text")).ToHaveTextAsync("Done: 2 of 2");
        await Assertions.Expect(page.Locator("#tally")).ToHaveTextAsync("Stored: 1 · Refused: 1");
        (await page.TextContentAsync("#outcomes")).ShouldNotBeNull().ShouldContain("two <img src=x>.txt – Refused: ");
        await page.ClickAsync("#after a");
        await page.WaitForSelectorAsync("text=Carla Clip");
    }

    [Fact]
    public async Task Many_files_go_in_several_requests()
    {
        await using var server = await ArchiveServer.StartAsync();
        await using var visit = await chromium.VisitAsync(server);
        var page = visit.Page;
        var requests = 0;
        page.Request += (_, request) => requests += request.Url.EndsWith("/upload", StringComparison.Ordinal) && request.Method == "POST" ? 1 : 0;
        await page.GotoAsync("/upload");

        await page.SetInputFilesAsync("#files", SampleStudies.Ct(230).Select((bytes, i) => File($"{i}.dcm", bytes)));

        await Assertions.Expect(page.Locator("#progress-text")).ToHaveTextAsync("Done: 230 of 230", new() { Timeout = 60_000 });
        await Assertions.Expect(page.Locator("#tally")).ToHaveTextAsync("Stored: 230");
        requests.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_dropped_is_sent_and_an_archive_is_unpacked()
    {
        await using var server = await ArchiveServer.StartAsync();
        await using var visit = await chromium.VisitAsync(server);
        var page = visit.Page;
        var slices = SampleStudies.Ct(3).ToList();
        await page.GotoAsync("/upload");

        await page.EvaluateAsync(Drop, new[] { new[] { "study.zip", Convert.ToBase64String(Zip(slices)) } });

        await Assertions.Expect(page.Locator("#tally")).ToHaveTextAsync("Stored: 3");
        await page.EvaluateAsync(Drop, new[] { new[] { "again.dcm", Convert.ToBase64String(slices[0]) } });
        await Assertions.Expect(page.Locator("#tally")).ToHaveTextAsync("Was here already: 1");
        page.Url.ShouldEndWith("/upload");
    }

    [Fact]
    public async Task A_folder_is_sent_with_all_that_is_in_it()
    {
        await using var server = await ArchiveServer.StartAsync();
        await using var visit = await chromium.VisitAsync(server);
        var folder = Directory.CreateTempSubdirectory("neurdicom-test");
        var below = folder.CreateSubdirectory("deeper/still");
        var slices = SampleStudies.Ct(2).ToList();
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder.FullName, "a"), slices[0], TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(below.FullName, "b"), slices[1], TestContext.Current.CancellationToken);
        await visit.Page.GotoAsync("/upload");

        await visit.Page.SetInputFilesAsync("#folder", folder.FullName);

        await Assertions.Expect(visit.Page.Locator("#tally")).ToHaveTextAsync("Stored: 2");
        folder.Delete(true);
    }

    [Fact]
    public async Task A_server_that_went_away_is_told_and_the_files_can_be_sent_again()
    {
        await using var server = await ArchiveServer.StartAsync();
        await using var visit = await chromium.VisitAsync(server);
        visit.Expect("net::ERR_FAILED");
        var page = visit.Page;
        await page.GotoAsync("/upload");
        await page.RouteAsync("**/api/instances/upload", route => route.AbortAsync());

        await page.SetInputFilesAsync("#files", [File("one.dcm", SampleStudies.Clip())]);
        await Assertions.Expect(page.Locator("#tally")).ToHaveTextAsync("Not sent: 1");
        await page.UnrouteAllAsync();
        await page.GetByText("Send these again").ClickAsync();

        await Assertions.Expect(page.Locator("#tally")).ToHaveTextAsync("Stored: 1");
    }

    [Fact]
    public async Task Without_javascript_the_form_is_sent()
    {
        await using var server = await ArchiveServer.StartAsync();
        await using var visit = await chromium.VisitAsync(server, new BrowserNewContextOptions { JavaScriptEnabled = false });
        var page = visit.Page;
        await page.GotoAsync("/upload");

        await page.SetInputFilesAsync("#files", [File("one.dcm", SampleStudies.Clip()), File("study.zip", Zip(SampleStudies.Ct(2)))]);
        await page.ClickAsync("#send button");

        await Assertions.Expect(page.Locator("#result")).ToHaveTextAsync("3 stored, 0 refused");
    }

    private static FilePayload File(string name, byte[] bytes) => new() { Name = name, MimeType = "application/octet-stream", Buffer = bytes };

    private static byte[] Zip(IEnumerable<byte[]> files)
    {
        using var target = new MemoryStream();
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (bytes, index) in files.Select((bytes, index) => (bytes, index)))
            {
                using var entry = zip.CreateEntry("DICOM/" + index.ToString(CultureInfo.InvariantCulture)).Open();
                entry.Write(bytes);
            }
        }

        return target.ToArray();
    }
}
