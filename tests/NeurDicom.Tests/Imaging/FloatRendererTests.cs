using System.Runtime.InteropServices;
using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class FloatRendererTests
{
    private static readonly float[] Values = [0.25f, 0.5f, float.NaN, 0.75f, float.PositiveInfinity, float.NegativeInfinity];

    [Fact]
    public async Task Numbers_are_stretched_over_their_finite_range() =>
        (await PngAsync(Floats(Values))).ShouldBe(new byte[] { 0, 128, 0, 255, 255, 0 });

    [Fact]
    public async Task Numbers_go_through_the_window()
    {
        var file = Floats(Values).Text(Tag.WindowCenter, "DS", "0.5").Text(Tag.WindowWidth, "DS", "0.5");

        (await PngAsync(file)).ShouldBe(new byte[] { 0, 128, 0, 255, 255, 0 });
    }

    [Fact]
    public async Task Double_numbers_are_drawn_too()
    {
        double[] values = [-1, 0, double.NaN, 1, 1, 1];
        var file = Floats([]).Bytes(Tag.FloatPixelData, "OF", null).Short(Tag.BitsAllocated, 64)
            .Bytes(Tag.DoubleFloatPixelData, "OD", MemoryMarshal.AsBytes<double>(values).ToArray());

        (await PngAsync(file)).ShouldBe(new byte[] { 0, 128, 0, 255, 255, 255 });
    }

    [Fact]
    public async Task A_frame_without_a_number_is_black() =>
        (await PngAsync(Floats([.. Enumerable.Repeat(float.NaN, 6)]))).ShouldAllBe(shade => shade == 0);

    [Fact]
    public async Task Padding_does_not_count_for_the_range()
    {
        var file = Floats([-9999, 0, 1, 2, 2, 2]).Bytes(Tag.FloatPixelPaddingValue, "FL", BitConverter.GetBytes(-9999f));

        (await PngAsync(file)).ShouldBe(new byte[] { 0, 0, 128, 255, 255, 255 });
    }

    private static PictureFile Floats(float[] values) => new PictureFile().Short(Tag.Rows, 2).Short(Tag.Columns, 3)
        .Short(Tag.BitsAllocated, 32).Bytes(Tag.BitsStored, "US", null).Bytes(Tag.HighBit, "US", null)
        .Bytes(Tag.FloatPixelData, "OF", MemoryMarshal.AsBytes<float>(values).ToArray());

    private static async Task<byte[]> PngAsync(PictureFile file)
    {
        using var renderer = new InstanceRenderer(null);
        var rendering = await renderer.RenderAsync(
            new MemoryStream(file.Write()), new() { Format = ImageFormat.Png }, TestContext.Current.CancellationToken);
        using var image = rendering.ShouldBeOfType<Rendering.Picture>(rendering.ToString()).Image;
        return PngPicture.Read(image.Bytes.Span).Samples;
    }
}
