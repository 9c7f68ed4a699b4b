using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace NeurDicom.Load;

/// <summary>The result tables in Markdown.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public void Machine(Options options)
    {
        var processor = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Field("/proc/meminfo", "MemTotal")?.Split(' ')[0];
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        Line("# The server beside Orthanc and the bare disk");
        Line();
        Line("Made by `bench/run-server-bench`, which says how. All figures of this page come from one run; compare them with one another, "
            + "not with other machines. Rates are operations a second: the median of the rounds, in brackets the quartiles. CPU is the processor "
            + "time of the server for one operation, in milliseconds.");
        Line();
        Line($"* commit {options.Commit}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, Release build, {RuntimeInformation.FrameworkDescription}");
        Line($"* {processor}, {Environment.ProcessorCount} cores for servers and client together, "
            + $"{(memory is null ? "" : $"{long.Parse(memory, CultureInfo.InvariantCulture) >> 20} GiB, ")}{RuntimeInformation.OSDescription}; "
            + $"load average before the run {load}");
        Line($"* Orthanc {OrthancVersion(options.Orthanc)} of Debian, SQLite, its defaults (files flushed), no plugins, no sign-in; NeurDICOM with its "
            + "defaults, sign-in off");
        Line($"* {options.Rounds} rounds; disk, NeurDICOM and Orthanc in turn; the same generated CT slices for both, 100 to a study");
        if (options.Shorten > 1)
            Line($"* **shortened {options.Shorten} times: a trial, not a measurement**");
        Line();
    }

    public void BeginStores(string size, long length, IReadOnlyList<(int Threads, Rounds Rounds)> files)
    {
        Line($"## Storing instances of {size} ({length.ToString("#,0", CultureInfo.InvariantCulture)} bytes)");
        Line();
        Line("“Disk” appends the same bytes to one file, with one flush (fdatasync) for each record or for as many records as there are "
            + "clients, which is the most that can be waiting for a flush. It hashes, parses and indexes nothing, and has both cores for itself. "
            + "For comparison, a file of its own for each instance, file and folder flushed: "
            + string.Join(", ", files.Select(probe => $"{Rounds.Number(probe.Rounds.Median)} /s with {probe.Threads} thread{(probe.Threads == 1 ? "" : "s")}"))
            + ".");
        Line();
        Line("| clients | NeurDICOM | Orthanc | ratio | disk, a flush each | part of it | disk, a flush for all clients | part of it | CPU NeurDICOM | CPU Orthanc |");
        Line("|---|---|---|---|---|---|---|---|---|---|");
    }

    public void AddStore(int clients, Rounds single, Rounds batched, Rounds ours, Rounds theirs) =>
        Line($"| {clients} | {ours} | {theirs} | **{Rounds.Ratio(ours.Median, theirs.Median)}** | {single} | {Part(ours, single)} | {batched} | "
            + $"{Part(ours, batched)} | {ours.ProcessorTime()} | {theirs.ProcessorTime()} |");

    public void BeginReads(string size, int stored)
    {
        Line();
        Line($"## Reading, {stored.ToString("#,0", CultureInfo.InvariantCulture)} instances of {size} stored, 4 clients");
        Line();
        Line("| what | NeurDICOM | Orthanc | NeurDICOM | Orthanc | ratio | CPU NeurDICOM | CPU Orthanc |");
        Line("|---|---|---|---|---|---|---|---|");
    }

    public void AddRead(Reading reading, Rounds ours, Rounds theirs) =>
        Line($"| {reading.What} | `{reading.Ours}` | `{reading.Theirs}` | {ours} | {theirs} | **{Rounds.Ratio(ours.Median, theirs.Median)}** | "
            + $"{ours.ProcessorTime()} | {theirs.ProcessorTime()} |");

    public void AddPeaks(Peer ours, Peer theirs)
    {
        Line();
        Line($"Highest resident memory over all of it: NeurDICOM {Rounds.Number(ours.PeakMemory())} MB, Orthanc {Rounds.Number(theirs.PeakMemory())} MB.");
        Line();
    }

    public void AddStart(int count, double fillRate, IEnumerable<double> starts, IEnumerable<double> killed)
    {
        Line($"## Start with {count.ToString("#,0", CultureInfo.InvariantCulture)} instances");
        Line();
        Line($"From the start of the built program to its first answer to `GET /api/patients?limit=1`, files in the system's cache. "
            + $"Filling took {Rounds.Number(fillRate)} instances a second with 16 clients.");
        Line();
        Line("| after | milliseconds, median | each |");
        Line("|---|---|---|");
        Start("an orderly end", starts);
        Start("kill -9 while 4 clients were storing", killed);
        Line();
    }

    public void AddMemory(
        long large, int files, (double Idle, double Peak, double Seconds) one, (double Idle, double Peak, double Seconds) many)
    {
        Line("## Memory");
        Line();
        Line("Highest resident memory of a server that was started for the request alone.");
        Line();
        Line("| request | after the start, MB | peak, MB | seconds |");
        Line("|---|---|---|---|");
        Line(string.Create(CultureInfo.InvariantCulture,
            $"| one multi-frame instance of {large:#,0} bytes | {one.Idle:0} | **{one.Peak:0}** | {one.Seconds:0.0} |"));
        Line(string.Create(CultureInfo.InvariantCulture,
            $"| {files:#,0} instances of 12 kB in one multipart request | {many.Idle:0} | **{many.Peak:0}** | {many.Seconds:0.0} |"));
    }

    private void Start(string after, IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        Line($"| {after} | **{Rounds.Number(sorted[sorted.Length / 2])}** | {string.Join(", ", sorted.Select(Rounds.Number))} |");
    }

    private static string Part(Rounds ours, Rounds disk) => (ours.Median / disk.Median).ToString("0.00", CultureInfo.InvariantCulture);

    private void Line(string text = "") => _text.Append(text).Append('\n');

    private static string? Field(string path, string name) => File.ReadLines(path)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    private static string OrthancVersion(string program)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
        var first = process.StandardOutput.ReadLine() ?? "";
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return first.Split(' ')[^1];
    }
}
