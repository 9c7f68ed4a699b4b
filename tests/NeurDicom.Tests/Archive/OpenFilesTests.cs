using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Archive;

/// <summary>How often bytes are written, and which files stay open (NEURDICOM.md, defects 8, 11 and 51).</summary>
public sealed class OpenFilesTests
{
    public OpenFilesTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are read from /proc.");

    [Fact]
    public async Task An_instance_is_written_once()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = Large();

        await server.StoreAsync(file);

        var written = Directory.EnumerateFiles(Path.Combine(server.Folder, "segments")).Sum(segment => new FileInfo(segment).Length);
        written.ShouldBeInRange(file.Length, file.Length + (64 << 10));
    }

    [Fact]
    public async Task Copies_of_an_instance_leave_no_file_open()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = Large();
        await server.StoreAsync(file);
        var before = OpenFiles(server.Folder).Count;

        for (var copy = 0; copy < 50; copy++)
            (await server.StoreAsync(file))["outcome"]!.ToString().ShouldBe("already_stored");

        OpenFiles(server.Folder).Count.ShouldBeLessThan(before + 10);
    }

    [Fact]
    public async Task Readers_share_a_few_connections_and_a_stop_closes_them()
    {
        string folder;
        await using (var server = await ArchiveServer.StartAsync())
        {
            folder = server.Folder;
            await server.StoreAsync(Large());
            for (var round = 0; round < 10; round++)
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => server.GetAsync("/api/instances/1")));
                foreach (var answer in answers)
                    answer.Dispose();
            }

            OpenFiles(folder).Count.ShouldBeLessThan(200, "400 requests were answered.");
        }

        // Compiled statements keep their connection until they are collected.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        OpenFiles(folder).ShouldBeEmpty();
    }

    private static byte[] Large() => new PictureFile()
        .Text(Tag.SopInstanceUid, "UI", "2.25.1")
        .Short(Tag.Rows, 256).Short(Tag.Columns, 256)
        .Pixels([.. Enumerable.Range(0, 256 * 256)])
        .Write();

    // What this process has open in a folder; a file may be closed between the two calls.
    private static List<string> OpenFiles(string folder) =>
    [
        .. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(link =>
            {
                try
                {
                    return new FileInfo(link).LinkTarget;
                }
                catch (IOException)
                {
                    return null;
                }
            })
            .OfType<string>()
            .Where(target => target.StartsWith(folder, StringComparison.Ordinal)),
    ];
}
