using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NeurDicom.Imaging;

/// <summary>
/// Makes a picture smaller or larger. Where it becomes smaller, a new pixel is the mean of the area it covers, so that
/// nothing is skipped and nothing shimmers; where it becomes larger,
/// a cubic runs through the old ones (Catmull and Rom).
/// </summary>
internal static class Resampler
{
    /// <param name="source">Rows from the top; samples of one byte, or of two with the high byte first.</param>
    /// <param name="target">Laid out alike.</param>
    /// <param name="channels">Samples of a pixel.</param>
    public static void Resize(
        ReadOnlySpan<byte> source, PictureSize from, Span<byte> target, PictureSize to, int channels, int bitDepth)
    {
        var down = new Axis(from.Height, to.Height);
        var across = new Axis(from.Width, to.Width);
        var rowSamples = from.Width * channels;
        var rowBytes = rowSamples * (bitDepth / 8);
        var targetRow = to.Width * channels * (bitDepth / 8);
        var sums = ArrayPool<float>.Shared.Rent(rowSamples);
        try
        {
            var row = sums.AsSpan(0, rowSamples);
            for (var y = 0; y < to.Height; y++)
            {
                row.Clear();
                var first = down.First[y];
                for (var tap = 0; tap < down.Taps; tap++)
                {
                    var weight = down.Weights[y * down.Taps + tap];
                    if (weight != 0)
                        Add(source.Slice((first + tap) * rowBytes, rowBytes), weight, row, bitDepth);
                }

                Across(row, across, channels, target.Slice(y * targetRow, targetRow), bitDepth);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(sums);
        }
    }

    /// <summary>Adds a row of samples times its weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<byte> samples, float weight, Span<float> sums, int bitDepth)
    {
        var index = 0;
        if (bitDepth == 8)
        {
            var weights = new Vector<float>(weight);
            for (; index <= sums.Length - Vector<byte>.Count; index += Vector<byte>.Count)
            {
                Vector.Widen(new Vector<byte>(samples[index..]), out var low, out var high);
                Vector.Widen(low, out var first, out var second);
                Vector.Widen(high, out var third, out var fourth);
                AddTo(sums, index, first, weights);
                AddTo(sums, index + Vector<float>.Count, second, weights);
                AddTo(sums, index + 2 * Vector<float>.Count, third, weights);
                AddTo(sums, index + 3 * Vector<float>.Count, fourth, weights);
            }

            for (; index < sums.Length; index++)
                sums[index] += samples[index] * weight;
            return;
        }

        for (; index < sums.Length; index++)
            sums[index] += BinaryPrimitives.ReadUInt16BigEndian(samples[(2 * index)..]) * weight;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(Span<float> sums, int index, Vector<uint> samples, Vector<float> weights)
    {
        var place = sums.Slice(index, Vector<float>.Count);
        (new Vector<float>(place) + Vector.ConvertToSingle(samples.As<uint, int>()) * weights).CopyTo(place);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Across(ReadOnlySpan<float> row, Axis axis, int channels, Span<byte> target, int bitDepth)
    {
        var most = (1 << bitDepth) - 1;
        ref var weights = ref MemoryMarshal.GetArrayDataReference(axis.Weights);
        for (var x = 0; x < axis.First.Length; x++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                var taps = row[(axis.First[x] * channels + channel)..];
                var sum = 0f;
                for (var (tap, at) = (0, 0); tap < axis.Taps && at < taps.Length; tap++, at += channels)
                    sum += taps[at] * Unsafe.Add(ref weights, x * axis.Taps + tap);
                var sample = Math.Clamp((int)(sum + 0.5f), 0, most);
                var place = x * channels + channel;
                if (bitDepth == 8)
                    target[place] = (byte)sample;
                else
                    BinaryPrimitives.WriteUInt16BigEndian(target[(2 * place)..], (ushort)sample);
            }
        }
    }

    /// <summary>Which old samples make a new one: the same number for each, in weights that add up to one.</summary>
    private sealed class Axis
    {
        public Axis(int from, int to)
        {
            First = new int[to];
            var scale = (double)from / to;
            Taps = Math.Min(from, scale > 1 ? (int)Math.Ceiling(scale) + 1 : scale == 1 ? 1 : 4);
            Weights = new float[to * Taps];
            for (var index = 0; index < to; index++)
            {
                if (scale >= 1)
                    Cover(index, scale, from);
                else
                    Interpolate(index, scale, from);
            }
        }

        public int[] First { get; }

        public int Taps { get; }

        public float[] Weights { get; }

        private void Cover(int index, double scale, int from)
        {
            var (begin, end) = (index * scale, (index + 1) * scale);
            First[index] = Math.Min((int)begin, from - Taps);
            for (var tap = 0; tap < Taps; tap++)
            {
                var old = First[index] + tap;
                var covered = Math.Min(end, old + 1) - Math.Max(begin, old);
                Weights[index * Taps + tap] = (float)(Math.Max(0, covered) / scale);
            }
        }

        private void Interpolate(int index, double scale, int from)
        {
            // Centres lie half a pixel behind the edges.
            var place = (index + 0.5) * scale - 0.5;
            var left = (int)Math.Floor(place);
            First[index] = Math.Clamp(left - 1, 0, from - Taps);
            for (var tap = -1; tap <= 2; tap++)
            {
                // Beyond the edge the last sample goes on.
                var old = Math.Clamp(left + tap, 0, from - 1);
                Weights[index * Taps + old - First[index]] += (float)CatmullRom(Math.Abs(place - (left + tap)));
            }
        }

        private static double CatmullRom(double distance) => distance switch
        {
            < 1 => 1 + distance * distance * (1.5 * distance - 2.5),
            < 2 => 2 + distance * (-4 + distance * (2.5 - 0.5 * distance)),
            _ => 0,
        };
    }
}
