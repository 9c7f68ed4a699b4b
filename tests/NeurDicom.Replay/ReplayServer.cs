using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NeurDicom.Replay;

/// <summary>
/// The built program with the hundred instances that the original had, stored by its own command in the order of their
/// paths, so that the ids are the recorded ones, and with the original's three accounts, carried over as anybody's are.
/// </summary>
internal sealed partial class ReplayServer : IAsyncDisposable
{
    /// <summary>The only origin whose pages may use this server; the recorded calls come from it.</summary>
    public const string Origin = "http://a.example";

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "neurdicom");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private ReplayServer(DirectoryInfo folder, Process process, Uri address)
    {
        _folder = folder;
        _process = process;
        Address = address;
        Http = new HttpClient { BaseAddress = address, Timeout = Patience };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(RecordedAccounts.Admin)));
    }

    public Uri Address { get; }

    /// <summary>Signed in as the admin, for what is set up beside the recorded calls.</summary>
    public HttpClient Http { get; }

    /// <summary>A folder for cookie jars and generated files, which goes with the server.</summary>
    public string Folder => _folder.FullName;

    private string Data => DataOf(_folder);

    public static async Task<ReplayServer> StartAsync(string instances, bool requireAuth, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("neurdicom-replay-");
        await RunAsync(["store", "--jobs", "1", "--data", DataOf(folder), instances], cancel);
        var accounts = Path.Combine(folder.FullName, "users.json");
        await File.WriteAllTextAsync(accounts, RecordedAccounts.Dump(), cancel);
        await RunAsync(["users", "import", accounts, "--data", DataOf(folder)], cancel);

        var process = Start(
            ["serve", "--data", DataOf(folder), "--rest_port", "0", "--require_auth", requireAuth ? "true" : "false",
             "--cors_origins", Origin, "--disk_reserve", "0", "--logging", "error"]);
        var lines = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(Patience, cancel) is { } line)
        {
            lines.AppendLine(line);
            if (AddressOf().Match(line) is not { Success: true } address)
                continue;
            // What it says from here on goes nowhere, and must not fill the pipe.
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            return new ReplayServer(folder, process, new Uri(address.Value));
        }

        throw new InvalidOperationException($"The server did not start:\n{lines}{await process.StandardError.ReadToEndAsync(cancel)}");
    }

    /// <summary>Asks with the recorded arguments of curl, at this server's address.</summary>
    public async Task<HttpAnswer> AskAsync(IEnumerable<string> arguments, CancellationToken cancel)
    {
        // --path-as-is: the recorder's client did not tidy paths up.
        var start = StartOf("curl", [.. arguments, "--path-as-is", "--max-time", "60"]);
        start.WorkingDirectory = Folder;
        using var curl = Process.Start(start)!;
        using var printed = new MemoryStream();
        var errors = curl.StandardError.ReadToEndAsync(cancel);
        await curl.StandardOutput.BaseStream.CopyToAsync(printed, cancel);
        await curl.WaitForExitAsync(cancel);
        if (printed.Length == 0)
            throw new InvalidOperationException($"curl ended with {curl.ExitCode} and printed nothing. {await errors}");
        return HttpAnswer.Parse(printed.ToArray());
    }

    /// <summary>Stores a file and returns its id.</summary>
    public async Task<long> StoreAsync(string file, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file, cancel));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        using var response = await Http.PostAsync(new Uri("/api/instances", UriKind.Relative), content, cancel);
        response.EnsureSuccessStatusCode();
        var report = await response.Content.ReadFromJsonAsync<JsonNode>(cancel);
        return (long)report!["instances"]![0]!["id"]!;
    }

    /// <summary>
    /// Takes the stored bytes of every small instance away under the running server. Cut off and not deleted: the server has
    /// the file open, and would go on reading it.
    /// </summary>
    public void LoseSegments()
    {
        foreach (var segment in Directory.EnumerateFiles(Path.Combine(Data, "segments")))
        {
            // Shared: else the server's lock would be asked for.
            using var file = new FileStream(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string DataOf(DirectoryInfo folder) => Path.Combine(folder.FullName, "data");

    private static async Task RunAsync(string[] arguments, CancellationToken cancel)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}:\n{await output}{await errors}");
    }

    private static Process Start(string[] arguments) => Process.Start(StartOf(Program, arguments))!;

    private static ProcessStartInfo StartOf(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("NEURDICOM_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return start;
    }

    [GeneratedRegex(@"http://[0-9.]+:[0-9]+")]
    private static partial Regex AddressOf();
}
