using System.Buffers;
using System.Globalization;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>Draws a frame of a stored instance.</summary>
/// <param name="jpeg">Null where the system has no libjpeg-turbo: then there is PNG only.</param>
internal sealed class InstanceRenderer(TurboJpeg? jpeg) : IDisposable
{
    // Lookup tables have up to 128 KiB.
    internal static readonly DicomReadOptions ReadOptions = new() { LargestValue = 256 << 10 };

    /// <summary>
    /// A frame with more pixels than that is refused. The largest native frames, of mammography and digitised film, have a
    /// quarter of it, and a picture takes three to five bytes a pixel while it is made.
    /// </summary>
    private const int MostPixels = 100_000_000;

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
        if (WhyNotGrey(file) is { } colour)
            return new Rendering.Refused(colour);
        if (NativeFrames.TryOpen(file, bytes, out var problem) is not { } frames)
            return new Rendering.Refused(problem);

        var picture = frames.Description;
        if (picture.SamplesPerPixel != 1 || picture.BitsAllocated > 32)
            return new Rendering.Refused($"Pixels of {picture.SamplesPerPixel} samples of {picture.BitsAllocated} bits are no grey values.");
        if (picture.PixelsPerFrame > MostPixels)
            return new Rendering.Refused(Text($"A frame of {picture.Columns} by {picture.Rows} pixels has more than the {MostPixels:N0} that are drawn."));
        if (request.Frame > picture.Frames)
            return new Rendering.NoSuchFrame(picture.Frames);
        if (request.Frame > frames.Count)
            return new Rendering.Refused(Text($"The pixel data end before the end of frame {request.Frame}."));
        if (request.Format == ImageFormat.Jpeg && Math.Max(picture.Rows, picture.Columns) > TurboJpeg.MaxSide)
            return new Rendering.Refused(Text($"A JPEG has at most {TurboJpeg.MaxSide:N0} pixels a side; ask for a PNG."));
        return new Rendering.Picture(Draw(file, frames, request));
    }

    private EncodedImage Draw(DicomFile file, NativeFrames frames, ImageRequest request)
    {
        var picture = frames.Description;
        var mapping = GreyscaleMapping.Read(file.DataSet, request.Frame - 1, picture.IsSigned);
        if (request.IgnoresFileWindow || request.Window is not null)
            mapping = mapping with { Window = request.Window, VoiLut = null };

        var length = (int)frames.SampleBytesPerFrame;
        var shadesLength = (int)picture.PixelsPerFrame * (request.BitDepth / 8);
        var samples = ArrayPool<byte>.Shared.Rent(length);
        var shades = ArrayPool<byte>.Shared.Rent(shadesLength);
        try
        {
            frames.ReadSamples(request.Frame - 1, samples);
            var target = shades.AsSpan(0, shadesLength);
            GreyscaleRenderer.Render(samples.AsSpan(0, length), SampleLayout.Of(picture), mapping, target, request.BitDepth);
            return request.Format == ImageFormat.Png
                ? PngWriter.Encode(target, picture.Columns, picture.Rows, request.BitDepth)
                : (jpeg ?? throw new InvalidOperationException("Formats has no JPEG here."))
                    .Encode(target, picture.Columns, picture.Rows, request.Quality);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(samples);
            ArrayPool<byte>.Shared.Return(shades);
        }
    }

    /// <summary>What is not drawn yet, told before anything that is merely wrong.</summary>
    private static string? WhyNotGrey(DicomFile file)
    {
        if (file.PixelData is not { } pixelData)
            return "The instance holds no pixel data.";
        if (pixelData.Tag != Tag.PixelData)
            return "The pixels are floating-point numbers, which are not drawn yet.";
        if (file.TransferSyntax.IsEncapsulated || pixelData.IsEncapsulated)
            return $"The pixels are compressed ({file.TransferSyntax.Name}), and compressed pixels are not decoded yet.";

        // ACR-NEMA files have no Photometric Interpretation and are grey.
        var photometric = file.DataSet.GetString(Tag.PhotometricInterpretation);
        return photometric is null or "" or "MONOCHROME1" or "MONOCHROME2"
            ? null
            : $"The pixels are in colour (Photometric Interpretation {Printable(photometric)}), which is not drawn yet.";
    }

    // A code string of the file goes into an answer: at most its sixteen characters, and only those of a code (PS3.5 6.2).
    private static string Printable(string code) =>
        string.Concat(code.Take(16).Where(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '_'));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
