using System.Globalization;
using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

/// <summary>Headers that contradict themselves and their pixels: each is drawn or refused, none breaks anything.</summary>
public sealed class HostilePixelsTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static readonly int[] Numbers = [0, 1, 2, 3, 7, 8, 9, 12, 15, 16, 31, 32, 63, 64, 255, 256, 4096, 32_767, 32_768, 65_535];

    private static readonly string[] Texts =
        ["", "0", "-1", "1e308", "-1e308", "1e-320", "NaN", "1\\2", "0\\0\\0", "1\\0\\0\\0\\1\\0", "99999999999999", "\\\\\\", "2147483647", "x"];

    private static readonly string[] Photometrics =
        ["MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "PALETTE COLOR", "CMYK", ""];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task No_header_breaks_the_renderer(int seed)
    {
        var random = new Random(seed);
        using var renderer = new InstanceRenderer(TurboJpeg.Load());
        var drawn = 0;
        for (var round = 0; round < 400; round++)
        {
            var bytes = Make(random).Write();
            drawn += await DrawAsync(renderer, bytes, random) ? 1 : 0;
            foreach (var format in new RawFormat?[] { null, RawFormat.Lum16, RawFormat.Rgb24, RawFormat.Native, RawFormat.Npy })
                await ReadRawAsync(renderer, bytes, format, random.Next(3) == 0 ? 1 : null);
            LookForSlices(bytes);
        }

        drawn.ShouldBeGreaterThan(20);
    }

    private static async Task<bool> DrawAsync(InstanceRenderer renderer, byte[] bytes, Random random)
    {
        var rendering = await renderer.RenderAsync(new MemoryStream(bytes), new()
        {
            Format = renderer.Formats[random.Next(renderer.Formats.Length)],
            Width = random.Next(3) == 0 ? random.Next(1, 40) : null,
            Height = random.Next(3) == 0 ? random.Next(1, 40) : null,
            Preset = random.Next(6) == 0 ? "1" : null,
        }, Cancel);
        if (rendering is not Rendering.Picture { Image: var image })
            return false;
        image.Bytes.Length.ShouldBeGreaterThan(0);
        image.Dispose();
        return true;
    }

    private static async Task ReadRawAsync(InstanceRenderer renderer, byte[] bytes, RawFormat? format, int? frame)
    {
        var rendering = await RawPixels.OpenAsync(
            new MemoryStream(bytes), new() { Format = format, Frame = frame }, renderer.Budget, Cancel);
        if (rendering is not Rendering.Raw { Pixels: var pixels })
            return;
        await using (pixels)
        {
            using var all = new MemoryStream();
            await pixels.CopyToAsync(all, Cancel);
            all.Length.ShouldBe(pixels.Length);
        }
    }

    private static void LookForSlices(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var file = DicomFile.Read(stream, FrameSource.ReadOptions);
        using var frames = FrameSource.TryOpen(file, stream, out _);
        if (frames is null || SlicesOfFile.TryRead(file, frames, 1, 1, out _) is not { } found)
            return;
        if (VolumeGrid.TryMake(found.Slices, null, found.Thickness ?? 1, out _) is not { } grid)
            return;
        NiftiHeader.Write(grid, found.IsWhole).Length.ShouldBe(NiftiHeader.Length);
        var picture = frames.Description;
        var samples = new byte[frames.SampleBytesPerFrame];
        frames.ReadSamples(0, samples);
        var mapping = VolumeValues.ReadMapping(new FunctionalGroups(file.DataSet), 0, picture.IsSigned);
        var values = new byte[picture.PixelsPerFrame * (found.IsWhole ? 2 : 4)];
        VolumeValues.Convert(samples, picture, mapping, values, found.IsWhole);
    }

    private static PictureFile Make(Random random)
    {
        var pixels = new byte[random.Next(0, 600)];
        random.NextBytes(pixels);
        var file = new PictureFile().Bytes(Tag.PixelData, random.Next(2) == 0 ? "OW" : "OB", pixels)
            .Short(Tag.Rows, random.Next(1, 9)).Short(Tag.Columns, random.Next(1, 9))
            .Text(Tag.PhotometricInterpretation, "CS", Pick(random, Photometrics));
        if (random.Next(2) == 0)
            file.Short(Tag.SamplesPerPixel, 3);
        if (random.Next(2) == 0)
            file.Short(Tag.BitsAllocated, 8).Short(Tag.BitsStored, 8).Short(Tag.HighBit, 7);
        if (random.Next(8) == 0)
            file.Bytes(Tag.PixelData, "OW", null).Bytes(Tag.FloatPixelData, "OF", pixels).Short(Tag.BitsAllocated, 32);
        if (random.Next(2) == 0)
        {
            file.Text(Tag.ImageOrientationPatient, "DS", "1\\0\\0\\0\\1\\0").Text(Tag.ImagePositionPatient, "DS", "0\\0\\0")
                .Text(Tag.PixelSpacing, "DS", "1\\1").Text(Tag.Modality, "CS", "CT");
        }

        file.Palette(random.Next(4), Number(random), random.Next(2) == 0 ? 8 : 16, [1, Number(random), 3], [4, 5, 6], [7, 8, Number(random)]);
        if (random.Next(3) == 0)
        {
            file.Bytes(Tag.RedPaletteColorLookupTableData, "OW", null)
                .Bytes(Tag.SegmentedRedPaletteColorLookupTableData, "OW", pixels[..Math.Min(pixels.Length, 24)]);
        }

        Tag[] shorts =
        [
            Tag.BitsAllocated, Tag.BitsStored, Tag.HighBit, Tag.PixelRepresentation, Tag.PlanarConfiguration, Tag.SamplesPerPixel,
            Tag.Rows, Tag.Columns, Tag.PixelPaddingValue, Tag.PixelPaddingRangeLimit,
        ];
        Tag[] texts =
        [
            Tag.NumberOfFrames, Tag.RescaleSlope, Tag.RescaleIntercept, Tag.WindowCenter, Tag.WindowWidth, Tag.PixelSpacing,
            Tag.PixelAspectRatio, Tag.ImageOrientationPatient, Tag.ImagePositionPatient, Tag.GridFrameOffsetVector, Tag.DoseGridScaling,
        ];
        for (var change = random.Next(4); change > 0; change--)
        {
            if (random.Next(2) == 0)
                file.Short(Pick(random, shorts), Number(random));
            else
                file.Text(Pick(random, texts), "DS", random.Next(4) == 0 ? Number(random).ToString(CultureInfo.InvariantCulture) : Pick(random, Texts));
        }

        if (random.Next(4) == 0)
        {
            file.Sequence(random.Next(2) == 0 ? Tag.ModalityLUTSequence : Tag.VOILUTSequence, item => item
                .Short(Tag.LUTDescriptor, random.Next(5), Number(random), random.Next(20)).Short(Tag.LUTData, 1, Number(random), 3));
        }

        return file;
    }

    private static int Number(Random random) => Pick(random, Numbers);

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];
}
