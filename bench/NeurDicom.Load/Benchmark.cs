using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace NeurDicom.Load;

/// <summary>
/// The whole measurement. Rounds of the disk, of NeurDICOM and of Orthanc follow one another in turn, so that whatever else
/// the machine does meets all three; both servers get the same instances in the same order.
/// </summary>
internal sealed partial class Benchmark(Options options, TextWriter progress, CancellationToken cancel)
{
    private static readonly int[] Clients = [1, 4, 16];
    private static readonly TimeSpan NoLimit = TimeSpan.FromMinutes(5);

    private readonly Report _report = new();

    public async Task<string> RunAsync()
    {
        _report.Machine(options);
        if (IsAsked("small"))
            await CompareAsync("12 kB", InstanceTemplate.Square(72, family: 1), [1500, 3000, 4000], lists: true);
        if (IsAsked("large"))
            await CompareAsync("526 kB", InstanceTemplate.Square(512, family: 2), [200, 500, 600], lists: false);
        if (IsAsked("start"))
            MeasureStart();
        if (IsAsked("memory"))
            MeasureMemory();
        return _report.ToString();
    }

    private async Task CompareAsync(string size, InstanceTemplate template, int[] counts, bool lists)
    {
        using var ours = new NeurDicomPeer(options.Server, Path.Combine(options.Folder, $"neurdicom-{template.Length}"));
        using var theirs = new OrthancPeer(options.Orthanc, Path.Combine(options.Folder, $"orthanc-{template.Length}"));
        ours.Start(cancel);
        theirs.Start(cancel);

        var probes = ProbeFiles(template);
        _report.BeginStores(size, template.Length, probes);
        // A runtime that compiles while it runs needs some thousand operations until it has done so.
        var stored = Shorten(4 * counts[1]);
        Store(ours, template, 4, 0, stored);
        Store(theirs, template, 4, 0, stored);
        for (var index = 0; index < Clients.Length; index++)
        {
            var clients = Clients[index];
            var (single, batched, our, their) = (new Rounds(), new Rounds(), new Rounds(), new Rounds());
            for (var round = 0; round < options.Rounds; round++)
            {
                Sync();
                single.Add(DiskProbe.Append(options.Folder, (int)template.Length, 1, Time(0.5)));
                batched.Add(DiskProbe.Append(options.Folder, (int)template.Length, clients, Time(0.5)));
                Sync();
                Measure(ours, our, () => Store(ours, template, clients, stored, Shorten(counts[index])));
                Sync();
                Measure(theirs, their, () => Store(theirs, template, clients, stored, Shorten(counts[index])));
                stored += Shorten(counts[index]);
            }

            progress.WriteLine($"store {size}, {clients} clients: disk {single} and {batched}, ours {our}, Orthanc {their} /s");
            _report.AddStore(clients, single, batched, our, their);
        }

        _report.BeginReads(size, stored);
        foreach (var reading in await Reading.PrepareAsync(ours, theirs, stored, lists, cancel))
        {
            var (our, their) = (new Rounds(), new Rounds());
            Read(ours, reading.OurRequests, Time(3));
            Read(theirs, reading.TheirRequests, Time(1));
            for (var round = 0; round < options.Rounds; round++)
            {
                Measure(ours, our, () => Read(ours, reading.OurRequests, Time(1)));
                Measure(theirs, their, () => Read(theirs, reading.TheirRequests, Time(1)));
            }

            progress.WriteLine($"{reading.What} {size}: ours {our}, Orthanc {their} /s");
            _report.AddRead(reading, our, their);
        }

        _report.AddPeaks(ours, theirs);
        ours.Stop();
        theirs.Stop();
        Directory.Delete(ours.Folder, recursive: true);
        Directory.Delete(theirs.Folder, recursive: true);
    }

    private List<(int Threads, Rounds Rounds)> ProbeFiles(InstanceTemplate template)
    {
        var probes = new List<(int, Rounds)>();
        foreach (var threads in Clients)
        {
            var rounds = new Rounds();
            for (var round = 0; round < 3; round++)
                rounds.Add(DiskProbe.Files(options.Folder, (int)template.Length, threads, Time(1)));
            probes.Add((threads, rounds));
        }

        return probes;
    }

    private static void Measure(Peer peer, Rounds rounds, Func<(double Rate, int Done)> run)
    {
        var before = peer.ProcessorTime();
        var (rate, done) = run();
        rounds.Add(rate, (peer.ProcessorTime() - before) / Math.Max(1, done));
    }

