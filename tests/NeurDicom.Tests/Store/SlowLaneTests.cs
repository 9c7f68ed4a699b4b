using NeurDicom.Store;
using NeurDicom.Tests.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Store;

public sealed class SlowLaneTests
{
    private readonly ManualTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_place_is_free_again_when_it_was_left()
    {
        using var lane = new SlowLane(1, _time);
        (await lane.EnterAsync(Cancel)).Dispose();

        using var second = await lane.EnterAsync(Cancel);

        second.Token.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task The_slowest_sender_makes_room_for_one_who_waits()
    {
        using var lane = new SlowLane(2, _time);
        var dripping = await lane.EnterAsync(Cancel);
        using var slow = await lane.EnterAsync(Cancel);
        (dripping.Received, slow.Received) = (50_000, 500_000);
        _time.Advance(TimeSpan.FromSeconds(11));
        using var left = dripping.Token.Register(dripping.Dispose);

        using var third = await lane.EnterAsync(Cancel);

        dripping.HasGivenUp.ShouldBeTrue();
        slow.HasGivenUp.ShouldBeFalse();
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(60, 60 * (64 << 10))]
    public async Task Who_has_just_come_or_is_fast_stays(int seconds, long received)
    {
        using var lane = new SlowLane(1, _time);
        using var first = await lane.EnterAsync(Cancel);
        first.Received = received;
        _time.Advance(TimeSpan.FromSeconds(seconds));
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        soon.CancelAfter(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => lane.EnterAsync(soon.Token));

        first.HasGivenUp.ShouldBeFalse();
    }

    [Fact]
    public async Task Nobody_gives_up_while_there_is_room()
    {
        using var lane = new SlowLane(2, _time);
        using var first = await lane.EnterAsync(Cancel);
        _time.Advance(TimeSpan.FromHours(1));

        using var second = await lane.EnterAsync(Cancel);

        first.HasGivenUp.ShouldBeFalse();
    }
}
