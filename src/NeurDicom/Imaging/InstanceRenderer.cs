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

    // Up to here a frame does not count: no more of them are drawn at once than there are processors.
    private const int SmallFrame = 1 << 20;

    // Drawing is all processor: more at one time would only hold more memory.
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    // The pixels of frames that are drawn or not yet sent; the largest frame takes it all.
    private readonly PixelBudget _budget = new(MostPixels);

    /// <summary>What can be written, the format for clients without a wish first.</summary>
    public ReadOnlySpan<ImageFormat> Formats => jpeg is null ? [ImageFormat.Png] : [ImageFormat.Jpeg, ImageFormat.Png];

    /// <param name="bytes">The stored file, at its start, seekable.</param>
    public async Task<Rendering> RenderAsync(Stream bytes, ImageRequest request, CancellationToken cancel)
    {
        PixelBudget.Share? share = null;
        var hasSlot = true;
        await _slots.WaitAsync(cancel);
        try
        {
            if (WhyNot(bytes, request, out var file, out var frames) is { } answer)
                return answer;
            if (frames.Description.PixelsPerFrame > SmallFrame)
            {
                // Small pictures are drawn in the meantime.
                _slots.Release();
                hasSlot = false;
                share = await _budget.TakeAsync(frames.Description.PixelsPerFrame, cancel);
                await _slots.WaitAsync(cancel);
                hasSlot = true;
            }

            var image = Draw(file, frames, request);
            (image.Share, share) = (share, null);
            return new Rendering.Picture(image);
        }
        catch (DicomFormatException broken)
        {
            // Taken in with a warning, as it was sent: the part that cannot be read may be just the one that is needed here.
            return new Rendering.Refused($"The file cannot be read: {broken.Problem} (byte {broken.Position}).");
        }
        finally
        {
            share?.Dispose();
            if (hasSlot)
                _slots.Release();
        }
    }

    public void Dispose()
    {
        _slots.Dispose();
        _budget.Dispose();
    }

    /// <summary>The answer where there is nothing to draw; null, and what to draw from, where there is.</summary>
    private static Rendering? WhyNot(Stream bytes, ImageRequest request, out DicomFile file, out NativeFrames frames)
    {
        file = DicomFile.Read(bytes, ReadOptions);
        frames = null!; // Only where the answer is not null.
        if (WhyNotGrey(file) is { } colour)
            return new Rendering.Refused(colour);
        if (NativeFrames.TryOpen(file, bytes, out var problem) is not { } opened)
            return new Rendering.Refused(problem);
        frames = opened;

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
        return null;
    }

    private EncodedImage Draw(DicomFile file, NativeFrames frames, ImageRequest request)
    {
        var picture = frames.Description;
        var mapping = GreyscaleMapping.Read(file.DataSet, request.Frame - 1, picture.IsSigned);
        if (request.IgnoresFileWindow || request.Window is not null)
            mapping = mapping with { Window = request.Window, VoiLut = null };

        var length = (int)frames.SampleBytesPerFrame;
        var shadesLength = (int)picture.PixelsPerFrame * (request.BitDepth / 8);
        var samples = LargeBuffers.Rent(length);
        var shades = LargeBuffers.Rent(shadesLength);
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
            LargeBuffers.Return(samples);
            LargeBuffers.Return(shades);
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
