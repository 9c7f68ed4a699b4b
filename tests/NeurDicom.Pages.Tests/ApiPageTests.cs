using Microsoft.Playwright;
using NeurDicom.Accounts;
using NeurDicom.Tests.Accounts;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Pages;

/// <summary>The page that tries the API, as a person uses it.</summary>
public sealed class ApiPageTests(Chromium chromium)
{
    [Theory]
    [InlineData(1100, 900, ColorScheme.Light)]
    [InlineData(375, 740, ColorScheme.Dark)]
    public async Task A_person_signs_in_and_tries_the_api(int width, int height, ColorScheme scheme)
    {
        await using var server = await AccountClient.StartAsync();
        var (name, session) = await server.SessionOfAsync();
        server.Http.DefaultRequestHeaders.Add(name, session);
        await server.StoreAsync(new PictureFile().Pixels([.. Enumerable.Range(0, 64).Select(i => i * 4)]).Write());
        await using var visit = await chromium.VisitAsync(server, new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
        });
        visit.Expect("Failed to load resource: the server responded with a status of 40");
        var page = visit.Page;

        await page.GotoAsync("/docs");
        await page.GetByText("Not signed in.").WaitForAsync();
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync(FirstAccount.Name);
        await page.GetByLabel("Password", new PageGetByLabelOptions { Exact = true }).FillAsync(ArchiveServer.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("Signed in.", new PageGetByTextOptions { Exact = true }).WaitForAsync();

        var list = Operation(page, "/api/patients", "GET");
        await list.Locator("summary").ClickAsync();
        await list.GetByLabel("limit").FillAsync("1");
        await list.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Send" }).ClickAsync();
        await list.GetByText("200").First.WaitForAsync();
        (await list.Locator("pre").Last.TextContentAsync()).ShouldNotBeNull().ShouldContain("\"patient_name\"");

        var image = Operation(page, "/api/instances/{id}/image", "GET");
        await image.Locator("summary").ClickAsync();
        await image.Locator("[name='path:id']").FillAsync("1");
        await image.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Send" }).ClickAsync();
        await image.Locator("img").WaitForAsync();
        (await image.Locator("img").EvaluateAsync<bool>("picture => picture.decode().then(() => picture.naturalWidth > 0)")).ShouldBeTrue();

        var wrong = Operation(page, "/api/patients/{id}", "GET");
        await wrong.Locator("summary").ClickAsync();
        await wrong.Locator("[name='path:id']").FillAsync("77");
        await wrong.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Send" }).ClickAsync();
        await wrong.GetByText("There is no patient 77.").First.WaitForAsync();

        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"_docs-{width}-{scheme}.png"),
            FullPage = true,
        });
        (await AccessibilityTests.ViolationsAsync(page)).ShouldBeEmpty();
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth")).ShouldBeLessThanOrEqualTo(0);
    }

    private static ILocator Operation(IPage page, string path, string verb) => page.Locator("details").Filter(new LocatorFilterOptions
    {
        Has = page.Locator("summary").Filter(new LocatorFilterOptions { HasTextRegex = new($"^{verb}{System.Text.RegularExpressions.Regex.Escape(path)}[A-Z]") }),
    });
}
