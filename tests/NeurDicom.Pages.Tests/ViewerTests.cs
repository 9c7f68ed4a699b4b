using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

/// <summary>The viewer's script, in Chromium.</summary>
public sealed class ViewerTests(Chromium chromium)
{
    [Fact]
    public async Task Keys_wheel_slider_and_buttons_go_through_the_images()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(30));
        await using var visit = await chromium.VisitAsync(server);
        var page = visit.Page;
        await page.GotoAsync("/series/1");
        await ShowsAsync(page, "Image 1 / 30");

        await page.Keyboard.PressAsync("ArrowDown");
        await ShowsAsync(page, "Image 2 / 30");
        await page.Keyboard.PressAsync("PageDown");
        await ShowsAsync(page, "Image 12 / 30");
        await page.Keyboard.PressAsync("End");
        await ShowsAsync(page, "Image 30 / 30");
        await page.Keyboard.PressAsync("ArrowRight");
        await ShowsAsync(page, "Image 30 / 30");
        await page.Keyboard.PressAsync("Home");
        await ShowsAsync(page, "Image 1 / 30");

        await page.HoverAsync(".stage");
        await page.Mouse.WheelAsync(0, 120);
        await page.Mouse.WheelAsync(0, 120);
        await ShowsAsync(page, "Image 3 / 30");

        await page.Locator("input[type=range]").FillAsync("9");
        await ShowsAsync(page, "Image 10 / 30");
        await page.ClickAsync("[data-part=prev]");
        await ShowsAsync(page, "Image 9 / 30");
        await page.WaitForURLAsync("**/series/1?image=9");
        (await page.GetAttributeAsync("[data-part=file]", "href")).ShouldBe("/api/instances/9/file");
        await page.ReloadAsync();
        await ShowsAsync(page, "Image 9", "9");
    }

    [Fact]
    public async Task Presets_and_dragging_change_the_window()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(SampleStudies.Ct(2));
        await using var visit = await chromium.VisitAsync(server);
        var page = visit.Page;
        await page.GotoAsync("/series/1");

        await page.GetByText("Bone").ClickAsync();
        await PictureAsync(page, "window=400%2C1800");
        (await page.Locator("[data-part=window]").TextContentAsync()).ShouldBe("400 / 1800");
        (await page.Locator(".presets [aria-current]").TextContentAsync()).ShouldBe("Bone");

        await page.GetByText("As stored").ClickAsync();
        await PictureAsync(page, "/image\\?frame=1&width=96&height=96$");
        var box = (await page.Locator(".stage").BoundingBoxAsync()).ShouldNotBeNull();
        var (x, y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.WaitForTimeoutAsync(100);
        await page.Mouse.MoveAsync(x + 75, y - 30, new MouseMoveOptions { Steps = 5 });
        await page.Mouse.UpAsync();

        // The file has 40, 400: a quarter of 300 pixels more in width, a tenth brighter.
        await PictureAsync(page, "window=0%2C500");
        await page.WaitForURLAsync("**/series/1?image=1&window=0%2C500");
    }

    [Fact]
    public async Task Oblong_pixels_are_seen_as_they_are()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(
            [SampleStudies.Named("Oblong^Otto", "2.25.5011").Text(Dicom.Tag.PixelSpacing, "DS", "2\\1").Pixels(new int[64]).Write()]);
        await using var visit = await chromium.VisitAsync(server);

        await visit.Page.GotoAsync("/series/1");

        (await visit.Page.EvaluateAsync<int[]>(
            "(p => [p.naturalWidth, p.naturalHeight])(document.querySelector('[data-part=picture]'))")).ShouldBe([4, 8]);
    }

    [Fact]
    public async Task A_clip_plays_and_stops()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync([SampleStudies.Clip(4)]);
        await using var visit = await chromium.VisitAsync(server);
        var page = visit.Page;
        await page.GotoAsync("/series/1");
        await page.Locator("input[type=number]").FillAsync("5");

        await page.GetByText("Play").ClickAsync();
        foreach (var frame in (int[])[3, 4, 1, 2])
            await Assertions.Expect(page.Locator("[data-part=caption]")).ToContainTextAsync($"frame {frame} / 4");
        await page.GetByText("Stop").ClickAsync();

        await page.WaitForTimeoutAsync(200);
        var at = await page.TextContentAsync("[data-part=caption]");
        await page.WaitForTimeoutAsync(200);
        (await page.TextContentAsync("[data-part=caption]")).ShouldBe(at);
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_told_in_words()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync(
            [SampleStudies.Named("Odd^Olga", "2.25.5010").Text(Dicom.Tag.PhotometricInterpretation, "CS", "MAGIC").Pixels(new int[64]).Write()]);
        await using var visit = await chromium.VisitAsync(server);
        visit.Expect("422");

        await visit.Page.GotoAsync("/series/1");

        await visit.Page.WaitForSelectorAsync(".no-picture:not([hidden])");
        (await visit.Page.TextContentAsync(".no-picture")).ShouldNotBeNull().ShouldStartWith("This image cannot be shown. ");
        (await visit.Page.IsVisibleAsync("[data-part=picture]")).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_javascript_links_do_the_same()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAllAsync([.. SampleStudies.Ct(3)]);
        await using var visit = await chromium.VisitAsync(server, new BrowserNewContextOptions { JavaScriptEnabled = false });
        var page = visit.Page;

        await page.GotoAsync("/");
        await page.FillAsync("#name", "wang");
        await page.ClickAsync(".search button");
        await page.ClickAsync(".studies a");
        await page.ClickAsync("ul.series a");
        await page.ClickAsync("[data-part=next]");
        await page.GetByText("Full range").ClickAsync();
        await page.WaitForURLAsync("**/series/1?image=2&window=auto");
        await page.GetByText("Tags").ClickAsync();

        (await page.TextContentAsync("h1")).ShouldBe("Tags");
    }

    private static async Task ShowsAsync(IPage page, string caption, string? image = null)
    {
        await Assertions.Expect(page.Locator("[data-part=caption]")).ToContainTextAsync(caption);
        await PictureAsync(page, $"/instances/{image ?? caption.Split(' ')[1]}/");
    }

    /// <summary>Waits for a picture under an address that matches.</summary>
    private static Task PictureAsync(IPage page, string address) =>
        Assertions.Expect(page.Locator("[data-part=picture]")).ToHaveAttributeAsync("src", new Regex(address));
}
