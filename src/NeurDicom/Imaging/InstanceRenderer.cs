using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>Draws a frame of a stored instance.</summary>
/// <param name="jpeg">Null where the system has no libjpeg-turbo: then there is PNG only.</param>
internal sealed class InstanceRenderer(TurboJpeg? jpeg) : IDisposable
{
    // A deflated data set has to be inflated up to the frame, and is held in memory.
    private const long MostInflated = 256 << 20;

    // Lookup tables have up to 128 KiB.
    internal static readonly DicomReadOptions ReadOptions = new() { LargestValue = 256 << 10 };

    private static readonly DicomReadOptions InflatedReadOptions = ReadOptions with
    {
        ReadPixelData = true,
        LargestValue = (int)MostInflated,
        Limits = DicomLimits.Default with { InflatedBytes = MostInflated },
    };

    // Drawing is all processor: more at one time would only hold more memory.
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    /// <summary>What can be written, the format for clients without a wish first.</summary>
    public ReadOnlySpan<ImageFormat> Formats => jpeg is null ? [ImageFormat.Png] : [ImageFormat.Jpeg, ImageFormat.Png];

    /// <param name="bytes">The stored file, at its start, seekable.</param>
    public async Task<Rendering> RenderAsync(Stream bytes, ImageRequest request, CancellationToken cancel)
    {
        await _slots.WaitAsync(cancel);
        try
        {
            return Render(bytes, request);
        }
        catch (DicomFormatException broken)
        {
            // Taken in with a warning, as it was sent: the part that cannot be read may be just the one that is needed here.
            return new Rendering.Refused($"The file cannot be read: {broken.Problem} (byte {broken.Position}).");
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private Rendering Render(Stream bytes, ImageRequest request)
    {
        var file = DicomFile.Read(bytes, ReadOptions);
        if (!GreyscaleImage.TryRead(file, out var image, out var reason))
            return new Rendering.Refused(reason);
        if (request.Frame > image.Frames)
            return new Rendering.NoSuchFrame(image.Frames);
        if (request.Format == ImageFormat.Jpeg && Math.Max(image.Rows, image.Columns) > TurboJpeg.MaxSide)
            return new Rendering.Refused($"A JPEG has at most {TurboJpeg.MaxSide} pixels a side; ask for a PNG.");

        var frame = request.Frame - 1;
        var length = image.FrameLength(frame);
        var end = image.FirstBit(frame) / 8 + length;
        var cutOff = new Rendering.Refused($"The pixel data end before the end of frame {request.Frame}.");
        if (end > image.PixelData.Length || (!file.Encoding.IsDeflated && image.PixelData.ValuePosition + end > bytes.Length))
            return cutOff;

        var cells = ArrayPool<byte>.Shared.Rent(length);
        var shades = ArrayPool<byte>.Shared.Rent(image.Pixels * (request.BitDepth / 8));
        try
        {
            if (!TryReadFrame(bytes, file, image, frame, cells.AsSpan(0, length)))
                return cutOff;

            var mapping = GreyscaleMapping.Read(file.DataSet, frame, image.Layout.Signed);
            if (request.IgnoresFileWindow || request.Window is not null)
                mapping = mapping with { Window = request.Window, VoiLut = null };

            var target = shades.AsSpan(0, image.Pixels * (request.BitDepth / 8));
            GreyscaleRenderer.Render(
                cells.AsSpan(0, length), (int)(image.FirstBit(frame) % 8), image.Layout, mapping, target, request.BitDepth);
            return new Rendering.Picture(request.Format == ImageFormat.Jpeg
                ? Jpeg.Encode(target, image.Columns, image.Rows, request.Quality)
                : PngWriter.Encode(target, image.Columns, image.Rows, request.BitDepth));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cells);
            ArrayPool<byte>.Shared.Return(shades);
        }
    }

    private TurboJpeg Jpeg => jpeg ?? throw new InvalidOperationException("Formats has no JPEG here.");

    /// <summary>False where the file ends before the frame does.</summary>
    private static bool TryReadFrame(Stream bytes, DicomFile file, GreyscaleImage image, int frame, Span<byte> cells)
    {
        var start = image.FirstBit(frame) / 8;
        if (file.Encoding.IsDeflated)
        {
            bytes.Position = 0;
            var value = DicomFile.Read(bytes, InflatedReadOptions).DataSet.GetBytes(Tag.PixelData).Span;
            if (start + cells.Length > value.Length)
                return false;
            value.Slice((int)start, cells.Length).CopyTo(cells);
        }
        else
        {
            bytes.Position = image.PixelData.ValuePosition + start;
            if (bytes.ReadAtLeast(cells, cells.Length, throwOnEndOfStream: false) < cells.Length)
                return false;
        }

        if (file.Encoding.IsBigEndian)
            TurnRound(cells, image.Layout.BitsAllocated, image.PixelData.Vr);
        return true;
    }

    /// <summary>Big endian cells become little endian ones; cells of up to 8 bits are swapped where they lie in words (PS3.5 8.2).</summary>
    private static void TurnRound(Span<byte> cells, int bitsAllocated, Vr vr)
    {
        if (bitsAllocated == 32)
        {
            var words = MemoryMarshal.Cast<byte, uint>(cells);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (bitsAllocated > 8 || vr == Vr.OW)
        {
            var words = MemoryMarshal.Cast<byte, ushort>(cells);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }
}
