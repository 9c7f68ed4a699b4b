using System.Buffers;
using System.Runtime.InteropServices;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>The values of a volume: stored values after the modality transformation, as short or float.</summary>
internal static class VolumeValues
{
    private const int StripLength = 8192;

    // Whole numbers of more bits do not all fit a float.
    private const int BitsOfFloat = 24;

    /// <summary>Rescale or Modality LUT of a frame, counted from 0; of a dose its scaling (PS3.3 C.8.8.3).</summary>
    public static GreyscaleMapping ReadMapping(FunctionalGroups groups, int frame, bool isSigned)
    {
        var mapping = GreyscaleMapping.Read(groups, frame, isSigned);
        return groups.DataSet.GetDouble(Tag.DoseGridScaling) is { } scaling && double.IsFinite(scaling)
            ? mapping with { Slope = scaling, Intercept = 0 }
            : mapping;
    }

    /// <summary>Whether every value that the pixels may hold is a whole number of 16 bits with a sign.</summary>
    public static bool IsWhole(GreyscaleMapping mapping, PixelDescription picture)
    {
        if (picture.IsFloat || mapping.ModalityLut is not null
            || mapping.Slope != Math.Truncate(mapping.Slope) || mapping.Intercept != Math.Truncate(mapping.Intercept))
        {
            return false;
        }

        var (low, high) = Bounds(picture);
        return Fits(mapping.ToModality(low)) && Fits(mapping.ToModality(high));

        static bool Fits(double value) => value is >= short.MinValue and <= short.MaxValue;
    }

    /// <summary>Whether nothing is rounded that the file says exactly.</summary>
    public static bool IsExact(GreyscaleMapping mapping, PixelDescription picture) => picture.IsFloat
        ? picture.BitsAllocated == 32 && mapping is { Slope: 1, Intercept: 0 }
        : picture.BitsStored <= BitsOfFloat;

    /// <param name="target">As many values as the frame has pixels, of 2 bytes or of 4, little endian.</param>
    /// <param name="isWhole">Whether they are short, else float.</param>
    public static void Convert(
        ReadOnlySpan<byte> samples, PixelDescription picture, GreyscaleMapping mapping, Span<byte> target, bool isWhole)
    {
        var layout = SampleLayout.Of(picture);
        if (isWhole
            && layout is { BitsAllocated: 16, BitsStored: 16, Signed: true }
            && mapping is { Slope: 1, Intercept: 0 })
        {
            samples[..target.Length].CopyTo(target);
            return;
        }

        if (picture.IsFloat)
        {
            var floats = MemoryMarshal.Cast<byte, float>(target);
            for (var index = 0; index < floats.Length; index++)
                floats[index] = (float)mapping.ToModality(
                    FloatRenderer.Read(samples, picture.BitsAllocated / 8, index));
            return;
        }

        var count = target.Length / (isWhole ? sizeof(short) : sizeof(float));
        var strip = ArrayPool<int>.Shared.Rent(StripLength);
        for (var start = 0; start < count; start += StripLength)
        {
            var values = strip.AsSpan(0, Math.Min(StripLength, count - start));
            layout.Unpack(samples[(start * (layout.BitsAllocated / 8))..], values);
            if (isWhole)
                ToShorts(values, mapping, MemoryMarshal.Cast<byte, short>(target)[start..]);
            else
                ToFloats(values, layout.Bias, mapping, MemoryMarshal.Cast<byte, float>(target)[start..]);
        }

        ArrayPool<int>.Shared.Return(strip);
    }

    private static void ToShorts(ReadOnlySpan<int> values, GreyscaleMapping mapping, Span<short> target)
    {
        var slope = (int)mapping.ToModality(1) - (int)mapping.ToModality(0);
        var intercept = (int)mapping.ToModality(0);
        for (var index = 0; index < values.Length; index++)
            target[index] = (short)(values[index] * slope + intercept);
    }

    private static void ToFloats(ReadOnlySpan<int> values, double bias, GreyscaleMapping mapping, Span<float> target)
    {
        if (mapping.ModalityLut is not null)
        {
            for (var index = 0; index < values.Length; index++)
                target[index] = (float)mapping.ToModality(values[index] + bias);
            return;
        }

        var slope = mapping.Slope == 0 ? 1 : mapping.Slope;
        var intercept = mapping.Intercept + bias * slope;
        for (var index = 0; index < values.Length; index++)
            target[index] = (float)(values[index] * slope + intercept);
    }

    private static (double Low, double High) Bounds(PixelDescription picture) => picture.IsSigned
        ? (-Math.Pow(2, picture.BitsStored - 1), Math.Pow(2, picture.BitsStored - 1) - 1)
        : (0, Math.Pow(2, picture.BitsStored) - 1);
}
