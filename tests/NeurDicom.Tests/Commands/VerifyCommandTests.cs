using System.Collections;
using System.Net;
using NeurDicom.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurdicom-verify-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _data.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whole_files_are_told_to_be_whole(bool withServer)
    {
        (await VerifyAsync(withServer, _ => { })).ShouldBe(ExitCode.Ok, _error.ToString());

        _output.ToString().Trim().ShouldMatch("^4 files, [0-9]+ bytes verified, 0 damaged$");
        _error.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Damage_is_found_with_a_server_and_without(bool withServer)
    {
        (await VerifyAsync(withServer, Damage)).ShouldBe(ExitCode.Failed);

        _output.ToString().Trim().ShouldMatch("^4 files, [0-9]+ bytes verified, 3 damaged$");
        _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "1.2.1 version 1: the bytes are not the ones that were stored",
            "1.2.2 version 1: the bytes are not the ones that were stored",
            "1.2.3 version 1: the file is missing",
        ]);

        static void Damage(string data)
        {
            // The name that only the old version has.
            Flip(Directory.GetFiles(Path.Join(data, "segments")).Single(), "Older^Name"u8.ToArray());
            var large = Directory.GetFiles(Path.Join(data, "large")).Order(StringComparer.Ordinal).ToList();
            large.Count.ShouldBe(2);
            Flip(large[0], "DICM"u8.ToArray());
            File.Delete(large[1]);
        }
    }

    [Fact]
    public async Task A_segment_that_is_gone_is_missed_though_the_server_has_it_open()
    {
        (await VerifyAsync(withServer: true, data =>
        {
            foreach (var segment in Directory.GetFiles(Path.Join(data, "segments")))
                File.Move(segment, segment + ".away");
        })).ShouldBe(ExitCode.Failed);

        _output.ToString().Trim().ShouldMatch("^4 files, [0-9]+ bytes verified, 4 damaged$");
    }

    [Fact]
    public async Task A_folder_without_an_archive_is_told_and_left_alone()
    {
        var absent = Path.Join(_data.FullName, "absent");

        (await RunAsync(absent)).ShouldBe(ExitCode.Failed);
        (await RunAsync(_data.FullName)).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain($"There is no archive in {absent};");
        _error.ToString().ShouldContain($"There is no archive in {_data.FullName};");
        Directory.Exists(absent).ShouldBeFalse();
        _data.EnumerateFileSystemInfos().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_is_not_taken_for_a_data_folder()
    {
        var file = Path.Join(_data.FullName, "README.md");
        File.WriteAllText(file, "");

        (await RunAsync(file)).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain($"{file} is a file, not a folder");
    }

    [Fact]
    public async Task A_server_verifies_for_one_at_a_time_and_tells_line_by_line()
    {
        await using var server = await ArchiveServer.StartAsync(folder: _data.FullName);
        await server.SignInAsync();
        await FillAsync(server);

        using (var first = await server.SendAsync(HttpMethod.Post, "/api/verify"))
        {
            first.StatusCode.ShouldBe(HttpStatusCode.OK);
            first.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
            var text = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            text.ShouldEndWith("}\n");
            text.TrimEnd().Split('\n')[^1].ShouldContain("\"files\":3,");
            text.TrimEnd().Split('\n')[^1].ShouldContain("\"done\":true");
        }

        await server.Archive.Verifying.WaitAsync(TestContext.Current.CancellationToken);
        using (var second = await server.SendAsync(HttpMethod.Post, "/api/verify"))
            second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await RunAsync(_data.FullName)).ShouldBe(ExitCode.Failed);
        _error.ToString().ShouldContain("being verified already");
        server.Archive.Verifying.Release();

        using var third = await server.SendAsync(HttpMethod.Post, "/api/verify");
        third.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_an_admin_may_have_a_server_verify()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 }, _data.FullName);

        using var response = await server.SendAsync(HttpMethod.Post, "/api/verify");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<int> VerifyAsync(bool withServer, Action<string> damage)
    {
        var settings = new Settings { RestPort = 0, RequireAuth = false, Duplicates = DuplicatePolicy.Keep };
        await using (var server = await ArchiveServer.StartAsync(settings, _data.FullName))
        {
            await FillAsync(server);
            damage(_data.FullName);
            if (withServer)
                return await RunAsync(_data.FullName);
        }

        return await RunAsync(_data.FullName);
    }

    /// <summary>One instance in two versions, the older of which carries a name of its own, and two large ones.</summary>
    private static async Task FillAsync(ArchiveServer server)
    {
        await server.StoreAsync(SmallFile.Create("1.2.1", "Older^Name"));
        await server.StoreAsync(SmallFile.Create("1.2.1", "Newer^Name"));
        foreach (var uid in (string[])["1.2.2", "1.2.3"])
            await server.StoreAsync([.. SmallFile.Create(uid), .. Padding()]);
    }

    // Data Set Trailing Padding, PS3.10 7.2: enough of it for a file of its own.
    private static IEnumerable<byte> Padding()
    {
        byte[] head = [0xFC, 0xFF, 0xFC, 0xFF, (byte)'O', (byte)'B', 0, 0];
        return head.Concat(BitConverter.GetBytes(2 << 20)).Concat(new byte[2 << 20]);
    }

    private static void Flip(string path, byte[] text)
    {
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf(text);
        at.ShouldBeGreaterThan(0);
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        file.WriteByte((byte)(bytes[at] ^ 1));
    }

    private Task<int> RunAsync(string data) =>
        CommandLine.RunAsync(["verify", "--data", data], new Hashtable(), _output, _error);
}
