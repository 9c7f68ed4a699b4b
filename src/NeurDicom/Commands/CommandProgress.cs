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
    public abstract void SetTotal(long total);

    public abstract void SetDone(long done);

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
        await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new CountColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                task.IsIndeterminate = true;
                await work(new Bar(console, task));
            });
    }

    public static bool IsTerminal(TextWriter error) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    private sealed class Bar(IAnsiConsole console, ProgressTask task) : CommandProgress
    {
        public override void SetTotal(long total)
        {
            task.MaxValue = Math.Max(1, total);
            task.IsIndeterminate = false;
        }

        public override void SetDone(long done) => task.Value = done;

        protected override void PrintLine(string line) => console.Write(new UnbrokenLine(line));
    }

    private sealed class Lines(TextWriter error, string title, TimeProvider time) : CommandProgress
    {
        private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

        private long _last = time.GetTimestamp();
        private long _total;

        public override void SetTotal(long total) => Volatile.Write(ref _total, total);

        public override void SetDone(long done)
        {
            var last = Volatile.Read(ref _last);
            if (time.GetElapsedTime(last) < Every
                || Interlocked.CompareExchange(ref _last, time.GetTimestamp(), last) != last)
                return;

            var total = Volatile.Read(ref _total);
            Print(total > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{title}: {done:N0} of {total:N0}")
                : string.Create(CultureInfo.InvariantCulture, $"{title}: {done:N0}"));
        }

        protected override void PrintLine(string line) => error.WriteLine(line);
    }

    // Not broken at the terminal's width, as text is: a path that is in two pieces cannot be copied.
    private sealed class UnbrokenLine(string text) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            [new Segment(text), Segment.LineBreak];
    }

    private sealed class CountColumn : ProgressColumn
    {
        public override IRenderable Render(
            RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(
                task.IsIndeterminate
                    ? string.Create(CultureInfo.InvariantCulture, $"{task.Value:N0}")
                    : string.Create(CultureInfo.InvariantCulture, $"{task.Value:N0} of {task.MaxValue:N0}"));
    }
}
