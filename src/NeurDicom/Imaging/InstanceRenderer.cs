using System.Globalization;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>Draws a frame of a stored instance.</summary>
/// <param name="jpeg">Null where the system has no libjpeg-turbo: then there is PNG only.</param>
internal sealed class InstanceRenderer(TurboJpeg? jpeg) : IDisposable
{
    /// <inheritdoc cref="FrameSource.ReadOptions"/>
    internal static DicomReadOptions ReadOptions => FrameSource.ReadOptions;

    /// <summary>
    /// A frame with more pixels than that is refused.
    /// The largest native frames, of mammography and digitised film, have a quarter of it, and a picture takes three to
    /// five bytes a pixel while it is made.
    /// </summary>
    internal const int MostPixels = 100_000_000;

    // Up to here a frame does not count: no more of them are drawn at once than there are processors.
    internal const int SmallFrame = 1 << 20;

    // Drawing is all processor: more at one time would only hold more memory.
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    // The pixels of frames that are drawn or not yet sent; the largest frame takes it all.
    private readonly PixelBudget _budget = new(MostPixels);

    /// <summary>Shared with all who hold frames in memory.</summary>
    public PixelBudget Budget => _budget;

    /// <summary>What can be written, the format for clients without a wish first.</summary>
    public ReadOnlySpan<ImageFormat> Formats => jpeg is null ? [ImageFormat.Png] : [ImageFormat.Jpeg, ImageFormat.Png];

