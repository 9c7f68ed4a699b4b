using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using NeurDicom.Accounts;
using NeurDicom.Tests.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

/// <summary>Every page in Chromium under axe-core, wide and as on a phone, light and dark, in both languages.</summary>
public sealed class AccessibilityTests(Chromium chromium)
{
    private static readonly string[] Addresses =
    [
        "/", "/?name=nobody", "/?from=never", "/studies/1", "/studies/1/delete", "/series/1", "/series/2?frame=2", "/series/3",
        "/instances/1/tags", "/upload", "/account", "/users", "/nothing", "/series/1?image=999",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1280, 900, ColorScheme.Light, "en-GB")]
    [InlineData(1280, 900, ColorScheme.Dark, "zh-CN")]
    [InlineData(375, 740, ColorScheme.Light, "zh-CN")]
    [InlineData(375, 740, ColorScheme.Dark, "en-GB")]
    public async Task Every_page_passes_axe(int width, int height, ColorScheme scheme, string locale)
    {
        await using var server = await AccountClient.StartAsync();
        var admin = await server.SessionOfAsync();
        await StoreAsync(server, admin);
        await using var visit = await chromium.VisitAsync(server, new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            Locale = locale,
        });
        visit.Expect("Failed to load resource: the server responded with a status of 40");
        var problems = new List<string>();

        await visit.Page.GotoAsync("/");
        await CheckAsync("/sign-in");
        await SignInAsync(visit.Page);
        foreach (var address in Addresses)
        {
            await visit.Page.GotoAsync(address);
            await CheckAsync(address);
        }

        problems.ShouldBeEmpty();

        async Task CheckAsync(string address)
        {
            await visit.Page.WaitForFunctionAsync("[...document.images].every(image => image.complete || image.loading === 'lazy')");
            problems.AddRange((await ViolationsAsync(visit.Page)).Select(problem => $"{address}: {problem}"));
            var overflow = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth");
            if (overflow > 0)
                problems.Add($"{address}: {overflow} pixels wider than the window");
            await PictureAsync(visit.Page, $"{address}-{width}-{scheme}-{locale[..2]}");
        }
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.FillAsync("#name", FirstAccount.Name);
        await page.FillAsync("#password", ArchiveServer.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("form.search");
    }

    private static async Task StoreAsync(ArchiveServer server, (string Name, string Value) session)
    {
        server.Http.DefaultRequestHeaders.Add(session.Name, session.Value);
        await server.StoreAllAsync([.. SampleStudies.Ct(), SampleStudies.Clip(), SampleStudies.Report(), SampleStudies.Hostile()]);
    }

    internal static async Task<IEnumerable<string>> ViolationsAsync(IPage page)
    {
        using var resource = typeof(AxeResult).Assembly
            .GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js").ShouldNotBeNull();
        using var reader = new StreamReader(resource);
        await page.EvaluateAsync(await reader.ReadToEndAsync(Cancel));
        var result = await page.EvaluateAsync<JsonElement>("axe.run(document, { resultTypes: ['violations'] })");
        return result.GetProperty("violations").EnumerateArray().Select(violation =>
        {
            var nodes = violation.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").GetString());
            return $"{violation.GetProperty("id")}: {violation.GetProperty("help")} – {string.Join(" | ", nodes)}";
        });
    }

    /// <summary>Keeps what a page looks like where the tests are built, to be looked at.</summary>
    private static async Task PictureAsync(IPage page, string name)
    {
        var file = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_')) + ".png";
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(AppContext.BaseDirectory, "screenshots", file),
            FullPage = true,
        });
    }
}
