using System.Net.Http.Headers;
using NeurDicom.Load;
using Shouldly;
using Xunit;

namespace NeurDicom.Durability;

public sealed class FlushTests : IDisposable
{
    private const int Stores = 25;

    private readonly string _folder = Directory.CreateTempSubdirectory("neurdicom-flush-").FullName;

    [Fact]
    public async Task No_answer_comes_before_bytes_and_rows_are_flushed()
    {
        var trace = await TraceAsync(skipFlush: false);

        trace.Problems.ShouldBeEmpty();
        trace.Answers.ShouldBe(Stores);
        trace.AnswersWithWrites.ShouldBe(Stores);
        trace.Flushes.ShouldBeGreaterThanOrEqualTo(2 * Stores);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{trace.Answers} stores, {trace.Flushes} flushes: each answer begun after the flush of its bytes and of the index's log");
    }

    [Fact]
    public async Task The_check_fails_where_the_flush_is_left_out()
    {
        var trace = await TraceAsync(skipFlush: true);

        trace.Answers.ShouldBe(Stores);
        trace.Problems.Count.ShouldBe(Stores);
        TestContext.Current.TestOutputHelper!.WriteLine($"without the flush: {trace.Problems.Count} of {trace.Answers} answers too early, as it has to be");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// Stores small and large instances one after the other, and reads the system calls of the server.
    /// </summary>
    private async Task<SystemCallTrace> TraceAsync(bool skipFlush)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed: what is flushed before an answer was not checked.");
        var output = Path.Combine(_folder, "trace");
        var data = Path.Combine(_folder, "data");
        // The first start makes the folder; what it flushes is not looked at.
        await using (var first = ServerProcess.Start(data))
        {
            await first.ReadyAsync();
            await first.StopAsync();
        }

        var before = 0;
        string[] strace =
        [
            "/usr/bin/strace", "-f", "-y", "-s", "24", "--seccomp-bpf", "-o", output, "-e",
            "trace=openat,write,writev,pwrite64,pwritev,fsync,fdatasync,sendto,sendmsg",
        ];
        await using (var server = ServerProcess.Start(data, strace, skipFlush ? new Dictionary<string, string> { ["DURABILITY_SKIP_FLUSH"] = "1" } : null))
        {
            await server.ReadyAsync();
            Assert.SkipWhen(!File.Exists(output), "strace may not trace here: what is flushed before an answer was not checked.");
            before = File.ReadLines(output).Count();
            var (small, large) = (InstanceTemplate.Square(74, 78), InstanceTemplate.Square(800, 78));
            for (var number = 0; number < Stores; number++)
            {
                var template = number % 5 == 4 ? large : small;
                var bytes = template.Copy();
                template.Stamp(bytes, number);
                using var body = new ByteArrayContent(bytes);
                body.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
                using var response = await server.Http.PostAsync("/api/instances", body, TestContext.Current.CancellationToken);
                response.EnsureSuccessStatusCode();
            }

            await server.StopAsync();
        }

        return SystemCallTrace.Read(File.ReadLines(output).Skip(before));
    }
}