    private (double Rate, int Done) Store(Peer peer, InstanceTemplate template, int clients, int first, int count)
    {
        var head = HttpConnection.Post(peer.StorePath, "application/dicom", template.Length);
        var copies = Enumerable.Range(0, clients).Select(_ => template.Copy()).ToArray();
        return LoadLoop.Run(peer.Port, clients, first, count, NoLimit, (connection, client, number) =>
        {
            template.Stamp(copies[client], number);
            return connection.Send(head, copies[client]);
        }, cancel);
    }

    private (double Rate, int Done) Read(Peer peer, byte[][] requests, TimeSpan time) =>
        LoadLoop.Run(peer.Port, 4, 0, int.MaxValue / 2, time,
            (connection, _, number) => connection.Send(requests[number % requests.Length]), cancel);

    private void MeasureStart()
    {
        var template = InstanceTemplate.Square(72, family: 3);
        var count = Shorten(options.StartInstances);
        using var peer = new NeurDicomPeer(options.Server, Path.Combine(options.Folder, "neurdicom-start"));
        peer.Start(cancel);
        var (fillRate, _) = Store(peer, template, 16, 0, count);
        peer.Stop();

        var starts = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        {
            starts.Add(peer.Start(cancel).TotalMilliseconds);
            peer.Stop();
        }

        // A kill among stores: the next start has something to put right.
        var killed = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        {
            peer.Start(cancel);
            var sender = new Thread(() =>
            {
                try
                {
                    Store(peer, template, 4, count + round * 100_000, 100_000);
                }
                catch (InvalidOperationException)
                {
                    // The server is killed under it.
                }
            });
            sender.Start();
            Thread.Sleep(300);
            peer.Kill();
            sender.Join();
            killed.Add(peer.Start(cancel).TotalMilliseconds);
            peer.Stop();
        }

        progress.WriteLine($"start with {count}: {string.Join(' ', starts.Select(Rounds.Number))} ms; after kill {string.Join(' ', killed.Select(Rounds.Number))} ms");
        _report.AddStart(count, fillRate, starts, killed);
        Directory.Delete(peer.Folder, recursive: true);
    }

    private void MeasureMemory()
    {
        var frames = 2048 / options.Shorten;
        var large = InstanceTemplate.MultiFrame(512, frames, family: 4);
        var peakLarge = MeasurePeak("large", peer =>
        {
            using var connection = new HttpConnection(peer.Port);
            var header = large.Copy();
            large.Stamp(header, 0);
            connection.SendAll(HttpConnection.Post(peer.StorePath, "application/dicom", large.Length));
            connection.SendAll(header);
            for (var frame = 0; frame < frames; frame++)
                connection.SendAll(large.Frame);
            return connection.ReadAnswer();
        });

        var small = InstanceTemplate.Square(72, family: 5);
        var files = Shorten(10_000);
        var peakMany = MeasurePeak("many", peer =>
        {
            using var connection = new HttpConnection(peer.Port);
            var copy = small.Copy();
            var end = "--slice--\r\n"u8;
            var partLength = PartHead(0).Length + small.Length + 2;
            connection.SendAll(HttpConnection.Post(peer.StorePath, "multipart/form-data; boundary=slice", partLength * files + end.Length));
            for (var number = 0; number < files; number++)
            {
                small.Stamp(copy, number);
                connection.SendAll(PartHead(number));
                connection.SendAll(copy);
                connection.SendAll("\r\n"u8);
            }

            connection.SendAll(end);
            return connection.ReadAnswer();
        });

        progress.WriteLine($"memory: {peakLarge} and {peakMany}");
        _report.AddMemory(large.Length, files, peakLarge, peakMany);
    }

    private static byte[] PartHead(int number) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"--slice\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{number:D6}.dcm\"\r\nContent-Type: application/dicom\r\n\r\n"));

    private (double Idle, double Peak, double Seconds) MeasurePeak(string name, Func<Peer, int> send)
    {
        using var peer = new NeurDicomPeer(options.Server, Path.Combine(options.Folder, $"neurdicom-{name}"));
        peer.Start(cancel);
        var idle = peer.PeakMemory();
        var watch = Stopwatch.StartNew();
        var status = send(peer);
        if (status != 200)
            throw new InvalidOperationException($"The request for the {name} memory measurement was answered with {status}.");
        var seconds = watch.Elapsed.TotalSeconds;
        var peak = peer.PeakMemory();
        peer.Stop();
        Directory.Delete(peer.Folder, recursive: true);
        return (idle, peak, seconds);
    }

    private bool IsAsked(string part) => options.Parts.Count == 0 || options.Parts.Contains(part);

    private int Shorten(int count) => Math.Max(1, count / options.Shorten);

    private TimeSpan Time(double seconds) => TimeSpan.FromSeconds(seconds / options.Shorten);

    // What an earlier round left unwritten would burden the next.
    [LibraryImport("libc", EntryPoint = "sync")]
    private static partial void Sync();
}
