using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Archive;
using NeurDicom.Index;
using NeurDicom.Store;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Archive.ArchiveFixture;

namespace NeurDicom.Tests.Archive;

public sealed class FullDiskTests
{
    [Fact]
    public async Task The_reserve_refuses_before_anything_is_written()
    {
        await using var archive = new ArchiveFixture(new Settings { DiskReserve = long.MaxValue, DiskReservePercent = 100 });
        var ingest = new InstanceIngest(archive.Writer);

        var result = await ingest.StoreAsync(new MemoryStream(new byte[1000]), announced: null, Tester, CancellationToken.None);

        result.Outcome.ShouldBe(StoreOutcome.OutOfSpace);
        result.Outcome.ToHttpStatus().ShouldBe(507);
    }

    [Fact]
    public async Task A_disk_that_fills_up_refuses_and_keeps_what_it_has()
    {
        var disk = Directory.CreateTempSubdirectory("neurdicom-disk-").FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk), "Nothing may be mounted here: a full disk was not tried.");
        try
        {
            await using var archive = new ArchiveFixture(path: Path.Combine(disk, "data"));
            var ballast = Path.Combine(disk, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[1 << 20], TestContext.Current.CancellationToken);
            var stored = new List<StoreResult>();
            StoreResult result;
            while ((result = await archive.StoreAsync(Arrive($"1.2.1.{stored.Count + 1}", size: 100_000))).Outcome == StoreOutcome.Stored)
                stored.Add(result);

            result.Outcome.ShouldBe(StoreOutcome.OutOfSpace);
            stored.Count.ShouldBeGreaterThan(10);
            foreach (var one in stored)
                (await archive.ReadAsync(one.Id!.Value)).ShouldBe(Arrive(one.SopInstanceUid!.Value.Value, size: 100_000).Bytes.ToArray());
            (await archive.WrongCountersAsync()).ShouldBeEmpty();

            // A deletion writes too; in life the reserve leaves room for it.
            File.Delete(ballast);
            await archive.Writer.DeleteAsync(Level.Patient, 1, Tester, CancellationToken.None);
            await archive.FreedAsync();
            (await archive.StoreAsync(Arrive("1.2.1.1", size: 100_000))).Outcome.ShouldBe(StoreOutcome.Stored);
        }
        finally
        {
            Run("umount", "--lazy", disk);
            Directory.Delete(disk, recursive: true);
        }
    }

    [Fact]
    public async Task What_else_would_be_written_is_answered_with_507()
    {
        var cancel = TestContext.Current.CancellationToken;
        var disk = Directory.CreateTempSubdirectory("neurdicom-disk-").FullName;
        Assert.SkipUnless(
            Run("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk), "Nothing may be mounted here: a full disk was not tried.");
        try
        {
            await using var server = await ArchiveServer.StartAsync(folder: Path.Combine(disk, "data"));
            await server.Archive.Writer.StoreAsync(Arrive("1.2.1.1"), Tester, cancel);
            Fill(Path.Combine(disk, "ballast"));
            server.ExpectLog("Uncaught exception");
            server.ExpectLog("The audit trail cannot be written");

            using var deleted = await server.Http.DeleteAsync(new Uri("/api/patients/1", UriKind.Relative), cancel);

            ((int)deleted.StatusCode).ShouldBe(507);
            deleted.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
        finally
        {
            Run("umount", "--lazy", disk);
            Directory.Delete(disk, recursive: true);
        }
    }

    [Fact]
    public async Task A_start_that_cannot_clear_away_says_why()
    {
        var cancel = TestContext.Current.CancellationToken;
        var disk = Directory.CreateTempSubdirectory("neurdicom-disk-").FullName;
        Assert.SkipUnless(
            Run("mount", "-t", "tmpfs", "-o", "size=64m", "none", disk), "Nothing may be mounted here: a full disk was not tried.");
        try
        {
            var crashed = Path.Combine(disk, "crashed");
            await using (var archive = new ArchiveFixture(path: Path.Combine(disk, "data")))
            {
                // What a kill would leave: rows that are only in the log of SQLite, and a file that was being written.
                for (var i = 0; i < 200; i++)
                    await archive.StoreAsync(Arrive($"1.2.1.{i}", size: 5_000));
                await archive.Writer.AnnounceLargeAsync(cancel);
                Run("cp", "-a", Path.Combine(disk, "data"), crashed).ShouldBeTrue();
            }

            Fill(Path.Combine(disk, "ballast"));

            using var folder = DataFolder.Open(crashed);
            Should.Throw<DataFolderException>(
                () => InstanceArchive.Open(folder, new Settings(), TimeProvider.System, NullLoggerFactory.Instance))
                .Message.ShouldContain("full");
        }
        finally
        {
            Run("umount", "--lazy", disk);
            Directory.Delete(disk, recursive: true);
        }
    }

    [Fact]
    public void A_folder_that_is_read_only_is_not_said_to_be_in_use()
    {
        var disk = Directory.CreateTempSubdirectory("neurdicom-disk-").FullName;
        Assert.SkipUnless(
            Run("mount", "-t", "tmpfs", "none", disk), "Nothing may be mounted here: a disk that is read-only was not tried.");
        try
        {
            DataFolder.Open(disk).Dispose();
            Assert.SkipUnless(Run("mount", "-o", "remount,ro", disk), "A disk that is read-only was not tried.");

            DataFolder.IsOwned(disk).ShouldBeFalse();
            Should.Throw<DataFolderException>(() => DataFolder.Open(disk)).Message.ShouldContain("Read-only");
        }
        finally
        {
            Run("umount", "--lazy", disk);
            Directory.Delete(disk, recursive: true);
        }
    }

    private static void Fill(string file)
    {
        try
        {
            using var ballast = File.Create(file, 1);
            while (true)
                ballast.Write(new byte[4096]);
        }
        catch (IOException)
        {
        }
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
