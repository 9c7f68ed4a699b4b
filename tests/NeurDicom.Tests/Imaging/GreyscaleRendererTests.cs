using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class GreyscaleRendererTests
{
    private static readonly SampleLayout Signed16 = new(16, 16, 15, Signed: true);
    private static readonly SampleLayout Unsigned16 = new(16, 16, 15, Signed: false);

    // The recorded answers of the original wrapped these around (golden rows 28 and 29).
    [Fact]
    public void A_frame_without_a_window_uses_its_whole_range()
    {
        Render([1000, 1100, 1255], Unsigned16, new()).ShouldBe(new byte[] { 0, 100, 255 });
        Render([-1024, -100, 0, 40, 3071], Signed16, new())
            .ShouldBe(new byte[] { 0, 58, 64, 66, 255 });
        Render([-32768, 0, 32767], Signed16, new()).ShouldBe(new byte[] { 0, 128, 255 });
    }

    [Fact]
    public void A_frame_of_one_value_is_grey() => Render([7, 7, 7], Signed16, new()).ShouldBe(new byte[] { 128, 128, 128 });

    [Fact]
    public void A_frame_of_zeros_is_black() => Render([0, 0, 0], Signed16, new()).ShouldBe(new byte[] { 0, 0, 0 });

    [Fact]
    public void Rescale_comes_before_the_window()
    {
        var mapping = new GreyscaleMapping { Slope = 2, Intercept = -1024, Window = new Window(40, 400) };

        // −1024, −160, −159, 40 and 1000 Hounsfield units.
        Render([0, 432, 433, 532, 1012], Signed16, mapping).ShouldBe(new byte[] { 0, 0, 1, 128, 255 });
    }

    [Fact]
    public void A_negative_slope_turns_the_picture_round() =>
        Render([0, 50, 100], Signed16, new() { Slope = -1 }).ShouldBe(new byte[] { 255, 128, 0 });

    [Fact]
    public void A_slope_of_zero_counts_as_one() =>
        Render([0, 50, 100], Signed16, new() { Slope = 0 }).ShouldBe(new byte[] { 0, 128, 255 });

    [Fact]
    public void Monochrome1_shows_the_lowest_value_white()
    {
        Render([0, 51, 255], Unsigned16, new() { LowestIsWhite = true }).ShouldBe(new byte[] { 255, 204, 0 });
        Render([0, 100, 200], Unsigned16, new() { LowestIsWhite = true, Window = new Window(100, 1) })
            .ShouldBe(new byte[] { 255, 0, 0 });
    }

    [Fact]
    public void Padding_does_not_count_for_the_range()
    {
        Render([-2000, 0, 50, 100], Signed16, new() { Padding = (-2000, -2000) }).ShouldBe(new byte[] { 0, 0, 128, 255 });
        Render([-2000, -1990, 0, 50, 100], Signed16, new() { Padding = (-2000, -1990) })
            .ShouldBe(new byte[] { 0, 0, 0, 128, 255 });
    }

    [Fact]
    public void A_frame_that_is_all_padding_is_drawn_all_the_same() =>
        Render([0, 0, 0], Signed16, new() { Padding = (0, 0) }).ShouldBe(new byte[] { 0, 0, 0 });

    [Fact]
    public void Bits_outside_of_the_value_are_ignored()
    {
        // Twelve bits below four of an overlay, then twelve bits above them (PS3.5 8.1.1).
        Render([0xF000, 0xF800, 0x1FFF], new(16, 12, 11, false), new()).ShouldBe(new byte[] { 0, 128, 255 });
        Render([0x000F, 0x800F, 0xFFF1], new(16, 12, 15, false), new()).ShouldBe(new byte[] { 0, 128, 255 });
        Render([0x0800, 0xF000, 0x07FF], new(16, 12, 11, true), new()).ShouldBe(new byte[] { 0, 128, 255 });
    }

    [Theory]
    [InlineData(false, 0u, 0x8000_0000u, 0xFFFF_FFFFu)]
    [InlineData(true, 0x8000_0000u, 0u, 0x7FFF_FFFFu)]
    public void Values_of_32_bits_keep_their_order(bool isSigned, uint low, uint middle, uint high)
    {
        var cells = MemoryMarshal.AsBytes<uint>(new[] { low, middle, high }).ToArray();

        RenderCells(cells, 3, new(32, 32, 31, isSigned), new()).ShouldBe(new byte[] { 0, 128, 255 });
    }

    [Fact]
    public void Bytes_are_unsigned_or_signed()
    {
        RenderCells([0, 0x80, 0xFF], 3, new(8, 8, 7, false), new()).ShouldBe(new byte[] { 0, 128, 255 });
        RenderCells([0x80, 0, 0x7F], 3, new(8, 8, 7, true), new()).ShouldBe(new byte[] { 0, 128, 255 });
    }

    [Fact]
    public void Single_bits_are_black_and_white()
    {
        var bits = new SampleLayout(8, 1, 0, false);

        RenderCells([1, 0, 1], 3, bits, new()).ShouldBe(new byte[] { 255, 0, 255 });
        RenderCells([1, 1, 1], 3, bits, new()).ShouldBe(new byte[] { 255, 255, 255 });
        RenderCells([0, 0, 0], 3, bits, new()).ShouldBe(new byte[] { 0, 0, 0 });
    }

    [Fact]
    public void Sixteen_bits_come_with_the_high_byte_first()
    {
        byte[] cells = [0, 0, 1, 0, 2, 0];
        var shades = new byte[6];

        GreyscaleRenderer.Render(cells, Unsigned16, new(), shades, 16);

        shades.ShouldBe(new byte[] { 0, 0, 0x80, 0, 0xFF, 0xFF });
    }

    [Fact]
    public void A_table_takes_the_place_of_the_window()
    {
        var mapping = new GreyscaleMapping { VoiLut = new LookupTable(10, [0, 512, 1023], 10) };

        Render([-5, 10, 11, 12, 99], Signed16, mapping).ShouldBe(new byte[] { 0, 0, 128, 255, 255 });
    }

    [Fact]
    public void A_modality_table_is_followed_by_the_range_it_gives()
    {
        var mapping = new GreyscaleMapping { ModalityLut = new LookupTable(0, [500, 1000, 0], 16) };

        Render([0, 1, 2, 3], Unsigned16, mapping).ShouldBe(new byte[] { 128, 255, 0, 0 });
    }

    [Theory]
    [InlineData(100)]
    [InlineData(8192)]
    [InlineData(300_000)]
    public void A_table_of_shades_and_single_shades_agree(int pixels)
    {
        // Few pixels over a wide range are computed one by one, many through a table.
        var values = new int[pixels];
        var random = new Random(pixels);
        for (var index = 0; index < pixels; index++)
            values[index] = random.Next(-2048, 2048);
        var mapping = new GreyscaleMapping { Slope = 1.5, Intercept = -10, Window = new Window(40, 400) };

        var shades = Render(values, Signed16, mapping);

        for (var index = 0; index < pixels; index++)
            shades[index].ShouldBe((byte)(mapping.ToShade(values[index], default) * 255 + 0.5));
    }

    private static byte[] Render(int[] values, SampleLayout layout, GreyscaleMapping mapping)
    {
        var cells = new byte[2 * values.Length];
        for (var index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteUInt16LittleEndian(cells.AsSpan(2 * index), unchecked((ushort)values[index]));
        return RenderCells(cells, values.Length, layout, mapping);
    }

    private static byte[] RenderCells(byte[] cells, int pixels, SampleLayout layout, GreyscaleMapping mapping)
    {
        var shades = new byte[pixels];
        GreyscaleRenderer.Render(cells, layout, mapping, shades, 8);
        return shades;
    }
}
