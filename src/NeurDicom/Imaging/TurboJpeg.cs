using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace NeurDicom.Imaging;

/// <summary>
/// Writes 8-bit pictures, grey or in colour, as baseline JPEG by libjpeg-turbo's TurboJPEG interface,
/// which the system provides.
/// </summary>
internal sealed unsafe class TurboJpeg
{
    /// <summary>
    /// The longest side of a JPEG that libjpeg writes (JPEG_MAX_DIMENSION; the format ends at 65,535).
    /// </summary>
    public const int MaxSide = 65_500;

    // turbojpeg.h: TJSAMP_444, _420 and _GRAY, TJPF_RGB and _GRAY, TJFLAG_NOREALLOC. They have kept their values since
    // version 1.2.
    private const int SamplingFull = 0;
    private const int SamplingQuarter = 2;
    private const int SamplingGrey = 3;
    private const int PixelFormatRgb = 0;
    private const int PixelFormatGrey = 6;
    private const int NoReallocation = 1024;

    // Debian 12 and 13, Fedora and Alpine have the first; the others are the same interface elsewhere.
    private static readonly string[] LibraryNames =
        ["libturbojpeg.so.0", "libturbojpeg.so", "libturbojpeg.0.dylib", "libturbojpeg.dylib", "turbojpeg.dll"];

    // Below this quality colours are stored once for four pixels: sharp edges of colour are lost there anyway.
    private const int LeastSharp = 80;

    // A compressor takes longer to make than a small picture does. One is used by one caller at a time.
    private readonly ConcurrentBag<nint> _idle = [];

    private readonly delegate* unmanaged<void*> _initCompress;
    private readonly delegate* unmanaged<void*, byte*, int, int, int, int, byte**, nuint*, int, int, int,
    int> _compress;
    private readonly delegate* unmanaged<int, int, int, nuint> _bufferSize;
    private readonly delegate* unmanaged<void*, int> _destroy;
    private readonly delegate* unmanaged<void*, byte*> _errorText;

    private TurboJpeg(nint library)
    {
        _initCompress = (delegate* unmanaged<void*>)NativeLibrary.GetExport(library, "tjInitCompress");
        _compress = (delegate* unmanaged<void*, byte*, int, int, int, int, byte**, nuint*, int, int, int, int>)
            NativeLibrary.GetExport(library, "tjCompress2");
        _bufferSize = (delegate* unmanaged<int, int, int, nuint>)NativeLibrary.GetExport(library, "tjBufSize");
        _destroy = (delegate* unmanaged<void*, int>)NativeLibrary.GetExport(library, "tjDestroy");
        _errorText = (delegate* unmanaged<void*, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
    }

    /// <summary>The library of this system, or null when it has none.</summary>
    public static TurboJpeg? Load() => Load(LibraryNames);

    /// <summary>The first of these libraries that loads, or null.</summary>
    public static TurboJpeg? Load(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "tjGetErrorStr2", out _))
                return new TurboJpeg(library);
        }

        return null;
    }

    /// <param name="pixels">Rows from the top, one or three bytes a pixel, no padding between rows.</param>
    /// <param name="quality">1 to 100.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    public EncodedImage Encode(ReadOnlySpan<byte> pixels, int width, int height, int quality, int channels = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, checked(width * height * channels));
        var sampling = channels == 1 ? SamplingGrey : quality < LeastSharp ? SamplingQuarter : SamplingFull;
        var format = channels == 1 ? PixelFormatGrey : PixelFormatRgb;
        if (!_idle.TryTake(out var handle))
            handle = (nint)_initCompress();
        if (handle == 0)
            throw new InvalidOperationException("libjpeg-turbo gave no compressor.");

        var buffer = LargeBuffers.Rent(checked((int)_bufferSize(width, height, sampling)));
        try
        {
            fixed (byte* source = pixels)
            fixed (byte* target = buffer)
            {
                var output = target;
                var length = (nuint)buffer.Length;
                var failed = _compress((void*)handle, source, width, 0, height, format, &output, &length, sampling,
                    quality, NoReallocation);
                if (failed != 0)
                {
                    var reason = Marshal.PtrToStringUTF8((nint)_errorText((void*)handle));
                    throw new InvalidOperationException($"libjpeg-turbo: {reason}");
                }

                _idle.Add(handle);
                handle = 0;
                var image = new EncodedImage(buffer, (int)length);
                buffer = null;
                return image;
            }
        }
        finally
        {
            if (buffer is not null)
                LargeBuffers.Return(buffer);
            if (handle != 0)
                _ = _destroy((void*)handle);
        }
    }
}
