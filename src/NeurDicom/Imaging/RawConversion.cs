using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>How the samples of a frame become what is sent.</summary>
internal sealed class RawConversion
{
    private const int StripLength = 8192;

    // Stored values, as they are: neither rescaled nor turned round for MONOCHROME1.
    private static readonly GreyscaleMapping AsStored = new();

    private readonly PixelDescription _picture;
    private readonly SampleLayout _layout;
    private readonly PixelKind _kind;
    private readonly Palette? _palette;

    private RawConversion(RawFormat format, PixelDescription picture, PixelKind kind, Palette? palette)
    {
        Format = format;
        _picture = picture;
        _kind = kind;
        _palette = palette;
        _layout = SampleLayout.Of(picture);
    }

    public RawFormat Format { get; }

    /// <summary>Bytes of a frame that is sent.</summary>
    public int FrameLength { get; private init; }

    /// <summary>Bytes of a pixel while it is made; brightness is made of three colours.</summary>
    public int BytesOfPixel =>
        Math.Max(1, Bits / 8) * (Format is RawFormat.Lum8 or RawFormat.Lum16 && _kind.IsColour() ? 3 : Samples);

    public int Samples { get; private init; }

    public int Bits { get; private init; }

    /// <summary>Whether the pixels are stretched between their lowest and highest value.</summary>
    public bool NeedsRange => Format is RawFormat.Lum8 or RawFormat.Lum16 or RawFormat.Rgb24 && !_kind.IsColour();

    /// <summary>The lowest and highest value that <see cref="Look"/> has seen.</summary>
    public (double Low, double High)? Range { get; private set; }

    /// <summary>Null, with a sentence for the client, where the pixels do not come in this format.</summary>
    public static RawConversion? TryMake(
        DicomFile file, PixelDescription picture, RawRequest request, out string problem)
    {
        // What is sent as it is need not be understood.
        var kind = PixelKinds.Of(picture, out problem);
        if (kind is null && request.Format is not (RawFormat.Native or RawFormat.Npy))
            return null;

        var format = request.Format ?? (kind!.Value.IsColour() ? RawFormat.Rgb24 : RawFormat.Lum8);
        var (samples, bits) = format switch
        {
            RawFormat.Lum8 => (1, 8),
            RawFormat.Lum16 => (1, 16),
            RawFormat.Rgb24 => (3, 8),
            _ => (picture.SamplesPerPixel, picture.BitsAllocated),
        };
        if (format == RawFormat.Npy)
            bits = Math.Max(8, bits);
        var isNative = format == RawFormat.Native;
        if (isNative && request.Frame is null && picture.Frames > 1 && picture.BitsPerFrame % 8 != 0)
        {
            problem = "The frames begin within a byte; ask for one of them, or for another format.";
            return null;
        }

        var length = isNative ? picture.BytesPerFrame : picture.PixelsPerFrame * samples * (bits / 8);
        if (length > Array.MaxLength)
        {
            problem = "A frame is larger than 2 GB.";
            return null;
        }

        Palette? palette = null;
        if (kind == PixelKind.Palette && format is RawFormat.Lum8 or RawFormat.Lum16 or RawFormat.Rgb24
            && (palette = Palette.TryRead(file.DataSet, picture.IsSigned, out problem)) is null)
        {
            return null;
        }

        return new RawConversion(format, picture, kind ?? PixelKind.Grey, palette)
        {
            FrameLength = (int)length,
            Samples = samples,
            Bits = bits,
        };
    }

    /// <summary>What comes before the first frame.</summary>
    /// <param name="frames">Null where one frame is sent as a picture, without a dimension for frames.</param>
    public byte[] Header(PixelDescription picture, int? frames)
    {
        if (Format != RawFormat.Npy)
            return [];
        var kind = picture.IsFloat ? 'f' : picture.IsSigned ? 'i' : 'u';
        // A single byte has no order.
        var type = $"{(Bits == 8 ? '|' : '<')}{kind}{Bits / 8}";
        long[] shape = [.. frames is { } count ? [count] : Array.Empty<long>(), picture.Rows, picture.Columns];
        return NumpyHeader.Write(type, Samples == 1 ? shape : [.. shape, Samples]);
    }

    /// <summary>Widens the range by the values of a frame.</summary>
    public void Look(ReadOnlySpan<byte> samples, int pixels)
    {
        if (!NeedsRange)
            return;
        var (low, high) = _kind == PixelKind.FloatingPoint
            ? FloatRenderer.FindRange(samples, _picture.BitsAllocated / 8, AsStored, pixels)
            : GreyscaleRenderer.FindRange(samples, _layout, pixels);
        Range = Range is { } known ? (Math.Min(known.Low, low), Math.Max(known.High, high)) : (low, high);
    }

