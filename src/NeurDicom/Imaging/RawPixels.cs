using System.Globalization;
using NeurDicom.Archive;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>
/// The pixels of an instance in the form that was asked for, as a stream that can be read from anywhere: one frame at a
/// time is in memory, and what is asked for first is read first.
/// </summary>
internal sealed class RawPixels : SeekableStream
{
    private readonly NativeFrames _frames;
    private readonly RawConversion _conversion;
    private readonly byte[] _header;
    private readonly int _first;
    private readonly int _count;
    private readonly byte[] _samples;
    private readonly byte[] _frame;
    private readonly PixelBudget.Share _share;
    private int _inSamples = -1;
    private int _inFrame = -1;
    private bool _isDisposed;

    private RawPixels(
        NativeFrames frames, RawConversion conversion, byte[] header, int first, int count, PixelBudget.Share share)
    {
        _frames = frames;
        _conversion = conversion;
        _header = header;
        _first = first;
        _count = count;
        _share = share;
        _samples = LargeBuffers.Rent((int)Math.Max(frames.SampleBytesPerFrame, frames.Description.BytesPerFrame));
        _frame = LargeBuffers.Rent(conversion.FrameLength);
    }

    public PixelDescription Description => _frames.Description;

    public RawFormat Format => _conversion.Format;

    /// <summary>Frames that are sent.</summary>
    public int Frames => _count;

    /// <summary>Bits of a sample that is sent.</summary>
    public int Bits => _conversion.Bits;

    /// <summary>Samples of a pixel that is sent.</summary>
    public int Samples => _conversion.Samples;

    /// <summary>The lowest and highest stored value, where the pixels are stretched between them.</summary>
    public (double Low, double High)? Range => _conversion.Range;

    public override long Length => _header.Length + (long)_conversion.FrameLength * _count;

    /// <summary>Opens the pixels of a stored file; what comes is <see cref="Rendering.Raw"/> or a reason.</summary>
    /// <param name="bytes">Seekable, at its start; it stays the caller's and is read as long as the pixels are.</param>
    public static async Task<Rendering> OpenAsync(
        Stream bytes, RawRequest request, PixelBudget budget, CancellationToken cancel)
    {
        NativeFrames? frames = null;
        RawPixels? pixels = null;
        PixelBudget.Share? share = null;
        try
        {
            var file = DicomFile.Read(bytes, FrameSource.ReadOptions);
            frames = FrameSource.TryOpen(file, bytes, out var problem);
            if (frames is null)
                return new Rendering.Refused(problem);
            if (WhyNot(frames, request) is { } answer)
                return answer;
            if (RawConversion.TryMake(file, frames.Description, request, out problem) is not { } conversion)
                return new Rendering.Refused(problem);

            // All of them count: they are in memory for as long as the client takes.
            var cost = PixelBudget.Cost(frames, conversion.BytesOfPixel);
            if (cost > InstanceRenderer.MostPixels)
                return new Rendering.Refused("A frame has more pixels than are converted.");
            share = await budget.TakeAsync(cost, cancel);
            var (first, count) = request.Frame is { } number ? (number - 1, 1) : (0, frames.Description.Frames);
            var header = conversion.Header(frames.Description, request.Frame is null ? count : null);
            pixels = new RawPixels(frames, conversion, header, first, count, share);
            (frames, share) = (null, null);
            if (!request.HeadOnly)
                await pixels.PrepareAsync(cancel);

            var opened = new Rendering.Raw(pixels);
            pixels = null;
            return opened;
        }
        catch (DicomFormatException broken)
        {
            return new Rendering.Refused($"The file cannot be read: {broken.Problem} (byte {broken.Position}).");
        }
        finally
        {
            frames?.Dispose();
            share?.Dispose();
            if (pixels is not null)
                await pixels.DisposeAsync();
        }
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Position < _header.Length)
            return Take(_header.AsSpan((int)Position), buffer);

        var at = Position - _header.Length;
        var frame = at / _conversion.FrameLength;
        if (frame >= _count)
            return 0;
        Convert((int)frame);
        return Take(_frame.AsSpan(0, _conversion.FrameLength)[(int)(at % _conversion.FrameLength)..], buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            LargeBuffers.Return(_samples);
            LargeBuffers.Return(_frame);
            _frames.Dispose();
            _share.Dispose();
        }

        base.Dispose(disposing);
    }

    private static Rendering? WhyNot(NativeFrames frames, RawRequest request)
    {
        var picture = frames.Description;
        if (request.Frame > picture.Frames)
            return new Rendering.NoSuchFrame(picture.Frames);
        var last = request.Frame ?? picture.Frames;
        return last > frames.Count
            ? new Rendering.Refused(
                Text($"The pixel data end before the end of frame {Math.Min(last, frames.Count + 1)}."))
            : null;
    }

    /// <summary>
    /// Reads the first frame, so that what is broken is told before anything is sent,
    /// and looks for the lowest and highest value of all frames where the pixels are stretched between them.
    /// </summary>
    private async Task PrepareAsync(CancellationToken cancel)
    {
        for (var frame = 0; frame < (_conversion.NeedsRange ? _count : 1); frame++)
        {
            // Other requests on this thread are not kept waiting by a long film.
            if (frame > 0)
                await Task.Yield();
            cancel.ThrowIfCancellationRequested();
            ReadSamples(frame);
            _conversion.Look(_samples.AsSpan(0, (int)_frames.SampleBytesPerFrame), (int)Description.PixelsPerFrame);
        }
    }

    private void ReadSamples(int frame)
    {
        if (_inSamples == frame)
            return;
        _inSamples = -1;
        if (Format == RawFormat.Native)
            _frames.Read(_first + frame, _samples);
        else
            _frames.ReadSamples(_first + frame, _samples);
        _inSamples = frame;
    }

    private void Convert(int frame)
    {
        if (_inFrame == frame)
            return;
        _inFrame = -1;
        ReadSamples(frame);
        _conversion.Convert(_samples, _frame.AsSpan(0, _conversion.FrameLength));
        _inFrame = frame;
    }

    private int Take(ReadOnlySpan<byte> source, Span<byte> buffer)
    {
        var count = Math.Min(source.Length, buffer.Length);
        source[..count].CopyTo(buffer);
        Position += count;
        return count;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
