using System.Diagnostics;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

/// <summary>What commands show on a terminal, a pseudo-terminal that <c>script</c> makes, and what elsewhere.</summary>
public sealed class TerminalTests : IDisposable
{
    private const char Escape = '\u001b';

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurdicom-store-");
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("neurdicom-files-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _data.Delete(recursive: true);
        _files.Delete(recursive: true);
    }

    [Fact]
    public async Task Store_and_verify_show_a_bar_on_a_terminal()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "Needs script of Debian's bsdutils.");
        Write(300);

        var stored = await RunAsync(onTerminal: true, "store", _files.FullName);
        var verified = await RunAsync(onTerminal: true, "verify");

        foreach (var (shown, title) in ((string, string)[])[(stored, "Storing"), (verified, "Verifying")])
        {
            shown.ShouldContain(title);
            shown.ShouldContain(Escape);
            shown.ShouldContain('━');
            shown.ShouldContain("of 300");
        }

        stored.ShouldContain("300 stored, 0 already stored, 0 refused, 0 skipped");
        stored.ShouldMatch("of 300, [0-9.]+ of 0[.][0-9]+ MB");
        verified.ShouldMatch("300 files, [0-9]+ bytes verified, 0 damaged");
    }

    [Fact]
    public async Task Elsewhere_they_print_nothing_but_text()
    {
        Write(20);
        await File.WriteAllTextAsync(Path.Join(_files.FullName, "bad\u001b[31m.dcm"), "a letter", Cancel);

        var shown = await RunAsync(onTerminal: false, "store", _files.FullName) + await RunAsync(onTerminal: false, "verify");

        shown.ShouldContain("20 stored, 0 already stored, 1 refused");
        shown.ShouldContain("20 files, ");
        shown.ShouldNotContain(Escape);
        shown.ShouldNotContain('━');
        shown.ShouldNotContain('\r');
    }

    [Fact]
    public async Task A_name_cannot_speak_to_the_terminal()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "Needs script of Debian's bsdutils.");
        Write(1);
        await File.WriteAllTextAsync(Path.Join(_files.FullName, "bad\u001b]0;owned\u0007.dcm"), "a letter", Cancel);

        var shown = await RunAsync(onTerminal: true, "store", _files.FullName);

        shown.ShouldContain("owned");
        shown.ShouldNotContain("\u001b]0;");
    }

    [Fact]
    public async Task A_terminal_that_can_do_nothing_gets_text()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "Needs script of Debian's bsdutils.");
        Write(20);

        var shown = await RunAsync("dumb", true, "store", _files.FullName);

        shown.ShouldContain("20 stored");
        shown.ShouldNotContain(Escape);
    }

    private Task<string> RunAsync(bool onTerminal, params string[] arguments) => RunAsync("xterm-256color", onTerminal, arguments);

    private async Task<string> RunAsync(string terminal, bool onTerminal, params string[] arguments)
    {
        string[] command = [Path.Join(AppContext.BaseDirectory, "neurdicom"), .. arguments, "--data", _data.FullName];
        var start = onTerminal
            ? new ProcessStartInfo("/usr/bin/script", ["-qec", string.Join(' ', command.Select(word => $"'{word}'")), "/dev/null"])
            : new ProcessStartInfo(command[0], command[1..]);
        start.Environment["TERM"] = terminal;
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(start)!; // Null only for what the shell opens.
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        var shown = await output + await error;
        await process.WaitForExitAsync(Cancel);
        return shown;
    }

    private void Write(int count)
    {
        for (var i = 1; i <= count; i++)
            File.WriteAllBytes(Path.Join(_files.FullName, $"{i:D4}.dcm"), SmallFile.Create($"1.2.{i}"));
    }
}