    /// <param name="bytes">The stored file, at its start, seekable.</param>
    public async Task<Rendering> RenderAsync(Stream bytes, ImageRequest request, CancellationToken cancel)
    {
        PixelBudget.Share? share = null;
        NativeFrames? frames = null;
        var hasSlot = true;
        await _slots.WaitAsync(cancel);
        try
        {
            var file = DicomFile.Read(bytes, ReadOptions);
            frames = FrameSource.TryOpen(file, bytes, out var problem);
            if (frames is null)
                return new Rendering.Refused(problem);
            if (WhyNot(file, frames, request, out var drawing) is { } answer)
                return answer;

            var cost = Cost(frames, request, drawing);
            if (cost > SmallFrame)
            {
                // Small pictures are drawn in the meantime.
                _slots.Release();
                hasSlot = false;
                share = await _budget.TakeAsync(cost, cancel);
                await _slots.WaitAsync(cancel);
                hasSlot = true;
            }

            var image = Draw(frames, request, drawing);
            (image.Share, share) = (share, null);
            return new Rendering.Picture(image);
        }
        catch (DicomFormatException broken)
        {
            // Taken in with a warning, as it was sent: the part that cannot be read may be just the one that is needed
            // here.
            return new Rendering.Refused($"The file cannot be read: {broken.Problem} (byte {broken.Position}).");
        }
        finally
        {
            frames?.Dispose();
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

    /// <summary>The answer where there is nothing to draw; null, and how to draw it, where there is.</summary>
    private static Rendering? WhyNot(DicomFile file, NativeFrames frames, ImageRequest request, out Drawing drawing)
    {
        drawing = null!; // Only where the answer is not null.
        var picture = frames.Description;
        if (PixelKinds.Of(picture, out var problem) is not { } kind)
            return new Rendering.Refused(problem);
        if (picture.PixelsPerFrame > MostPixels)
        {
            return new Rendering.Refused(
                Text($"A frame of {picture.Columns} by {picture.Rows} pixels ")
                + Text($"has more than the {MostPixels:N0} that are drawn."));
        }

        if (request.Frame > picture.Frames)
            return new Rendering.NoSuchFrame(picture.Frames);
        if (request.Frame > frames.Count)
            return new Rendering.Refused(Text($"The pixel data end before the end of frame {request.Frame}."));

        var pixelWidth = request.Width is null && request.Height is null
            ? 1 : PictureSize.ReadPixelWidth(file.DataSet, request.Frame - 1);
        var size = PictureSize.Fit(picture.Columns, picture.Rows, pixelWidth, request.Width, request.Height);
        if (request.Format == ImageFormat.Jpeg && Math.Max(size.Width, size.Height) > TurboJpeg.MaxSide)
            return new Rendering.Refused(
                Text($"A JPEG has at most {TurboJpeg.MaxSide:N0} pixels a side; ask for a PNG."));

        drawing = new(kind, size);
        if (Cost(frames, request, drawing) > MostPixels)
        {
            return new Rendering.Refused(Text(
                $"A picture of {size.Width} by {size.Height} pixels takes more memory than there is for one."));
        }

        return kind.IsColour()
            ? ReadColours(file, picture, request, ref drawing)
            : ReadMapping(file, picture, request, ref drawing);
    }

    private static Rendering.Refused? ReadColours(
        DicomFile file, PixelDescription picture, ImageRequest request, ref Drawing drawing)
    {
        if (request.Window is not null || request.Preset is not null)
            return new Rendering.Refused(
                "The pixels are in colour, and a window applies to grey values alone (PS3.3 C.11.2).");
        if (drawing.Kind != PixelKind.Palette)
            return null;
        drawing = drawing with { Palette = Palette.TryRead(file.DataSet, picture.IsSigned, out var problem) };
        return drawing.Palette is null ? new Rendering.Refused(problem) : null;
    }

    private static Rendering? ReadMapping(
        DicomFile file, PixelDescription picture, ImageRequest request, ref Drawing drawing)
    {
        var frame = request.Frame - 1;
        var mapping = GreyscaleMapping.Read(file.DataSet, frame, picture.IsSigned);
        if (request.IgnoresFileWindow || request.Window is not null)
        {
            mapping = mapping with { Window = request.Window, VoiLut = null };
        }
        else if (request.Preset is { } preset)
        {
            if (WindowPresets.Find(file.DataSet, frame, preset, out var refusal) is not { } window)
            {
                return refusal is not null
                    ? new Rendering.Refused(refusal)
                    : new Rendering.Invalid(
                        "preset",
                        $"preset is the number or explanation of a window in the file, or one of "
                            + $"{WindowPresets.Names}.");
            }

            mapping = mapping with { Window = window, VoiLut = null };
        }

        drawing = drawing with { Mapping = mapping };
        return null;
    }

    private static long Cost(NativeFrames frames, ImageRequest request, Drawing drawing) =>
        PixelBudget.Cost(frames, PixelLength(request, drawing), drawing.Size.Pixels);

    private static int PixelLength(ImageRequest request, Drawing drawing) =>
        (drawing.Kind.IsColour() ? 3 : 1) * (request.BitDepth / 8);

    private EncodedImage Draw(NativeFrames frames, ImageRequest request, Drawing drawing)
    {
        var picture = frames.Description;
        var channels = drawing.Kind.IsColour() ? 3 : 1;
        var pixelLength = PixelLength(request, drawing);
        var whole = new PictureSize(picture.Columns, picture.Rows);
        var samplesLength = (int)frames.SampleBytesPerFrame;
        var samples = LargeBuffers.Rent(samplesLength);
        var shades = LargeBuffers.Rent(checked((int)whole.Pixels * pixelLength));
        byte[]? resized = null;
        try
        {
            frames.ReadSamples(request.Frame - 1, samples);
            var target = shades.AsSpan(0, (int)whole.Pixels * pixelLength);
            Render(samples.AsSpan(0, samplesLength), picture, drawing, target, request.BitDepth);
            if (drawing.Size != whole)
            {
                resized = LargeBuffers.Rent(checked((int)drawing.Size.Pixels * pixelLength));
                var smaller = resized.AsSpan(0, (int)drawing.Size.Pixels * pixelLength);
                Resampler.Resize(target, whole, smaller, drawing.Size, channels, request.BitDepth);
                target = smaller;
            }

            var (width, height) = drawing.Size;
            return request.Format == ImageFormat.Png
                ? PngWriter.Encode(target, width, height, request.BitDepth, channels)
                : (jpeg ?? throw new InvalidOperationException("Formats has no JPEG here."))
                    .Encode(target, width, height, request.Quality, channels);
        }
        finally
        {
            LargeBuffers.Return(samples);
            LargeBuffers.Return(shades);
            if (resized is not null)
                LargeBuffers.Return(resized);
        }
    }

    private static void Render(
        ReadOnlySpan<byte> samples, PixelDescription picture, Drawing drawing, Span<byte> target, int bitDepth)
    {
        var layout = SampleLayout.Of(picture);
        if (drawing.Palette is { } palette)
            ColourRenderer.Render(samples, layout, palette, target, bitDepth);
        else if (drawing.Mapping is not { } mapping)
            ColourRenderer.Render(samples, layout, drawing.Kind, target, bitDepth);
        else if (drawing.Kind == PixelKind.FloatingPoint)
            FloatRenderer.Render(samples, picture.BitsAllocated / 8, mapping, target, bitDepth);
        else
            GreyscaleRenderer.Render(samples, layout, mapping, target, bitDepth);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a picture is made with.</summary>
    private sealed record Drawing(PixelKind Kind, PictureSize Size)
    {
        /// <summary>For grey pictures.</summary>
        public GreyscaleMapping? Mapping { get; init; }

        public Palette? Palette { get; init; }
    }
}
