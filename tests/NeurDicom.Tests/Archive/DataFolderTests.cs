using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Archive;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Archive;

[SupportedOSPlatform("linux")]
public sealed class DataFolderTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("neurdicom-test-").FullName, "data");

    [Fact]
    public void A_new_folder_is_for_its_owner_alone()
    {
        using var folder = DataFolder.Open(_path);

        File.GetUnixFileMode(_path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(_path, "lock")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task In_an_existing_folder_the_index_is_for_its_owner_alone()
    {
        Directory.CreateDirectory(_path);
        using var folder = DataFolder.Open(_path);
        await using var archive = InstanceArchive.Open(folder, new Settings(), TimeProvider.System, NullLoggerFactory.Instance);

        foreach (var file in Directory.GetFiles(_path, "index.db*"))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public void A_folder_in_use_is_refused_and_the_owner_named()
    {
        using var folder = DataFolder.Open(_path);

        DataFolder.IsOwned(_path).ShouldBeTrue();
        Should.Throw<DataFolderException>(() => DataFolder.Open(_path)).Message.ShouldContain($"process {Environment.ProcessId}");
    }

    [Fact]
    public void A_folder_that_was_let_go_can_be_opened_again()
    {
        DataFolder.Open(_path).Dispose();

        DataFolder.IsOwned(_path).ShouldBeFalse();
        DataFolder.Open(_path).Dispose();
    }

    [Fact]
    public void A_path_that_is_a_file_is_refused_with_its_name()
    {
        File.WriteAllText(_path, "");

        Should.Throw<DataFolderException>(() => DataFolder.Open(_path)).Message.ShouldContain(_path);
    }

    [Fact]
    public void A_lock_that_is_held_for_a_moment_is_waited_for()
    {
        DataFolder.Open(_path).Dispose();
        // As IsOwned does in another process.
        var look = new FileStream(Path.Combine(_path, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        // A thread of its own: those of the pool may be busy with other tests.
        var end = new Thread(() =>
        {
            Thread.Sleep(60);
            look.Dispose();
        });
        end.Start();

        DataFolder.Open(_path).Dispose();

        end.Join();
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
}
