using System.Buffers;
using System.Security.Cryptography;
using NeurDicom.Archive;
using NeurDicom.Dicom;

namespace NeurDicom.Store;

/// <summary>
/// Takes in the bytes of one instance and understands them. What is small stays in a pooled buffer;
/// what is larger is in a file of its own. Either goes on dispose unless it was stored.
/// </summary>
internal sealed class Reception : IAsyncDisposable
{
    public const string TooSlow = "Its bytes came too slowly while others waited; send it again.";

    private const string IsZip = "This is a ZIP archive; send it as application/zip.";

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
    public static async Task<Reception> ReadAsync(
        Stream body, long? announced, ArchiveWriter writer, SlowLane lane, CancellationToken cancel)
    {
        if (announced > writer.Settings.MaxUpload)
            return TooLarge(writer.Settings);
        if (!writer.Space.Has(announced ?? 0))
            return Refuse(StoreOutcome.OutOfSpace, SpooledFile.ReserveReached);

        await using var inflow = new Inflow(body, writer, lane, cancel);
        try
        {
            return await ReadAsync(inflow, writer, cancel);
        }
        catch (OperationCanceledException) when (inflow.WasTooSlow)
        {
            return Refuse(StoreOutcome.TooSlow, TooSlow);
        }
        catch (IOException e) when (ArchiveWriter.IsOutOfSpace(e))
        {
            return Refuse(StoreOutcome.OutOfSpace, "The disk is full.");
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

    private static async Task<Reception> ReadAsync(Inflow inflow, ArchiveWriter writer, CancellationToken cancel)
    {
        if (!await inflow.FillMemoryAsync())
        {
            // Before a file is made of it: something that is not DICOM at all shows at its start.
            if (FileStart.IsZip(inflow.Memory.Span))
                return Refuse(StoreOutcome.NotDicom, IsZip);
            if (NotDicom(inflow.Memory.Span, writer.Settings) is { } refusal)
                return refusal;
            if (!await inflow.FillFileAsync())
                return Refuse(StoreOutcome.OutOfSpace, SpooledFile.ReserveReached);
        }

        if (inflow.Length > writer.Settings.MaxUpload)
            return TooLarge(writer.Settings);
        Reception reception;
        if (inflow.Large is { } large)
        {
            reception = await UnderstandAsync(large, inflow.Sha256!, writer.Settings, cancel); // There with the file.
        }
        else
        {
            if (inflow.Length == 0)
                return Refuse(StoreOutcome.NotDicom, "The file is empty.");
            if (FileStart.IsZip(inflow.Memory.Span))
                return Refuse(StoreOutcome.NotDicom, IsZip);
            if (!writer.Space.Take(inflow.Length))
                return Refuse(StoreOutcome.OutOfSpace, SpooledFile.ReserveReached);
            reception = await UnderstandAsync(inflow.Memory, writer.Settings, cancel);
        }

        if (reception.Arrival is not null)
            (reception._buffer, reception._slot) = inflow.HandOver();
        return reception;
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

    private static async Task<Reception> UnderstandAsync(
        ReadOnlyMemory<byte> bytes, Settings settings, CancellationToken cancel)
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

    private static async Task<Reception> UnderstandAsync(
        LargeFile large, byte[] hash, Settings settings, CancellationToken cancel)
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
    private static bool MayBeDeflated(ReadOnlySpan<byte> file) =>
        file[..Math.Min(file.Length, 1024)].IndexOf("1.2.840.10008.1.2.1.99"u8) >= 0;

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
