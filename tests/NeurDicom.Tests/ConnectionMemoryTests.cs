using Shouldly;
using Xunit;

namespace NeurDicom.Tests;

public sealed class ConnectionMemoryTests
{
    [Fact]
    public void A_block_is_whole_whatever_was_asked_for()
    {
        using var memory = new ConnectionMemory();

        using var block = memory.Rent(1);

        block.Memory.Length.ShouldBe(ConnectionMemory.BlockLength);
    }

    [Fact]
    public void A_block_given_back_twice_goes_to_one_taker()
    {
        using var memory = new ConnectionMemory();
        var block = memory.Rent();
        block.Dispose();
        block.Dispose();

        var first = memory.Rent();
        var second = memory.Rent();

        ReferenceEquals(first, second).ShouldBeFalse();
    }

    [Fact]
    public void What_was_given_back_is_used_again()
    {
        using var memory = new ConnectionMemory();
        var block = memory.Rent();
        block.Dispose();

        memory.Rent().ShouldBeSameAs(block);
    }

    [Fact]
    public void More_than_a_block_is_refused()
    {
        using var memory = new ConnectionMemory();

        Should.Throw<ArgumentOutOfRangeException>(() => memory.Rent(ConnectionMemory.BlockLength + 1));
    }
}
