using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class PasswordQueueTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_most_one_hash_runs_on_each_core()
    {
        using var queue = new PasswordQueue(cores: 2);
        var running = 0;
        var seen = new System.Collections.Concurrent.ConcurrentBag<int>();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => queue.TryRunAsync(
            () =>
            {
                seen.Add(Interlocked.Increment(ref running));
                Thread.Sleep(5);
                return Interlocked.Decrement(ref running);
            },
            Cancel)));

        seen.Count.ShouldBe(10);
        seen.Max().ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task Those_beyond_the_queue_are_sent_away_at_once()
    {
        using var queue = new PasswordQueue(cores: 1);
        using var gate = new ManualResetEventSlim();

        var all = Enumerable.Range(0, 20).Select(_ => queue.TryRunAsync(
            () =>
            {
                gate.Wait(Cancel);
                return true;
            },
            Cancel)).ToList();
        var refused = all.Count(task => task.IsCompleted);
        gate.Set();
        var results = await Task.WhenAll(all);

        refused.ShouldBe(11);
        results.Count(result => result.Ran).ShouldBe(9);
    }

    [Fact]
    public async Task A_caller_who_leaves_gives_up_the_place()
    {
        using var queue = new PasswordQueue(cores: 1);
        using var gate = new ManualResetEventSlim();
        using var leaves = new CancellationTokenSource();
        var first = queue.TryRunAsync(
            () =>
            {
                gate.Wait(Cancel);
                return true;
            },
            Cancel);

        var second = queue.TryRunAsync(() => true, leaves.Token);
        await leaves.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        gate.Set();

        (await first).Ran.ShouldBeTrue();
        (await queue.TryRunAsync(() => true, Cancel)).Ran.ShouldBeTrue();
    }
}
