using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NeurDicom.Commands;
using NeurDicom.Doctor;
using NeurDicom.Tests.Https;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurdicom-doctor-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _data.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_machine_that_can_serve_is_told_what_it_has()
    {
        (await RunAsync("--rest_port", "0", "--disk_reserve", "0")).ShouldBe(ExitCode.Ok, _output.ToString());

        var names = _output.ToString().Split('\n').Select(line => line.Length > 21 ? line[6..21].TrimEnd() : "").ToList();
        foreach (var name in (string[])["program", "sqlite", "jpeg", "tls", "memory", "open files", "clock", "data folder", "disk", "flush", "rest_port"])
            names.ShouldContain(name);
        _error.ToString().ShouldBeEmpty();
        _data.EnumerateFileSystemInfos().ShouldBeEmpty("It leaves nothing.");
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_not_made()
    {
        var absent = Path.Combine(_data.FullName, "a", "b");

        (await RunAsync("--rest_port", "0", "--disk_reserve", "0", "--data", absent)).ShouldBe(ExitCode.Ok, _output.ToString());

        _data.EnumerateFileSystemInfos().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_wrong()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        (await RunAsync("--disk_reserve", "0", "--rest_port", $"{port}")).ShouldBe(ExitCode.Failed);

        _output.ToString().ShouldContain($"rest_port {port} at 127.0.0.1 is in use by another program");
        _output.ToString().TrimEnd().ShouldEndWith("1 wrong.");
    }

    [Fact]
    public async Task A_server_on_the_folder_is_found_and_asked()
    {
        await using var server = await ArchiveServer.StartAsync(folder: _data.FullName);

        (await RunAsync("--disk_reserve", "0")).ShouldBe(ExitCode.Ok, _output.ToString());

        _output.ToString().ShouldContain("one runs on the data folder, and is ready");
    }

    [Fact]
    public async Task A_command_that_owns_the_folder_is_no_server()
    {
        using var owned = NeurDicom.Archive.DataFolder.Open(_data.FullName);

        (await RunAsync("--disk_reserve", "0")).ShouldBe(ExitCode.Failed);

        _output.ToString().ShouldContain("no server answers in it");
    }

    [Fact]
    public async Task A_certificate_that_has_ended_is_wrong()
    {
        using var ended = new TestCertificate(begins: -10, ends: -1);
        var file = Path.Combine(_data.FullName, "ended.pem");
        File.WriteAllText(file, ended.CertificatePem + ended.KeyPem);

        (await RunAsync("--rest_port", "0", "--disk_reserve", "0", "--https_port", "0", "--certificate", file)).ShouldBe(ExitCode.Failed);

        _output.ToString().ShouldContain("it has to be renewed");
    }

    [Fact]
    public async Task The_findings_are_to_be_had_as_json()
    {
        (await RunAsync("--json", "--rest_port", "0", "--disk_reserve", "0")).ShouldBe(ExitCode.Ok, _output.ToString());

        var json = JsonNode.Parse(_output.ToString())!;
        json["ok"]!.GetValue<bool>().ShouldBeTrue();
        foreach (var finding in json["findings"]!.AsArray())
        {
            finding!["verdict"]!.ToString().ShouldBeOneOf("ok", "note");
            finding["text"]!.ToString().ShouldNotBeEmpty(finding["name"]!.ToString());
        }
    }

    [Fact]
    public async Task Wrong_settings_are_wrong_usage()
    {
        (await RunAsync("--rest_port", "many")).ShouldBe(ExitCode.WrongUsage);

        _error.ToString().ShouldContain("--rest_port");
    }

    [Fact]
    public void A_full_disk_and_a_file_in_the_folders_place_are_wrong()
    {
        var full = new FolderCheck(
            new Settings { Data = _data.FullName, DiskReserve = long.MaxValue, DiskReservePercent = 100 }).Run();
        var file = Path.Combine(_data.FullName, "file");
        File.WriteAllText(file, "");

        full.Single(finding => finding.Verdict == Verdict.Wrong).Text.ShouldContain("nothing can be stored");
        new FolderCheck(new Settings { Data = file }).Run().Single().Verdict.ShouldBe(Verdict.Wrong);
    }

    [Fact]
    public void A_folder_that_others_may_enter_is_noted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_data.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);

        new FolderCheck(new Settings { Data = _data.FullName }).Run().First().Verdict.ShouldBe(Verdict.Note);
    }

    private Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(
        arguments.Contains("--data") ? ["doctor", .. arguments] : ["doctor", "--data", _data.FullName, .. arguments],
        new Hashtable(), _output, _error);
}
