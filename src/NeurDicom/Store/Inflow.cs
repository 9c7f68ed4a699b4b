using System.Buffers;
using System.Security.Cryptography;
using NeurDicom.Archive;

namespace NeurDicom.Store;

/// <summary>
/// The bytes of one body while they come: in memory as long as they come without a pause and are few, else in a file.
/// </summary>
/// <remarks>
/// A store's slot stands for the memory of one small instance and for the work on it, and there are few.
/// So it is held while bytes are there to work on, and for a moment of waiting for more:
/// many senders who let their bodies drip then take files (<see cref="SlowLane"/>) and keep nobody from storing.
/// </remarks>
internal sealed class Inflow(Stream body, ArchiveWriter writer, SlowLane lane, CancellationToken cancel)
    : IAsyncDisposable
{
    private const int PieceLength = 64 << 10;

    // How long a slot waits for a network: less where every slot is taken.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private byte[]? _piece;
    private byte[]? _memory;
    private SemaphoreSlim? _slot;
    private SlowLane.Place? _place;

    // A read into the piece that goes on while the slot is given back.
    private Task<int>? _pending;
    private bool _isWhole;

    /// <summary>How much has come.</summary>
    public long Length { get; private set; }

    /// <summary>What is in memory: all of it, or the beginning.</summary>
    public ReadOnlyMemory<byte> Memory => _memory.AsMemory(0, (int)Math.Min(Length, _memory!.Length));

    /// <summary>Where all of it is that is not in memory.</summary>
    public LargeFile? Large { get; private set; }

    /// <summary>Of what is in the file.</summary>
    public byte[]? Sha256 { get; private set; }

    public bool WasTooSlow => _place is { HasGivenUp: true };

    /// <summary>Reads into memory, and takes a slot.</summary>
    /// <returns>Whether that is all of it.</returns>
    public async Task<bool> FillMemoryAsync()
    {
        var largeFrom = writer.Sizes.LargeFrom;
        // The pool's arrays are powers of two: one byte beyond the largest small instance would cost as much again.
        _piece = ArrayPool<byte>.Shared.Rent(Math.Min(PieceLength, largeFrom));
        var length = await body.ReadAtLeastAsync(_piece, _piece.Length, false, cancel);
        Length = length;

        // Only now: until here a sender holds what its connection does, a buffer.
        // Who waits here does not read its socket: the sender's own buffers fill up.
        await TakeSlotAsync();
        if (length < _piece.Length)
        {
            (_memory, _piece) = (_piece, null);
            return true;
        }

        _memory = ArrayPool<byte>.Shared.Rent(Math.Max(largeFrom, length));
        _piece.AsSpan(0, length).CopyTo(_memory);
        return await FillMemoryAsync(length);
    }

    /// <summary>Writes what is in memory and what is yet to come to a file, hashes it, and takes a slot again.
    /// What turns out to be small is put back into memory. Beyond the largest instance it stops.</summary>
    /// <returns>False: the disk's reserve is reached.</returns>
    public async Task<bool> FillFileAsync()
    {
        Large = await LargeFile.CreateAsync(writer, writer.Files, cancel);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (!await AppendAsync(_memory.AsMemory(0, (int)Length), hash))
            return false;
        GiveBack(ref _memory);
        GiveBackSlot();

        _place = await lane.EnterAsync(cancel);
        while (!_isWhole && Length <= writer.Settings.MaxUpload)
        {
            var count = await ReadPieceAsync(_place.Token);
            if (count == 0)
                break;
            Length += count;
            _place.Received += count;
            if (!await AppendAsync(_piece.AsMemory(0, count), hash))
                return false;
        }

        _place.Dispose();
        _place = null;
        await TakeSlotAsync();
        if (Length > writer.Sizes.LargeFrom)
            Sha256 = hash.GetHashAndReset();
        else
            await TakeBackAsync();
        return true;
    }

    /// <summary>Buffer and slot are the caller's from here on, and so is the file.</summary>
    public (byte[]? Memory, SemaphoreSlim? Slot) HandOver()
    {
        var given = (_memory, _slot);
        (_memory, _slot, Large) = (null, null, null);
        return given;
    }

    public async ValueTask DisposeAsync()
    {
        GiveBackSlot();
        GiveBack(ref _memory);
        if (Large is not null)
            await Large.DisposeAsync();
        if (_pending is { IsCompleted: false } && !WasTooSlow)
        {
            // The body is its reader's again only when nobody else reads it.
            await ((Task)_pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // What is still being read into is nobody else's.
        if (_pending is null or { IsCompleted: true })
            GiveBack(ref _piece);
        _place?.Dispose();
    }

    private async Task<bool> FillMemoryAsync(int length)
    {
        var since = writer.Clock.GetTimestamp();
        while (true)
        {
            // By way of the piece, so that a read that does not end need not keep the whole.
            var read = body.ReadAsync(_piece!, cancel); // Rented by the caller.
            int count;
            if (read.IsCompletedSuccessfully)
            {
                count = await read;
            }
            else
            {
                _pending = read.AsTask();
                if (!await ComesSoonAsync(_pending, since))
                    return false;
                count = await _pending;
                _pending = null;
            }

            if (count == 0)
            {
                _isWhole = true;
                return true;
            }

            if (length + count > _memory!.Length)
            {
                _pending = Task.FromResult(count);
                return false;
            }

            _piece.AsSpan(0, count).CopyTo(_memory.AsSpan(length));
            length += count;
            Length = length;
        }
    }

    private async Task<bool> ComesSoonAsync(Task read, long since)
    {
        while (!read.IsCompleted)
        {
            cancel.ThrowIfCancellationRequested();
            var left = (writer.Slots.CurrentCount > 0 ? Patience : Moment) - writer.Clock.GetElapsedTime(since);
            if (left <= TimeSpan.Zero)
                return false;
            await read.WaitAsync(left < Moment ? left : Moment, writer.Clock, cancel)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return true;
    }

    private async Task<int> ReadPieceAsync(CancellationToken end)
    {
        if (_pending is not { } pending)
            return await body.ReadAtLeastAsync(_piece, _piece!.Length, false, end);
        var count = await pending.WaitAsync(end);
        _pending = null;
        return count;
    }

    private async Task<bool> AppendAsync(ReadOnlyMemory<byte> bytes, IncrementalHash hash)
    {
        if (!writer.Space.Take(bytes.Length))
            return false;
        hash.AppendData(bytes.Span);
        await Large!.WriteAsync(bytes, cancel);
        return true;
    }

    private async Task TakeBackAsync()
    {
        _memory = ArrayPool<byte>.Shared.Rent(writer.Sizes.LargeFrom);
        var file = Large!;
        await using (file)
        await using (var stream = file.OpenRead())
            await stream.ReadExactlyAsync(_memory.AsMemory(0, (int)Length), cancel);
        Large = null;
    }

    private async Task TakeSlotAsync()
    {
        await writer.Slots.WaitAsync(cancel);
        _slot = writer.Slots;
    }

    private void GiveBackSlot()
    {
        _slot?.Release();
        _slot = null;
    }

    private static void GiveBack(ref byte[]? buffer)
    {
        if (buffer is not null)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }
}
