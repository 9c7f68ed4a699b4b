using System.Diagnostics;
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

        var result = await ingest.StoreAsync(new MemoryStream(new byte[1000]), Tester, CancellationToken.None);

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
