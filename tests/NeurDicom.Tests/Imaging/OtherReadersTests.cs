using System.Diagnostics;
using System.Globalization;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

/// <summary>Pictures beside those of readers that are not ours: pydicom with the formulas written out, and DCMTK.</summary>
public sealed class OtherReadersTests
{
    private const string Python = "/usr/bin/python3";
    private const string Recorded = "../../neurdicom/recorded/samples/";

    // Reads the pixels with pydicom and applies PS3.3 C.11 as it is written, in whole frames of shades.
    private const string Script = """
        import struct, sys, pydicom
        d = pydicom.dcmread(sys.argv[1], force=True)
        frame, window = int(sys.argv[2]), sys.argv[3]
        n = d.Rows * d.Columns
        order = '<' if d.is_little_endian else '>'
        code = {8: 'B', 16: 'H', 32: 'I'}[d.BitsAllocated]
        size = n * d.BitsAllocated // 8
        raw = struct.unpack(order + str(n) + code, d.PixelData[(frame - 1) * size:frame * size])
        shift, mask = d.HighBit + 1 - d.BitsStored, (1 << d.BitsStored) - 1
        values = [(v >> shift) & mask for v in raw]
        if d.PixelRepresentation == 1:
            values = [v - (mask + 1) if v > mask >> 1 else v for v in values]
        def group(item): return item[0].get('PixelValueTransformationSequence') if item else None
        own = d.get('PerFrameFunctionalGroupsSequence')
        t = (group(own[frame - 1:frame]) if own else None) or group(d.get('SharedFunctionalGroupsSequence')) or [d]
        slope, intercept = float(t[0].get('RescaleSlope', 1)), float(t[0].get('RescaleIntercept', 0))
        if window == 'auto':
            padding = d.get('PixelPaddingValue')
            if isinstance(padding, int) and d.PixelRepresentation == 1 and padding > 32767: padding -= 65536
            kept = [v for v in values if v != padding] or values
        values = [v * slope + intercept for v in values]
        if window == 'auto':
            low, high = min(kept) * slope + intercept, max(kept) * slope + intercept
            low, high = min(low, high), max(low, high)
            shades = [min(1, max(0, (v - low) / (high - low))) if high > low else 0.5 if v else 0 for v in values]
        else:
            c, w = (float(x) for x in window.split(','))
            def shade(x):
                if x <= c - 0.5 - (w - 1) / 2: return 0
                if x > c - 0.5 + (w - 1) / 2: return 1
                return (x - (c - 0.5)) / (w - 1) + 0.5
            shades = [shade(v) for v in values]
        if d.PhotometricInterpretation == 'MONOCHROME1':
            shades = [1 - s for s in shades]
        sys.stdout.buffer.write(bytes(int(s * 255 + 0.5) for s in shades))
        """;

