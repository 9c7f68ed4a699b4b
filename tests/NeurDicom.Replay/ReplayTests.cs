using Shouldly;
using Xunit;

namespace NeurDicom.Replay;

/// <summary>One replay for all tests that look at it.</summary>
public sealed class ReplayFixture : IAsyncLifetime
{
    private ReplayOutcome? _outcome;

    /// <summary>Skips the test where there are no recordings.</summary>
    internal ReplayOutcome Outcome
    {
        get
        {
            Assert.SkipWhen(_outcome is null, Recordings.Absent);
            return _outcome!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Recordings.Find() is { } recordings)
            _outcome = await ReplayRun.RunAsync(recordings, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The original's recorded calls against the built server. <c>NeurDicom.Replay report</c> prints the same.</summary>
public sealed class ReplayTests(ReplayFixture replay) : IClassFixture<ReplayFixture>
{
    [Fact]
    public void Every_recorded_call_is_kept_or_explained()
    {
        replay.Outcome.Calls.Count.ShouldBe(471);
        replay.Outcome.Unexplained.ShouldBeEmpty(Report.Text(replay.Outcome, withCalls: false));
    }

    [Fact]
    public void No_rule_is_there_for_nothing()
    {
        replay.Outcome.IdleRules.Select(rule => $"{rule.Cases}: {rule.Expectation}").ShouldBeEmpty();
        replay.Outcome.Rules.SelectMany(rule => rule.StrayPatterns(replay.Outcome.Calls.Select(call => call.Call))).ShouldBeEmpty();
    }

    [Fact]
    public void The_pixels_of_the_hundred_instances_are_those_recorded()
    {
        replay.Outcome.Pixels.Count.ShouldBe(100);
        replay.Outcome.Pixels.Where(row => row.Problems.Count > 0)
            .Select(row => $"instance {row.Recorded.Id}: {string.Join("; ", row.Problems)}")
            .ShouldBeEmpty();
    }
}
