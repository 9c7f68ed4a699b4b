using System.Buffers.Binary;
using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class ColourRendererTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static readonly byte[] TwoPixels = [255, 0, 0, 1, 2, 250];

    [Fact]
    public async Task Interleaved_colours_are_drawn() =>
        (await PngAsync(Colour("RGB", TwoPixels))).ShouldBe(TwoPixels);

    [Fact]
    public async Task Colours_in_planes_are_drawn() =>
        (await PngAsync(Colour("RGB", [255, 1, 0, 2, 0, 250]).Short(Tag.PlanarConfiguration, 1))).ShouldBe(TwoPixels);

    [Fact]
    public async Task Colours_of_ten_bits_use_the_whole_range()
    {
        var file = Colour("RGB", []).Short(Tag.BitsAllocated, 16).Short(Tag.BitsStored, 10).Short(Tag.HighBit, 9)
            .Pixels(0, 512, 1023, 1023, 0, 0);

        (await PngAsync(file)).ShouldBe(new byte[] { 0, 128, 255, 255, 0, 0 });
    }

    [Fact]
    public async Task Colours_of_32_bits_show_their_high_bits()
    {
        var cells = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(cells, 0xFFFF_FFFF);
        BinaryPrimitives.WriteUInt32LittleEndian(cells.AsSpan(4), 0x8080_0000);
        var file = Colour("RGB", cells).Short(Tag.BitsAllocated, 32).Short(Tag.BitsStored, 32).Short(Tag.HighBit, 31);

        (await PngAsync(file)).ShouldBe(new byte[] { 255, 128, 0, 0, 0, 0 });
    }

    // PS3.3 C.7.6.3.1.2: white, black, and the primaries as the equations there give them.
    [Theory]
    [InlineData(255, 128, 128, 255, 255, 255)]
    [InlineData(0, 128, 128, 0, 0, 0)]
    [InlineData(76, 85, 255, 254, 0, 0)]
    [InlineData(150, 44, 21, 0, 255, 1)]
    [InlineData(29, 255, 107, 0, 0, 254)]
    public async Task Luma_and_differences_become_colours(int y, int b, int r, int red, int green, int blue)
    {
        var full = await PngAsync(Colour("YBR_FULL", [(byte)y, (byte)b, (byte)r, (byte)y, (byte)b, (byte)r]));
        var shared = await PngAsync(Colour("YBR_FULL_422", [(byte)y, (byte)y, (byte)b, (byte)r]));

        full[..3].ShouldBe(new[] { (byte)red, (byte)green, (byte)blue });
        full[3..].ShouldBe(full[..3]);
        shared.ShouldBe(full);
    }

    [Fact]
    public async Task The_range_of_television_is_widened() =>
        (await PngAsync(Colour("YBR_PARTIAL_422", [235, 16, 128, 128]))).ShouldBe(new byte[] { 255, 255, 255, 0, 0, 0 });

    [Fact]
    public async Task Chroma_that_is_all_there_is_not_spread()
    {
        // Decompressed by a program that left the name of the compressed form behind.
        (await PngAsync(Colour("YBR_FULL_422", [255, 128, 128, 0, 128, 128]))).ShouldBe(new byte[] { 255, 255, 255, 0, 0, 0 });
    }

    [Fact]
    public async Task A_palette_gives_its_colours()
    {
        var file = Indices(0, 1, 2, 9).Palette(3, 0, 16, [0x0000, 0x8080, 0xFFFF], [0xFFFF, 0, 0], [0, 0, 0x1234]);

        (await PngAsync(file)).ShouldBe(new byte[] { 0, 255, 0, 128, 0, 0, 255, 0, 18, 255, 0, 18 });
    }

    [Fact]
    public async Task A_palette_may_begin_below_zero()
    {
        var file = Indices(-2, -1, 0, -99).Short(Tag.PixelRepresentation, 1)
            .Palette(2, -2, 16, [0xFFFF, 0], [0, 0xFFFF], [0, 0]);

        (await PngAsync(file)).ShouldBe(new byte[] { 255, 0, 0, 0, 255, 0, 0, 255, 0, 255, 0, 0 });
    }

    [Fact]
    public async Task A_palette_of_bytes_lies_two_to_a_word()
    {
        var file = Indices(0, 1, 2, 3).Short(Tag.RedPaletteColorLookupTableDescriptor, 4, 0, 8)
            .Short(Tag.GreenPaletteColorLookupTableDescriptor, 4, 0, 8).Short(Tag.BluePaletteColorLookupTableDescriptor, 4, 0, 8)
            .Bytes(Tag.RedPaletteColorLookupTableData, "OW", [1, 2, 3, 4]).Bytes(Tag.GreenPaletteColorLookupTableData, "OW", [5, 6, 7, 8])
            .Bytes(Tag.BluePaletteColorLookupTableData, "OW", [9, 10, 11, 12]);

        (await PngAsync(file)).ShouldBe(new byte[] { 1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12 });
    }

    [Fact]
    public async Task A_palette_of_small_numbers_in_words_is_not_black()
    {
        var file = Indices(0, 1, 1, 0).Palette(2, 0, 16, [0, 255], [10, 20], [0, 0]);

        (await PngAsync(file))[..6].ShouldBe(new byte[] { 0, 10, 0, 255, 20, 0 });
    }

    [Fact]
    public async Task A_palette_picture_of_16_bits_keeps_them()
    {
        var file = Indices(0, 1, 1, 0).Palette(2, 0, 16, [0x1234, 0xFFFF], [0, 0], [0, 0]);

        var rendering = await RenderAsync(file, new() { Format = ImageFormat.Png, BitDepth = 16 });

        using var image = rendering.ShouldBeOfType<Rendering.Picture>().Image;
        PngPicture.Read(image.Bytes.Span).Samples[..2].ShouldBe(new byte[] { 0x12, 0x34 });
    }

    [Fact]
    public async Task Tables_that_do_not_fit_one_another_are_no_palette()
    {
        var file = Indices(0, 1, 1, 0).Palette(2, 0, 16, [0, 1], [0, 1], [0, 1]).Short(Tag.GreenPaletteColorLookupTableDescriptor, 1, 0, 16);

        (await RenderAsync(file, new())).ShouldBeOfType<Rendering.Refused>().Reason.ShouldContain("do not fit");
    }

    private static PictureFile Colour(string photometric, byte[] pixels) => new PictureFile()
        .Short(Tag.Rows, 1).Short(Tag.Columns, 2).Short(Tag.SamplesPerPixel, 3).Text(Tag.PhotometricInterpretation, "CS", photometric)
        .Short(Tag.BitsAllocated, 8).Short(Tag.BitsStored, 8).Short(Tag.HighBit, 7).Bytes(Tag.PixelData, "OW", pixels);

    private static PictureFile Indices(params int[] indices) => new PictureFile()
        .Short(Tag.Rows, 1).Short(Tag.Columns, 4).Text(Tag.PhotometricInterpretation, "CS", "PALETTE COLOR").Pixels(indices);

    private static async Task<byte[]> PngAsync(PictureFile file)
    {
        var rendering = await RenderAsync(file, new() { Format = ImageFormat.Png });
        using var image = rendering.ShouldBeOfType<Rendering.Picture>().Image;
        return PngPicture.Read(image.Bytes.Span).Samples;
    }

    private static async Task<Rendering> RenderAsync(PictureFile file, ImageRequest request)
    {
        using var renderer = new InstanceRenderer(TurboJpeg.Load());
        return await renderer.RenderAsync(new MemoryStream(file.Write()), request with { Format = ImageFormat.Png }, Cancel);
    }
}
