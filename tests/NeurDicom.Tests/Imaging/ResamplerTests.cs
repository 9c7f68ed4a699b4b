using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class ResamplerTests
{
    [Fact]
    public void A_smaller_picture_has_the_means_of_the_areas()
    {
        byte[] pixels = [0, 100, 10, 20, 100, 200, 30, 40];

        Resize(pixels, new(4, 2), new(2, 1)).ShouldBe(new byte[] { 100, 25 });
    }

    [Fact]
    public void Areas_that_end_within_a_pixel_share_it() =>
        Resize([0, 90, 255], new(3, 1), new(2, 1)).ShouldBe(new byte[] { 30, 200 });

    [Fact]
    public void A_fine_pattern_becomes_grey_and_nothing_else()
    {
        // Every other pixel is white: whoever skips pixels gets stripes of black and white instead.
        var pixels = new byte[500 * 500];
        for (var index = 0; index < pixels.Length; index++)
            pixels[index] = (byte)(index % 2 == 0 ? 0 : 255);

        Resize(pixels, new(500, 500), new(50, 50)).ShouldAllBe(shade => shade == 128);
    }

    [Theory]
    [InlineData(512, 100, 1)]
    [InlineData(100, 333, 1)]
    [InlineData(37, 37, 3)]
    [InlineData(99, 7, 3)]
    [InlineData(1, 9, 3)]
    [InlineData(9, 1, 1)]
    public void A_plain_area_stays_as_it_is(int from, int to, int channels)
    {
        var pixels = Enumerable.Repeat((byte)255, from * from * channels).ToArray();

        Resize(pixels, new(from, from), new(to, to), channels).ShouldAllBe(shade => shade == 255);
    }

    [Fact]
    public void Colours_do_not_run_into_one_another()
    {
        byte[] pixels = [.. Enumerable.Range(0, 64).SelectMany(_ => new byte[] { 10, 20, 30 })];

        foreach (var side in new[] { 3, 8, 20 })
            Resize(pixels, new(8, 8), new(side, side), 3).Chunk(3).ShouldAllBe(pixel => pixel[0] == 10 && pixel[1] == 20 && pixel[2] == 30);
    }

    [Fact]
    public void A_larger_picture_keeps_a_ramp_straight()
    {
        byte[] ramp = [.. Enumerable.Range(0, 16).Select(value => (byte)(16 * value))];

        var larger = Resize(ramp, new(16, 1), new(64, 1));

        for (var index = 8; index < 56; index++)
            ((double)larger[index]).ShouldBe(((index + 0.5) / 4 - 0.5) * 16, 1);
    }

    [Fact]
    public void Sixteen_bits_are_kept()
    {
        byte[] pixels = [0x12, 0x34, 0x12, 0x36];
        var target = new byte[2];

        Resampler.Resize(pixels, new(2, 1), target, new(1, 1), 1, 16);

        target.ShouldBe(new byte[] { 0x12, 0x35 });
    }

    private static byte[] Resize(byte[] pixels, PictureSize from, PictureSize to, int channels = 1)
    {
        var target = new byte[to.Pixels * channels];
        Resampler.Resize(pixels, from, target, to, channels, 8);
        return target;
    }
}
