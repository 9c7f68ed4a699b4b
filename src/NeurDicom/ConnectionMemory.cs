using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace NeurDicom;

/// <summary>
/// The memory that connections read into and answer from, in blocks of 64 KiB.
/// Kestrel's own blocks have 4 KiB, and each of them is a system call: a CT slice of 526 kB would come in 130 pieces,
/// which costs more than hashing it.
/// </summary>
/// <remarks>
/// A connection holds no block while nothing arrives. Blocks that were given back are kept up to
/// <see cref="MostKept"/>; what is beyond goes to the garbage collector.
/// </remarks>
internal sealed class ConnectionMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    public const int BlockLength = 64 << 10;

    public const int MostKept = 256;

    private readonly ConcurrentQueue<Block> _kept = new();
    private int _count;

    public override int MaxBufferSize => BlockLength;

    /// <summary>One pool for all connections: what one gave back, the next one takes.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options) => this;

    /// <summary>A whole block, whatever was asked for: a pipe uses all of what it gets.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
        if (!_kept.TryDequeue(out var block))
            return new Block(this);
        Interlocked.Decrement(ref _count);
        block.IsRented = true;
        return block;
    }

    /// <summary>
    /// Blocks outlive the listeners that Kestrel disposes of with their pool; there is nothing else to free.
    /// </summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _count) <= MostKept)
            _kept.Enqueue(block);
        else
            Interlocked.Decrement(ref _count);
    }

    private sealed class Block(ConnectionMemory pool) : IMemoryOwner<byte>
    {
        // Pinned for good, as the socket would have to pin it for each call.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockLength, pinned: true);
        private int _rented = 1;

        public bool IsRented
        {
            set => Volatile.Write(ref _rented, value ? 1 : 0);
        }

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            // Twice must not give one block to two connections.
            if (Interlocked.Exchange(ref _rented, 0) == 1)
                pool.Return(this);
        }
    }
}
