using System.Diagnostics;
using NeurDicom.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Export;

public sealed class ClearCommandTests : IDisposable
{
    private readonly CommandArchive _archive = new();

    public void Dispose() => _archive.Dispose();

    /// <summary>Defects 12 of NEURDICOM.md and 43 of golden.md: deletes left the files where they were.</summary>
    [Theory]
    [InlineData(true, "clear")]
    [InlineData(false, "clear")]
    [InlineData(false, "clear_dicom")]
    [InlineData(false, "clear_media")]
    public async Task Clear_takes_rows_and_files_together(bool withServer, string name)
    {
        await _archive.StoreAsync(
            Instances.Create("1.1", "1", 1), Instances.Create("1.2", "1", 1, size: 2 << 20), Instances.Create("1.3", "1", 1, "P2"));
        await using var server = withServer ? await ArchiveServer.StartAsync(folder: _archive.Data) : null;

        (await _archive.RunAsync(name, "--yes")).ShouldBe(ExitCode.Ok, _archive.Error.ToString());

        _archive.Printed.ShouldBe("2 patients deleted");
        // A server frees them a moment later; a command ends when it has, or the next one does.
        for (var waited = Stopwatch.StartNew(); Remains(); await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
            if (!withServer)
                await _archive.RunAsync("verify");
        }

        (await _archive.RunAsync("verify")).ShouldBe(ExitCode.Ok);
        _archive.Printed.ShouldBe("0 files, 0 bytes verified, 0 damaged");
        (await _archive.RunAsync(name, "-y")).ShouldBe(ExitCode.Ok);
        _archive.Printed.ShouldBe("0 patients deleted");
    }

    [Fact]
    public async Task Nothing_is_deleted_where_nobody_can_be_asked()
    {
        await _archive.StoreAsync(Instances.Create("1.1", "1", 1));

        (await _archive.RunAsync("clear")).ShouldBe(ExitCode.WrongUsage);

        _archive.Error.ToString().ShouldContain("--yes");
        await _archive.RunAsync("verify");
        _archive.Printed.ShouldStartWith("1 file, ");
    }

    [Fact]
    public async Task An_archive_that_is_not_there_is_not_made()
    {
        (await _archive.RunAsync("clear", "--yes")).ShouldBe(ExitCode.Failed);

        _archive.Error.ToString().ShouldContain("There is no archive");
        Directory.EnumerateFileSystemEntries(_archive.Data).ShouldBeEmpty();
    }

    private bool Remains() =>
        Directory.EnumerateFiles(Path.Join(_archive.Data, "large")).Any()
        || Directory.EnumerateFiles(Path.Join(_archive.Data, "segments")).Any(
            file => ReadShared(file).AsSpan().IndexOf("Secret^P"u8) >= 0);

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
