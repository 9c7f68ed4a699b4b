using System.Collections;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NeurDicom.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

/// <summary>The program itself, as a person starts it.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurdicom-serve-");

    public ServeCommandTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals are sent by Linux's kill.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task The_first_start_says_where_a_password_lies_that_works_and_prints_it_into_no_pipe()
    {
        var first = await ServeAsync(async (address, output) =>
        {
            var password = (await File.ReadAllTextAsync(Path.Join(_data.FullName, "initial-password"), Cancel)).Trim();
            output.ShouldContain($"Sign in as admin; the password lies in {_data.FullName}");
            output.ShouldNotContain(password);
            using var http = new HttpClient { BaseAddress = address };
            (await http.GetAsync(new Uri("/api/patients", UriKind.Relative), Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            http.DefaultRequestHeaders.Authorization = ArchiveServer.Basic("admin", password);
            (await http.GetAsync(new Uri("/api/patients", UriKind.Relative), Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        });
        var second = await ServeAsync((_, output) =>
        {
            output.ShouldNotContain(File.ReadAllText(Path.Join(_data.FullName, "initial-password")).Trim());
            output.ShouldContain("initial-password");
            return Task.CompletedTask;
        });

        first.ShouldBe(ExitCode.Ok);
        second.ShouldBe(ExitCode.Ok);
    }

    [Fact]
    public async Task The_first_start_shows_the_password_on_a_terminal()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script is not installed: nothing was started on a terminal.");
        // script gives the command a terminal of its own and copies what it shows.
        var command = $"'{Path.Join(AppContext.BaseDirectory, "neurdicom")}' serve --data '{_data.FullName}' --rest_port 0";
        var start = new ProcessStartInfo("/usr/bin/script", ["-qefc", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment.Remove("NEURDICOM_ADMIN_PASSWORD");
        using var process = Process.Start(start)!; // Null only for what the shell opens.
        try
        {
            var output = "";
            while (!output.Contains("initial-password", StringComparison.Ordinal))
                output += await process.StandardOutput.ReadLineAsync(Cancel) ?? throw new InvalidOperationException(output);

            var password = (await File.ReadAllTextAsync(Path.Join(_data.FullName, "initial-password"), Cancel)).Trim();
            output.ShouldContain($"Sign in as admin with the password {password} (shown once");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(Cancel);
        }
    }

    [Fact]
    public async Task Without_the_systems_sqlite_the_bundled_one_serves_the_same_archive()
    {
        // The loader stops at the first file of that name that is no library.
        var broken = _data.CreateSubdirectory("no-library");
        await File.WriteAllTextAsync(Path.Join(broken.FullName, "libsqlite3.so.0"), "", Cancel);

        var bundled = await ServeAsync(AskAsync, broken.FullName);
        var system = await ServeAsync(AskAsync);
        var again = await ServeAsync(AskAsync, broken.FullName);

        new[] { bundled, system, again }.ShouldAllBe(code => code == ExitCode.Ok);

        async Task AskAsync(Uri address, string output)
        {
            using var http = new HttpClient { BaseAddress = address };
            var password = (await File.ReadAllTextAsync(Path.Join(_data.FullName, "initial-password"), Cancel)).Trim();
            http.DefaultRequestHeaders.Authorization = ArchiveServer.Basic("admin", password);
            string[] paths =
            [
                "patients?patient_name=a*", "studies?order=-study_date", "series", "instances", "users", "tokens", "sessions",
                "audit", "changes", "statistics",
            ];
            foreach (var path in paths)
            {
                using var answer = await http.GetAsync(new Uri("/api/" + path, UriKind.Relative), Cancel);
                answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            }
        }
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var process = Start(port);

        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        var error = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);

        process.ExitCode.ShouldBe(ExitCode.Failed);
        error.Split('\n').Count(line => line.Contains("address already in use", StringComparison.Ordinal)).ShouldBe(1, error);
        error.ShouldContain("Choose another port with --rest_port.");
        (output + error).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task An_address_that_is_not_this_machines_is_told_in_one_line()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        // RFC 5737 keeps it from being anybody's.
        var code = await CommandLine.RunAsync(
            ["serve", "--data", _data.FullName, "--rest_port", "0", "--address", "192.0.2.1"], new Hashtable(), output, error);

        code.ShouldBe(ExitCode.Failed);
        error.ToString().Trim().ShouldBe(
            "neurdicom: Cannot listen on 192.0.2.1, port 0: this machine has no such address. Choose another with --address.");
    }

    [Fact]
    public async Task A_port_that_is_not_permitted_is_told_in_one_line()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var serve = ServeCommand.Create(
            new Hashtable(), (_, _, _) => throw new SocketException((int)SocketError.AccessDenied));

        var failure = await Should.ThrowAsync<IOException>(() => serve.Parse(["--rest_port", "80"]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, Cancel));

        failure.Message.ShouldBe(
            "Cannot listen on 127.0.0.1, port 80: ports below 1024 are not for ordinary users. Choose another with --rest_port.");
    }

    private async Task<int> ServeAsync(Func<Uri, string, Task> work, string? libraries = null)
    {
        using var process = Start(0, libraries);
        try
        {
            var output = "";
            while (!output.Contains("initial-password", StringComparison.Ordinal))
                output += await process.StandardOutput.ReadLineAsync(Cancel) ?? throw new InvalidOperationException(output);
            await work(new Uri(Regex.Match(output, "http://[0-9.:]+").Value), output);

            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
            (await process.StandardOutput.ReadToEndAsync(Cancel)).Trim().ShouldEndWith("Stopped.");
            if (libraries is not null)
                (await process.StandardError.ReadToEndAsync(Cancel)).ShouldContain("the bundled SQLite");
            return process.ExitCode;
        }
        finally
        {
            process.Kill();
        }
    }

    private Process Start(int port, string? libraries = null)
    {
        var start = new ProcessStartInfo(
            Path.Join(AppContext.BaseDirectory, "neurdicom"),
            ["serve", "--data", _data.FullName, "--rest_port", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("NEURDICOM_ADMIN_PASSWORD");
        if (libraries is not null)
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        return Process.Start(start)!; // Null only for what the shell opens.
    }
}