    public static TheoryData<string, int, string> Frames => new()
    {
        { "mr-lgg/patient1/000000.dcm", 1, "auto" },
        { "mr-lgg/patient1/000000.dcm", 1, "332,664" },
        { "transfer-syntax/CT_small.dcm", 1, "auto" },
        { "transfer-syntax/CT_small.dcm", 1, "40,400" },
        { "transfer-syntax/CT_small.dcm", 1, "-100.5,1" },
        { "transfer-syntax/MR_small_bigendian.dcm", 1, "600,1600" },
        { "pixels/dx_image.dcm", 1, "auto" },
        { "pixels/test16signed.dcm", 1, "auto" },
        { "pixels/test16signed.dcm", 1, "0,20000" },
        { "pixels/eCT_Supplemental.dcm", 2, "400,1000" },
        { "pixels/emri_small.dcm", 10, "auto" },
        { "pixels/NM-MONO2-16-13x-heart.dcm", 13, "auto" },
        { "pixels/rtdose.dcm", 15, "1000000,500000" },
        { "pixels/ovly_p01.dcm", 1, "auto" },
        { "pixels/examples_overlay.dcm", 1, "auto" },
        { "pixels/mr_brucker.dcm", 4, "auto" },
        { "pixels/decimal_rescale.dcm", 1, "auto" },

        // golden.md rows 28 to 30: what the original wrapped around, left black or could not draw.
        { Recorded + "px_ramp255.dcm", 1, "auto" },
        { Recorded + "px_offset.dcm", 1, "auto" },
        { Recorded + "px_ct.dcm", 1, "auto" },
        { Recorded + "px_ct.dcm", 1, "332,664" },
        { Recorded + "px_full_i16.dcm", 1, "auto" },
        { Recorded + "px_full_u16.dcm", 1, "auto" },
        { Recorded + "px_constant.dcm", 1, "auto" },
        { Recorded + "px_zero.dcm", 1, "auto" },
        { Recorded + "px_mono1.dcm", 1, "332,664" },
        { Recorded + "px_rescale.dcm", 1, "40,400" },
        { Recorded + "px_multiframe.dcm", 2, "auto" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_png_has_the_shades_that_pydicom_gives(string path, int frame, string window)
    {
        var file = SampleOrSkip(path);
        var expected = await PythonAsync(file, frame, window);

        var picture = PngPicture.Read(await RenderAsync(file, Request(frame, window) with { Format = ImageFormat.Png }));

        picture.Samples.Length.ShouldBe(expected.Length);
        picture.Samples.AsSpan().CommonPrefixLength(expected).ShouldBe(expected.Length, "the first pixel that differs");
    }

    [Theory]
    [InlineData("mr-lgg/patient1/000000.dcm", "332,664")]
    [InlineData("transfer-syntax/CT_small.dcm", "40,400")]
    [InlineData("pixels/dx_image.dcm", "auto")]
    public async Task A_jpeg_is_close_to_what_pydicom_gives(string path, string window)
    {
        Assert.SkipWhen(TurboJpeg.Load() is null, "libjpeg-turbo (Debian: libturbojpeg0) is not installed: JPEG is not tested.");
        var file = SampleOrSkip(path);
        var expected = await PythonAsync(file, 1, window);

        var picture = JpegPicture.Read(await RenderAsync(file, Request(1, window)));

        var difference = expected.Zip(picture.Samples, (one, other) => (double)Math.Abs(one - other)).Average();
        difference.ShouldBeLessThan(2);
    }

    [Theory]
    [InlineData("mr-lgg/patient1/000000.dcm")]
    [InlineData("transfer-syntax/CT_small.dcm")]
    [InlineData("pixels/eCT_Supplemental.dcm")]
    public async Task A_png_has_the_shades_that_dcmtk_gives(string path)
    {
        const string Converter = "/usr/bin/dcmj2pnm";
        Assert.SkipUnless(File.Exists(Converter), "DCMTK is not installed: pictures are not compared with it.");
        var file = SampleOrSkip(path);

        var pgm = await RunAsync(Converter, "+Ww", "400", "900", "--write-raw-pnm", file);
        var picture = PngPicture.Read(await RenderAsync(file, Request(1, "400,900") with { Format = ImageFormat.Png }));

        // DCMTK rounds down where we round to the nearest.
        var expected = pgm.AsSpan(pgm.Length - picture.Samples.Length);
        for (var index = 0; index < expected.Length; index++)
            Math.Abs(picture.Samples[index] - expected[index]).ShouldBeLessThanOrEqualTo(1, $"pixel {index}");
    }

    [Fact]
    public async Task No_sample_file_breaks_the_renderer()
    {
        var folder = SampleOrSkip("index.tsv");
        using var renderer = new InstanceRenderer(TurboJpeg.Load());
        var pictures = 0;
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(folder)!, "*", SearchOption.AllDirectories))
        {
            await using var bytes = File.OpenRead(path);
            var rendering = await renderer.RenderAsync(
                bytes, new() { Format = ImageFormat.Png }, TestContext.Current.CancellationToken);
            if (rendering is Rendering.Picture { Image: var image })
            {
                pictures++;
                image.Dispose();
            }
        }

        pictures.ShouldBeGreaterThan(200);
    }

    private static ImageRequest Request(int frame, string window)
    {
        var request = new ImageRequest { Frame = frame, Quality = 95 };
        if (window == "auto")
            return request with { IgnoresFileWindow = true };
        Window.TryParse(window, out var parsed).ShouldBeTrue();
        return request with { Window = parsed };
    }

    private static async Task<byte[]> RenderAsync(string path, ImageRequest request)
    {
        using var renderer = new InstanceRenderer(TurboJpeg.Load());
        await using var bytes = File.OpenRead(path);
        var rendering = await renderer.RenderAsync(bytes, request, TestContext.Current.CancellationToken);
        using var image = rendering.ShouldBeOfType<Rendering.Picture>().Image;
        return image.Bytes.ToArray();
    }

    private static async Task<byte[]> PythonAsync(string file, int frame, string window)
    {
        Assert.SkipUnless(File.Exists(Python) && (await RunAsync(Python, "-c", "import importlib.util as u; print(u.find_spec('pydicom') is not None)"))
            .AsSpan().StartsWith("True"u8), "pydicom is not installed: pictures are not compared with it.");
        return await RunAsync(Python, "-c", Script, file, frame.ToString(CultureInfo.InvariantCulture), window);
    }

    private static async Task<byte[]> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
        return output.ToArray();
    }

    internal static string SampleOrSkip(string path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "NeurDicom.slnx")))
            root = root.Parent;
        var file = Path.Combine(root?.Parent?.FullName ?? "/", "shared/dicom/samples", path);
        Assert.SkipUnless(File.Exists(file), $"The sample files (../shared) are not here: {path} is not drawn.");
        return file;
    }
}