    /// <summary>Converts a frame; <see cref="Look"/> has seen them all where it is needed.</summary>
    public void Convert(ReadOnlySpan<byte> samples, Span<byte> target)
    {
        switch (Format)
        {
            case RawFormat.Native:
                samples[..target.Length].CopyTo(target);
                break;
            case RawFormat.Npy:
                CutToValues(samples, target);
                break;
            case RawFormat.Rgb24 when _kind.IsColour():
                Colour(samples, target, 8);
                break;
            case RawFormat.Rgb24:
                Stretch(samples, target[..(target.Length / 3)], 8);
                Triple(target);
                break;
            default:
                if (_kind.IsColour())
                    Luma(samples, target);
                else
                    Stretch(samples, target, Bits);
                if (Bits == 16)
                    Swap(target);
                break;
        }
    }

    private void Stretch(ReadOnlySpan<byte> samples, Span<byte> target, int bits)
    {
        if (_kind == PixelKind.FloatingPoint)
            FloatRenderer.Render(samples, _picture.BitsAllocated / 8, AsStored, target, bits, Range);
        else
            GreyscaleRenderer.Render(samples, _layout, AsStored, target, bits, Range);
    }

    private void Colour(ReadOnlySpan<byte> samples, Span<byte> target, int bits)
    {
        if (_palette is not null)
            ColourRenderer.Render(samples, _layout, _palette, target, bits);
        else
            ColourRenderer.Render(samples, _layout, _kind, target, bits);
    }

    /// <summary>Luma of ITU-R BT.601, which is the Y of PS3.3 C.7.6.3.1.2.</summary>
    private void Luma(ReadOnlySpan<byte> samples, Span<byte> target)
    {
        var length = checked(3 * target.Length);
        var colours = LargeBuffers.Rent(length);
        Colour(samples, colours.AsSpan(0, length), Bits);
        if (Bits == 8)
        {
            for (var (to, from) = (0, 0); to < target.Length; to++, from += 3)
            {
                var sum = 19595 * colours[from] + 38470 * colours[from + 1] + 7471 * colours[from + 2] + 32768;
                target[to] = (byte)(sum >> 16);
            }
        }
        else
        {
            for (var (to, from) = (0, 0); to < target.Length; to += 2, from += 6)
            {
                var (red, green, blue) = (Sample(colours, from), Sample(colours, from + 2), Sample(colours, from + 4));
                BinaryPrimitives.WriteUInt16BigEndian(
                    target[to..], (ushort)((19595L * red + 38470L * green + 7471L * blue + 32768) >> 16));
            }
        }

        LargeBuffers.Return(colours);

        static ushort Sample(byte[] colours, int at) => BinaryPrimitives.ReadUInt16BigEndian(colours.AsSpan(at));
    }

    /// <summary>The values in cells of their own size, without what else the cells held and with their sign.</summary>
    private void CutToValues(ReadOnlySpan<byte> samples, Span<byte> target)
    {
        if (_picture.IsFloat || _picture.BitsAllocated > 32 || _layout.BitsStored == _layout.BitsAllocated)
        {
            samples[..target.Length].CopyTo(target);
            return;
        }

        var size = Bits / 8;
        var strip = ArrayPool<int>.Shared.Rent(StripLength);
        for (var start = 0; start < target.Length / size; start += StripLength)
        {
            var values = strip.AsSpan(0, Math.Min(StripLength, (target.Length / size) - start));
            _layout.Unpack(samples[(start * size)..], values);
            var cells = target.Slice(start * size, values.Length * size);
            for (var index = 0; index < values.Length; index++)
            {
                if (size == 1)
                    cells[index] = (byte)values[index];
                else if (size == 2)
                    BinaryPrimitives.WriteInt16LittleEndian(cells[(2 * index)..], (short)values[index]);
                else
                    BinaryPrimitives.WriteInt32LittleEndian(cells[(4 * index)..], values[index]);
            }
        }

        ArrayPool<int>.Shared.Return(strip);
    }

    // From the end, so that no shade is overwritten before it has been spread.
    private static void Triple(Span<byte> target)
    {
        for (var (to, from) = (target.Length - 3, target.Length / 3 - 1); from >= 0; to -= 3, from--)
            target[to] = target[to + 1] = target[to + 2] = target[from];
    }

    // The renderers put the high byte first, as PNG wants it.
    private static void Swap(Span<byte> target)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(target);
        BinaryPrimitives.ReverseEndianness(words, words);
    }
}
