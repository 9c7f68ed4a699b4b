using System.Buffers;
using System.Security.Cryptography;
using NeurDicom.Archive;
using NeurDicom.Dicom;

namespace NeurDicom.Store;

/// <summary>
/// Takes in the bytes of one instance and understands them. What is small stays in a pooled buffer; what is larger is
/// streamed to a file of its own while it is hashed. Either goes on dispose unless it was stored.
/// </summary>
internal sealed class Reception : IAsyncDisposable
{
    private const int FirstBuffer = 64 << 10;

    private const string ReserveReached = "The disk's reserve is reached.";

    private const int LargestHeader = 64 << 20;

    /// <summary>Headers that may grow far beyond their files: few at a time are held in memory.</summary>
    private static readonly SemaphoreSlim LargeHeaders = new(2);

    private byte[]? _buffer;
    private SemaphoreSlim? _slot;

    private Reception(StoreResult? refusal, Arrival? arrival)
    {
        Refusal = refusal;
        Arrival = arrival;
    }

    /// <summary>Why it cannot be stored; null where it can.</summary>
    public StoreResult? Refusal { get; }

    /// <summary>What is to be stored; null where it is refused.</summary>
    public Arrival? Arrival { get; }

    /// <param name="body">Read to its end or to the first limit; not disposed of.</param>
    /// <param name="announced">How long it is to become; null where nobody knows.</param>
    public static async Task<Reception> ReadAsync(Stream body, long? announced, ArchiveWriter writer, CancellationToken cancel)
    {
        if (announced > writer.Settings.MaxUpload)
            return TooLarge(writer.Settings);
        if (!writer.Space.Has(announced ?? 0))
            return Refuse(StoreOutcome.OutOfSpace, ReserveReached);

        var largeFrom = writer.Sizes.LargeFrom;
        // The pool's arrays are powers of two: one byte beyond the largest small instance would cost as much again.
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBuffer, largeFrom));
        LargeFile? large = null;
        SemaphoreSlim? slot = null;
        try
        {
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, false, cancel);

            // Only now, so that senders who open a body and let it drip keep nobody from storing; until here they hold what
            // their connection does, a buffer. Who waits here does not read its socket: the sender's own buffers fill up.
            await writer.Slots.WaitAsync(cancel);
            slot = writer.Slots;
            if (length == buffer.Length && length < largeFrom)
            {
                var larger = ArrayPool<byte>.Shared.Rent(largeFrom);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
                length += await body.ReadAtLeastAsync(buffer.AsMemory(length), buffer.Length - length, false, cancel);
            }

            Reception reception;
            var beyond = new byte[1];
            if (length < buffer.Length || await body.ReadAsync(beyond, cancel) == 0)
            {
                if (length > writer.Settings.MaxUpload)
                    return TooLarge(writer.Settings);
                if (!writer.Space.Take(length))
                    return Refuse(StoreOutcome.OutOfSpace, ReserveReached);
                reception = await UnderstandAsync(buffer.AsMemory(0, length), writer.Settings, cancel);
                (reception._buffer, buffer) = (buffer, null!);
                (reception._slot, slot) = (slot, null);
                return reception;
            }

            // Before a file is made of it: something that is not DICOM at all shows at its start.
            if (NotDicom(buffer.AsSpan(0, length), writer.Settings) is { } refusal)
                return refusal;
            large = await LargeFile.CreateAsync(writer, writer.Files, cancel);
            var hash = await CopyAsync(body, buffer, length, beyond[0], large, writer, cancel);
            reception = hash is null ? Refuse(StoreOutcome.OutOfSpace, ReserveReached)
                : large.Length > writer.Settings.MaxUpload ? TooLarge(writer.Settings)
                : await UnderstandAsync(large, hash, writer.Settings, cancel);
            if (reception.Arrival is not null)
                large = null;
            (reception._slot, slot) = (slot, null);
            return reception;
        }
        catch (IOException e) when (ArchiveWriter.IsOutOfSpace(e))
        {
            return Refuse(StoreOutcome.OutOfSpace, "The disk is full.");
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
            if (large is not null)
                await large.DisposeAsync();
            slot?.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        if (Arrival is not null)
            await Arrival.DisposeAsync();
        _slot?.Release();
        _slot = null;
    }

    /// <summary>Writes what was read and what is yet to come to the file, and hashes it.</summary>
    /// <returns>The hash; null where the disk's reserve is reached. Beyond the largest size it stops.</returns>
    private static async Task<byte[]?> CopyAsync(
        Stream body, byte[] buffer, int length, byte next, LargeFile large, ArchiveWriter writer, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (length > 0 && large.Length <= writer.Settings.MaxUpload)
        {
            if (!writer.Space.Take(length))
                return null;
            hash.AppendData(buffer, 0, length);
            await large.WriteAsync(buffer.AsMemory(0, length), cancel);
            var start = 0;
            if (large.Length == length)
                buffer[start++] = next;
            length = start + await body.ReadAtLeastAsync(buffer.AsMemory(start), buffer.Length - start, false, cancel);
        }

        return hash.GetHashAndReset();
    }

    private static Reception Understand(ReadOnlyMemory<byte> bytes, Settings settings)
    {
        var header = Header.Read(bytes, Options(settings));
        return header.Refusal is { } refusal ? new Reception(refusal, null) : new Reception(null, new Arrival
        {
            Attributes = header.Attributes,
            Sha256 = SHA256.HashData(bytes.Span),
            Size = bytes.Length,
            Bytes = bytes,
            Metadata = header.Metadata,
            Warnings = header.Warnings,
        });
    }

    private static async Task<Reception> UnderstandAsync(ReadOnlyMemory<byte> bytes, Settings settings, CancellationToken cancel)
    {
        if (!MayBeDeflated(bytes.Span))
            return Understand(bytes, settings);
        await LargeHeaders.WaitAsync(cancel);
        try
        {
            return Understand(bytes, settings);
        }
        finally
        {
            LargeHeaders.Release();
        }
    }

    private static async Task<Reception> UnderstandAsync(LargeFile large, byte[] hash, Settings settings, CancellationToken cancel)
    {
        await LargeHeaders.WaitAsync(cancel);
        Header header;
        try
        {
            using var stream = large.OpenRead();
            header = Header.Read(stream, Options(settings));
        }
        finally
        {
            LargeHeaders.Release();
        }

        if (header.Refusal is { } refusal)
            return new Reception(refusal, null);
        large.Flush();
        return new Reception(null, new Arrival
        {
            Attributes = header.Attributes,
            Sha256 = hash,
            Size = large.Length,
            Large = large,
            Metadata = header.Metadata,
            Warnings = header.Warnings,
        });
    }

    // The transfer syntax stands among the first elements of a file, after 132 bytes of preamble and prefix.
    private static bool MayBeDeflated(ReadOnlySpan<byte> file) => file[..Math.Min(file.Length, 1024)].IndexOf("1.2.840.10008.1.2.1.99"u8) >= 0;

    private static Reception? NotDicom(ReadOnlySpan<byte> start, Settings settings)
    {
        try
        {
            var walker = new DicomWalker(start, Options(settings), totalLength: long.MaxValue);
            while (walker.Read())
            {
            }

            return null;
        }
        catch (DicomFormatException e)
        {
            return Refuse(StoreOutcome.NotDicom, e.Message);
        }
    }

    // Pixel data is walked over and not read: so it shows when it is cut off.
    private static DicomReadOptions Options(Settings settings) => new()
    {
        ReadPixelData = true,
        Limits = new DicomLimits
        {
            Depth = settings.MaxNesting,
            Elements = settings.MaxElements,
            InflateRatio = settings.MaxInflateRatio,
            HeaderBytes = LargestHeader,
        },
    };

    private static Reception TooLarge(Settings settings) =>
        Refuse(StoreOutcome.TooLarge, $"The instance is larger than {settings.MaxUpload} bytes.");

    private static Reception Refuse(StoreOutcome outcome, string reason) =>
        new(new StoreResult(outcome, null, null, reason, []), null);
}
