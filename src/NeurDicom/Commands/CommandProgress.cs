using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NeurDicom.Commands;

/// <summary>
/// Shows how far a command is, on standard error: a bar on a terminal, elsewhere a line now and then. Results go to
/// standard output, so that they can be piped.
/// </summary>
internal abstract class CommandProgress
{
    private readonly Lock _lock = new();

    /// <summary>How much there is in all; may become known, and grow, while the work goes on.</summary>
    /// <param name="bytes">How many bytes these are; 0 where they are not known: each then counts alike.</param>
    public abstract void SetTotal(long total, long bytes = 0);

    public abstract void SetDone(long done);

    /// <summary>So many bytes more are done; of a large file long before the file is.</summary>
    public abstract void AddBytes(long bytes);

    /// <summary>Prints a line about one thing that went wrong, without disturbing the bar.</summary>
    public void Print(string line)
    {
        // File names may hold anything, also what a terminal would obey.
        var safe = string.Concat(line.Select(c => char.IsControl(c) ? '�' : c));
        lock (_lock)
            PrintLine(safe);
    }

    protected abstract void PrintLine(string line);

    public static async Task RunAsync(
        TextWriter error, string title, TimeProvider time, Func<CommandProgress, Task> work)
    {
        if (!IsTerminal(error))
        {
            await work(new Lines(error, title, time));
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        var counts = new Counts();
        await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new CountColumn(counts),
                new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                task.IsIndeterminate = true;
                await work(new Bar(console, task, counts));
            });
    }

    public static bool IsTerminal(TextWriter error) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary><c>12 of 300, 1.2 of 4.5 GB</c>, as far as it is known.</summary>
    private static string Describe(long done, long total, long bytes, long allBytes)
    {
        var files = total > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {total:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"{done:N0}");
        if (allBytes == 0)
            return files;
        var (unit, name) = allBytes >= 1_000_000_000 ? (1e9, "GB") : (1e6, "MB");
        return string.Create(
            CultureInfo.InvariantCulture, $"{files}, {bytes / unit:F1} of {allBytes / unit:F1} {name}");
    }

    private sealed class Bar(IAnsiConsole console, ProgressTask task, Counts counts) : CommandProgress
    {
        public override void SetTotal(long total, long bytes = 0)
        {
            counts.SetTotal(total, bytes);
            task.MaxValue = Math.Max(1, bytes > 0 ? bytes : total);
            task.IsIndeterminate = false;
            Show();
        }

        public override void SetDone(long done)
        {
            counts.Done = done;
            Show();
        }

        public override void AddBytes(long bytes)
        {
            counts.AddBytes(bytes);
            Show();
        }

        protected override void PrintLine(string line) => console.Write(new UnbrokenLine(line));

        private void Show() => task.Value = counts.AllBytes > 0 ? counts.Bytes : counts.Done;
    }

    private sealed class Lines(TextWriter error, string title, TimeProvider time) : CommandProgress
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

        private readonly Counts _counts = new();
        private long _last = time.GetTimestamp();

        public override void SetTotal(long total, long bytes = 0) => _counts.SetTotal(total, bytes);

        public override void SetDone(long done)
        {
            _counts.Done = done;
            Tell();
        }

        public override void AddBytes(long bytes)
        {
            _counts.AddBytes(bytes);
            Tell();
        }

        protected override void PrintLine(string line) => error.WriteLine(line);

        private void Tell()
        {
            var last = Volatile.Read(ref _last);
            if (time.GetElapsedTime(last) >= Every
                && Interlocked.CompareExchange(ref _last, time.GetTimestamp(), last) == last)
                Print($"{title}: {_counts}");
        }
    }

    /// <summary>How far the work is; several jobs count at once.</summary>
    private sealed class Counts
    {
        private long _done;
        private long _total;
        private long _bytes;
        private long _allBytes;

        public long Done
        {
            get => Volatile.Read(ref _done);
            set => Volatile.Write(ref _done, value);
        }

        public long Bytes => Volatile.Read(ref _bytes);

        public long AllBytes => Volatile.Read(ref _allBytes);

        public void SetTotal(long total, long bytes)
        {
            Volatile.Write(ref _total, total);
            Volatile.Write(ref _allBytes, bytes);
        }

        public void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

        public override string ToString() => Describe(Done, Volatile.Read(ref _total), Bytes, AllBytes);
    }

    // Not broken at the terminal's width, as text is: a path that is in two pieces cannot be copied.
    private sealed class UnbrokenLine(string text) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            [new Segment(text), Segment.LineBreak];
    }

    private sealed class CountColumn(Counts counts) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(counts.ToString());
    }
}
