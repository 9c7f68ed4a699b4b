using Microsoft.Playwright;
using Shouldly;
using Xunit;

[assembly: AssemblyFixture(typeof(NeurDicom.Tests.Pages.Chromium))]

namespace NeurDicom.Tests.Pages;

/// <summary>One real browser for all tests, the system's own. Where there is none, what needs it is skipped and says so.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Array.Find(Places, File.Exists) is not { } program)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A new person at a new browser.</summary>
    internal async Task<Visit> VisitAsync(ArchiveServer server, BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(_browser is null, "Chromium (Debian: chromium) is absent: the pages are not tested in a browser.");
        options ??= new BrowserNewContextOptions();
        options.BaseURL = server.Http.BaseAddress!.ToString();
        options.Locale ??= "en-GB";
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        return new Visit(context, await context.NewPageAsync());
    }
}

/// <summary>A browser window. What its console complains of fails the test at the end.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly List<string> _expected = [];

    public Visit(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Announces a complaint that holds this text.</summary>
    public void Expect(string part) => _expected.Add(part);

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _complaints.Where(text => !_expected.Exists(part => text.Contains(part, StringComparison.Ordinal)))
            .ShouldBeEmpty("The browser complained of what the test did not announce.");
    }
}
