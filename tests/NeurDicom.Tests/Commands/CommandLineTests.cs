using System.Collections;
using NeurDicom.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurdicom-command-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("store", "PATH")]
    [InlineData("store --bad x", "--bad")]
    [InlineData("store --jobs 0 x", "--jobs")]
    [InlineData("store --jobs many x", "many")]
    [InlineData("verify x", "'x'")]
    [InlineData("dump", "FILE")]
    public async Task Wrong_usage_is_named_and_exits_with_2(string line, string named)
    {
        (await RunAsync(line)).ShouldBe(ExitCode.WrongUsage);

        _error.ToString().ShouldContain(named);
        _error.ToString().ShouldContain("--help'.");
        _output.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Wrong_settings_stop_a_command_with_all_of_them_named()
    {
        File.WriteAllText(Path.Join(_folder.FullName, "settings.json"), """{"rest_port": "abc", "nonsense": 1}""");

        (await RunAsync($"verify --data {_folder.FullName}")).ShouldBe(ExitCode.WrongUsage);

        _error.ToString().ShouldContain("rest_port");
        _error.ToString().ShouldContain("nonsense");
    }

    [Fact]
    public async Task A_data_folder_with_too_long_a_path_is_told_and_not_served()
    {
        var folder = Path.Join(_folder.FullName, new string('x', 100));

        (await RunAsync($"serve --rest_port 0 --data {folder}")).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain("too long");
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        (await RunAsync("version")).ShouldBe(ExitCode.Ok);

        _output.ToString().ShouldStartWith("neurdicom ");
    }

    [Theory]
    [InlineData("store")]
    [InlineData("store_dicom")]
    public async Task Help_goes_to_standard_output_also_under_the_originals_name(string name)
    {
        (await RunAsync($"{name} --help")).ShouldBe(ExitCode.Ok);

        _output.ToString().ShouldContain("--clear");
        _error.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("help", "verify")]
    [InlineData("help store", "--clear")]
    public async Task Help_is_a_command_too(string line, string named)
    {
        (await RunAsync(line)).ShouldBe(ExitCode.Ok);

        _output.ToString().ShouldContain(named);
        _error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_command_help_is_printed_once_and_nothing_done()
    {
        (await CommandLine.RunAsync([], new Hashtable(), _output, _error)).ShouldBe(ExitCode.WrongUsage);

        $"{_output}{_error}".Split("Usage:").Length.ShouldBe(2);
        $"{_output}{_error}".ShouldNotContain("Required command");
    }

    [Fact]
    public async Task Settings_that_are_no_json_are_told_with_the_line()
    {
        File.WriteAllText(Path.Join(_folder.FullName, "settings.json"), "{\n  \"rest_port\": 8081\n  \"aet\": \"ME\"\n}");

        (await RunAsync($"verify --data {_folder.FullName}")).ShouldBe(ExitCode.WrongUsage);

        _error.ToString().ShouldContain("settings.json, line 3: this is not JSON");
        _error.ToString().ShouldNotContain("BytePosition");
    }

    [Fact]
    public async Task Help_of_serve_lists_every_setting_with_its_default()
    {
        (await RunAsync("serve --help")).ShouldBe(ExitCode.Ok);

        var help = string.Join(' ', _output.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var setting in SettingsReader.All)
        {
            help.ShouldContain($"--{setting.Name}");
            help.ShouldContain($"[{(setting.Default.Length == 0 ? "nothing" : setting.Default)}]");
        }
    }

    private Task<int> RunAsync(string line) =>
        CommandLine.RunAsync(line.Split(' '), new Hashtable(), _output, _error);
}
