using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom;
using NeurDicom.Archive;
using NeurDicom.Index;
using NeurDicom.Load;
using NeurDicom.Store;

// Stores without HTTP: how far the archive itself goes. Run it built for release:
//   artifacts/bin/StoreLoad/release/StoreLoad [FOLDER [SECONDS [SIDE…]]]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var root = args.Length > 0 ? args[0] : Path.GetTempPath();
var time = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 5);
var sides = args.Length > 2 ? args[2..].Select(side => int.Parse(side, CultureInfo.InvariantCulture)).ToArray() : [74, 512];

var folder = Path.Combine(root, $"store-load-{Environment.ProcessId}");
Directory.CreateDirectory(folder);
try
{
    foreach (var side in sides)
    {
        var size = InstanceTemplate.Square(side, 0).Length;
        Print($"{size} bytes an instance; the disk appends, flushed every 1, 4, 16:");
        foreach (var batch in (int[])[1, 4, 16])
            Print($"  {DiskProbe.Append(folder, (int)size, batch, time / 4),10:F0} /s");
        foreach (var producers in (int[])[1, 4, 16])
            await MeasureAsync(side, producers);
    }

    await MeasureStartAsync(100_000);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

async Task MeasureAsync(int side, int producers)
{
    var path = Path.Combine(folder, "data");
    using (var data = DataFolder.Open(path))
    {
        await using var archive = InstanceArchive.Open(data, new Settings { DiskReserve = 0 }, TimeProvider.System, NullLoggerFactory.Instance);
        var ingest = new InstanceIngest(archive.Writer);
        await RunAsync(ingest, side, producers, 9, time / 4);
        var before = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var stored = await RunAsync(ingest, side, producers, 1, time);
        var seconds = watch.Elapsed.TotalSeconds;
        Print(
            $"  {producers,2} producers: {stored / seconds,8:F0} /s, {stored * (double)InstanceTemplate.Square(side, 0).Length / seconds / 1e6,6:F0} MB/s, "
            + $"{(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / stored:F0} us of processor and "
            + $"{(GC.GetTotalAllocatedBytes() - before) / stored} bytes allocated each");
    }

    Directory.Delete(path, recursive: true);
}

static async Task<int> RunAsync(InstanceIngest ingest, int side, int producers, int family, TimeSpan time)
{
    var stored = 0;
    var watch = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, producers).Select(producer => Task.Run(async () =>
    {
        var template = InstanceTemplate.Square(side, family * 100 + producer);
        var copy = template.Copy();
        for (var number = 0; watch.Elapsed < time; number++)
        {
            template.Stamp(copy, number);
            var result = await ingest.StoreAsync(new MemoryStream(copy), announced: null, Sender.Local, CancellationToken.None);
            if (result.Outcome != StoreOutcome.Stored)
                throw new InvalidOperationException($"{result.Outcome}: {result.Reason}");
            Interlocked.Increment(ref stored);
        }
    })));
    return stored;
}

async Task MeasureStartAsync(int instances)
{
    var path = Path.Combine(folder, "data");
    using var data = DataFolder.Open(path);
    await using (var archive = InstanceArchive.Open(data, new Settings { DiskReserve = 0 }, TimeProvider.System, NullLoggerFactory.Instance))
    {
        var ingest = new InstanceIngest(archive.Writer);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            var template = InstanceTemplate.Square(8, 5000);
            var copy = template.Copy();
            for (var number = Interlocked.Increment(ref next); number < instances; number = Interlocked.Increment(ref next))
            {
                template.Stamp(copy, number);
                await ingest.StoreAsync(new MemoryStream(copy), announced: null, Sender.Local, CancellationToken.None);
            }
        })));
    }

    var watch = Stopwatch.StartNew();
    await using (var archive = InstanceArchive.Open(data, new Settings(), TimeProvider.System, NullLoggerFactory.Instance))
    {
        Print($"{instances} instances: opened in {watch.Elapsed.TotalMilliseconds:F0} ms");
        await MeasureDeletionAsync(archive);
    }
}

// All instances under one patient first, so that a single deletion takes everything.
static async Task MeasureDeletionAsync(InstanceArchive archive)
{
    await archive.Writer.WriteAsync(
        (connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = """
                UPDATE studies SET patient = 1;
                DELETE FROM patients WHERE id <> 1;
                """;
            return command.ExecuteNonQuery();
        },
        CancellationToken.None);
    var watch = Stopwatch.StartNew();
    var deleted = await archive.Writer.DeleteAsync(Level.Patient, 1, Sender.Local, CancellationToken.None);
    Print($"a patient of {deleted.Studies} studies and {deleted.Instances} instances: deleted in {watch.Elapsed.TotalMilliseconds:F0} ms");
    while (await archive.Index.ReadAsync(HasFrees, CancellationToken.None))
        await Task.Delay(10);
    Print($"  and its bytes freed after {watch.Elapsed.TotalMilliseconds:F0} ms");

    static bool HasFrees(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM frees)";
        return (long)command.ExecuteScalar()! != 0;
    }
}

static void Print(string line) => Console.Out.WriteLine(line);
