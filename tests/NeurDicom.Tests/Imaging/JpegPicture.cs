using System.Runtime.InteropServices;
using Shouldly;

namespace NeurDicom.Tests.Imaging;

/// <summary>A grey JPEG decoded by libjpeg-turbo.</summary>
internal sealed partial record JpegPicture(int Width, int Height, byte[] Samples)
{
    private const int PixelFormatGrey = 6;

    public static unsafe JpegPicture Read(ReadOnlySpan<byte> jpeg)
    {
        var handle = InitDecompress();
        try
        {
            fixed (byte* source = jpeg)
            {
                DecompressHeader(handle, source, (nuint)jpeg.Length, out var width, out var height, out _, out _).ShouldBe(0);
                var samples = new byte[width * height];
                fixed (byte* target = samples)
                    Decompress(handle, source, (nuint)jpeg.Length, target, width, 0, height, PixelFormatGrey, 0).ShouldBe(0);
                return new JpegPicture(width, height, samples);
            }
        }
        finally
        {
            _ = Destroy(handle);
        }
    }

    public int LargestDifference(ReadOnlySpan<byte> expected)
    {
        expected.Length.ShouldBe(Samples.Length);
        var largest = 0;
        for (var index = 0; index < expected.Length; index++)
            largest = Math.Max(largest, Math.Abs(expected[index] - Samples[index]));
        return largest;
    }

    [LibraryImport("libturbojpeg.so.0", EntryPoint = "tjInitDecompress")]
    private static partial nint InitDecompress();

    [LibraryImport("libturbojpeg.so.0", EntryPoint = "tjDecompressHeader3")]
    private static unsafe partial int DecompressHeader(
        nint handle, byte* source, nuint length, out int width, out int height, out int sampling, out int colourSpace);

    [LibraryImport("libturbojpeg.so.0", EntryPoint = "tjDecompress2")]
    private static unsafe partial int Decompress(
        nint handle, byte* source, nuint length, byte* target, int width, int pitch, int height, int format, int flags);

    [LibraryImport("libturbojpeg.so.0", EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint handle);
}
