using System.Collections;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Archive;
using NeurDicom.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

public sealed class StoreCommandTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurdicom-store-");
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("neurdicom-files-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _data.Delete(recursive: true);
        _files.Delete(recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_is_stored_with_a_server_and_without(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _data.FullName) : null;
        Write("a/IM1", SmallFile.Create("1.2.1"));
        Write("a/b/IM2", SmallFile.Create("1.2.2"));
        Write("DICOMDIR", SmallFile.Create("1.2.3"));
        Write("notes.txt", "nothing to store"u8.ToArray());

        (await RunAsync("store", _files.FullName)).ShouldBe(ExitCode.Ok, _error.ToString());
        Printed().ShouldBe("2 stored, 0 already stored, 0 refused, 2 skipped (1 DICOMDIR, 1 not DICOM)");

        (await RunAsync("store_dicom", _files.FullName)).ShouldBe(ExitCode.Ok);
        Printed().ShouldBe("0 stored, 2 already stored, 0 refused, 2 skipped (1 DICOMDIR, 1 not DICOM)");

        (await RunAsync("verify")).ShouldBe(ExitCode.Ok);
        Printed().ShouldMatch("^2 files, [0-9]+ bytes verified, 0 damaged$");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_refused_is_named_and_the_rest_is_stored(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _data.FullName) : null;
        Write("1-good", SmallFile.Create("1.2.1"));
        Write("2-other", SmallFile.Create("1.2.1", patientName: "Other"));
        Write("3-cut.dcm", SmallFile.Create("1.2.2")[..180]);
        Write("4-no-uid", SmallFile.Wrap(SmallFile.Text(0x0008, 0x0060, "CS", "SR"), SmallFile.Text(0x0020, 0x000D, "UI", "1.2.100")));
        var absent = Path.Join(_files.FullName, "absent");

        (await RunAsync("store", "--jobs", "1", _files.FullName, absent)).ShouldBe(ExitCode.Failed);

        Printed().ShouldBe(
            "1 stored, 0 already stored, 4 refused (1 cannot be read, 1 missing or invalid UID, 1 not DICOM or damaged, 1 other bytes stored under the same UID), 0 skipped");
        foreach (var name in (string[])["2-other: ", "3-cut.dcm: ", "absent: "])
            _error.ToString().ShouldContain(name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clear_deletes_what_is_there_first(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _data.FullName) : null;
        Write("a", SmallFile.Create("1.2.1"));
        await RunAsync("store", _files.FullName);

        (await RunAsync("store_dicom", _files.FullName, "--clear")).ShouldBe(ExitCode.Ok, _error.ToString());

        _output.ToString().ShouldContain("1 patient deleted");
        Printed().ShouldStartWith("1 stored, 0 already stored");
    }

    [Theory]
    [InlineData("absent", "there is no such file or folder")]
    [InlineData("notes.dcm", "No DICOM file")]
    [InlineData("empty", "No DICOM file")]
    public async Task Clear_deletes_nothing_where_nothing_would_be_stored(string path, string reason)
    {
        Write("good/a", SmallFile.Create("1.2.1"));
        Write("notes.dcm", "a letter"u8.ToArray());
        _files.CreateSubdirectory("empty");
        await RunAsync("store", Path.Join(_files.FullName, "good"));

        (await RunAsync("store", Path.Join(_files.FullName, path), "--clear")).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain(reason);
        (await RunAsync("verify")).ShouldBe(ExitCode.Ok);
        Printed().ShouldStartWith("1 file, ");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_says_where_it_stores(bool withServer)
    {
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _data.FullName) : null;
        Write("a", SmallFile.Create("1.2.1"));

        await RunAsync("store", _files.FullName);
        await RunAsync("store", _files.FullName);

        string[] lines = withServer
            ? [$"into {_data.FullName}, through the running server", $"into {_data.FullName}, through the running server"]
            : [$"into {_data.FullName}, a new archive (no server is running on it)", $"into {_data.FullName} (no server is running on it)"];
        _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(lines);
    }

    [Fact]
    public async Task A_directory_is_skipped_whatever_its_name()
    {
        byte[] meta =
        [
            .. SmallFile.Element(0x0002, 0x0000, "UL", BitConverter.GetBytes(56)),
            .. SmallFile.Text(0x0002, 0x0002, "UI", "1.2.840.10008.1.3.10"),
            .. SmallFile.Text(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1"),
        ];
        byte[] file = [.. new byte[128], .. "DICM"u8, .. meta, .. SmallFile.Text(0x0004, 0x1130, "CS", "SET")];
        Write("index", file);
        Write("other/index.dcm", file);

        (await RunAsync("store", Path.Join(_files.FullName, "index"), Path.Join(_files.FullName, "other"))).ShouldBe(ExitCode.Ok);

        Printed().ShouldBe("0 stored, 0 already stored, 0 refused, 2 skipped (2 DICOMDIR)");
    }

    [Fact]
    public async Task A_folder_that_another_process_owns_is_explained()
    {
        using var folder = DataFolder.Open(_data.FullName);
        await using var archive = InstanceArchive.Open(folder, new Settings(), TimeProvider.System, NullLoggerFactory.Instance);
        Write("a", SmallFile.Create("1.2.1"));

        (await RunAsync("store", _files.FullName)).ShouldBe(ExitCode.Failed);

        _error.ToString().ShouldContain("Another process owns the data folder");
    }

    [Fact]
    public async Task A_server_that_dies_leaves_the_count_of_what_was_stored()
    {
        Write("1", SmallFile.Create("1.2.1"));
        Write("2", SmallFile.Create("1.2.2"));
        using var folder = DataFolder.Open(_data.FullName);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.SocketFile));
        listener.Listen();
        var served = AnswerOnceAsync(listener);

        (await RunAsync("store", "--jobs", "1", _files.FullName)).ShouldBe(ExitCode.Failed);
        await served;

        Printed().ShouldBe("1 stored, 0 already stored, 0 refused, 0 skipped");
        _error.ToString().ShouldContain("the server stopped answering");
    }

    private static async Task AnswerOnceAsync(Socket listener)
    {
        using var connection = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        listener.Dispose();
        var received = new byte[1 << 16];
        // The head and the file, which may come one by one.
        for (var length = 0; !received.AsSpan(0, length).EndsWith("1.2.200\0"u8);)
            length += await connection.ReceiveAsync(received.AsMemory(length), TestContext.Current.CancellationToken);
        const string body = """{"instances":[{"outcome":"stored","reason":null,"warnings":[]}]}""";
        await connection.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
    }

    private string Printed() => _output.ToString().TrimEnd().Split('\n')[^1];

    private Task<int> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync([.. arguments, "--data", _data.FullName], new Hashtable(), _output, _error);

    private void Write(string name, byte[] bytes)
    {
        var path = Path.Join(_files.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
