using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class InstanceRendererTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static int[] Ramp => [.. Enumerable.Range(1000, 64)];

    [Fact]
    public async Task A_frame_is_drawn_with_the_files_window()
    {
        var file = new PictureFile().Pixels(Ramp).Text(Tag.WindowCenter, "DS", "1032").Text(Tag.WindowWidth, "DS", "1");

        var samples = await PngAsync(file, new());

        samples.ShouldBe(Enumerable.Range(1000, 64).Select(value => (byte)(value > 1031.5 ? 255 : 0)).ToArray());
    }

    [Fact]
    public async Task Another_window_takes_its_place()
    {
        var file = new PictureFile().Pixels(Ramp).Text(Tag.WindowCenter, "DS", "0").Text(Tag.WindowWidth, "DS", "1")
            .Sequence(Tag.VOILUTSequence, item => item.Short(Tag.LUTDescriptor, 1, 0, 8).Short(Tag.LUTData, 9));
        var stretched = Enumerable.Range(0, 64).Select(value => (byte)(value * 255 / 63.0 + 0.5)).ToArray();

        (await PngAsync(file, new() { IgnoresFileWindow = true })).ShouldBe(stretched);
        (await PngAsync(file, new() { Window = new Window(1032, 64) })).ShouldBe(stretched);
        (await PngAsync(file, new())).ShouldAllBe(shade => shade == 255);
    }

    [Fact]
    public async Task Frames_are_counted_from_one()
    {
        var file = new PictureFile().Pixels([.. new int[64], .. Ramp]).Text(Tag.NumberOfFrames, "IS", "2")
            .Text(Tag.WindowCenter, "DS", "500").Text(Tag.WindowWidth, "DS", "1");

        (await PngAsync(file, new() { Frame = 1 })).ShouldAllBe(shade => shade == 0);
        (await PngAsync(file, new() { Frame = 2 })).ShouldAllBe(shade => shade == 255);
        (await RenderAsync(file.Write(), new() { Frame = 3 })).ShouldBe(new Rendering.NoSuchFrame(2));
    }

    [Fact]
    public async Task Frames_of_single_bits_follow_one_another_without_gaps()
    {
        var file = new PictureFile().Short(Tag.BitsAllocated, 1).Short(Tag.BitsStored, 1).Short(Tag.HighBit, 0)
            .Short(Tag.Rows, 1).Short(Tag.Columns, 3).Text(Tag.NumberOfFrames, "IS", "3")
            .Bytes(Tag.PixelData, "OB", [0b01_110_001, 0b1]);

        (await PngAsync(file, new() { Frame = 1 })).ShouldBe(new byte[] { 255, 0, 0 });
        (await PngAsync(file, new() { Frame = 2 })).ShouldBe(new byte[] { 0, 255, 255 });
        (await PngAsync(file, new() { Frame = 3 })).ShouldBe(new byte[] { 255, 0, 255 });
    }

    [Fact]
    public async Task A_png_of_16_bits_keeps_what_8_would_lose()
    {
        var rendering = await RenderAsync(new PictureFile().Pixels(Ramp).Write(), new() { Format = ImageFormat.Png, BitDepth = 16 });

        using var image = rendering.ShouldBeOfType<Rendering.Picture>().Image;
        var picture = PngPicture.Read(image.Bytes.Span);
        picture.BitDepth.ShouldBe(16);
        picture.Samples[^2..].ShouldBe(new byte[] { 0xFF, 0xFF });
        picture.Samples[2..4].ShouldBe(new byte[] { 0x04, 0x10 });
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "pixels", "no pixel data" },
        { "rows", "Rows or Columns" },
        { "zero", "Rows or Columns" },
        { "large", "shorter than one frame" },
        { "bits", "Bits Stored" },
        { "allocated", "samples of 64 bits" },
        { "colour", "Photometric Interpretation CMYK" },
        { "palette", "The palette is missing" },
        { "samples", "Samples per Pixel" },
        { "three", "3 samples" },
        { "short", "shorter than one frame" },
        { "compressed", "JPEG 2000 Image Compression (Lossless Only), 1.2.840.10008.1.2.4.90" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_cannot_be_drawn_is_refused_with_the_reason(string which, string reason)
    {
        var file = new PictureFile { TransferSyntax = which == "compressed" ? "1.2.840.10008.1.2.4.90" : "1.2.840.10008.1.2.1" };
        file.Pixels(Ramp);
        _ = which switch
        {
            "pixels" => file.Bytes(Tag.PixelData, "OW", null),
            "rows" => file.Bytes(Tag.Rows, "US", null),
            "zero" => file.Short(Tag.Rows, 0),
            "large" => file.Short(Tag.Rows, 65_535).Short(Tag.Columns, 65_535),
            "bits" => file.Short(Tag.BitsStored, 17),
            "allocated" => file.Short(Tag.Rows, 2).Short(Tag.BitsAllocated, 64).Short(Tag.BitsStored, 64).Short(Tag.HighBit, 63),
            "colour" => file.Short(Tag.SamplesPerPixel, 3).Short(Tag.Columns, 2).Text(Tag.PhotometricInterpretation, "CS", "CMYK"),
            "palette" => file.Text(Tag.PhotometricInterpretation, "CS", "PALETTE COLOR"),
            "three" => file.Short(Tag.SamplesPerPixel, 3).Short(Tag.Columns, 2),
            "samples" => file.Short(Tag.SamplesPerPixel, 2),
            "short" => file.Pixels(1, 2, 3),
            _ => file,
        };

        var rendering = await RenderAsync(file.Write(), new());

        rendering.ShouldBeOfType<Rendering.Refused>().Reason.ShouldContain(reason);
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_refused()
    {
        var bytes = new PictureFile().Pixels(Ramp).Write();

        var rendering = await RenderAsync(bytes[..^1], new());

        rendering.ShouldBeOfType<Rendering.Refused>().Reason.ShouldContain("shorter than one frame");
    }

    [Fact]
    public async Task Frames_that_are_all_there_are_drawn_of_a_file_that_was_cut_off()
    {
        var file = new PictureFile().Pixels([.. Ramp, .. Ramp[..60]]).Text(Tag.NumberOfFrames, "IS", "2").Write();

        (await RenderAsync(file, new() { Frame = 1 })).ShouldBeOfType<Rendering.Picture>();
        (await RenderAsync(file, new() { Frame = 2 })).ShouldBeOfType<Rendering.Refused>().Reason.ShouldContain("end of frame 2");
        (await RenderAsync(file, new() { Frame = 3 })).ShouldBe(new Rendering.NoSuchFrame(2));
    }

    [Fact]
    public void Without_the_library_there_is_png()
    {
        using var renderer = new InstanceRenderer(null);

        renderer.Formats.ToArray().ShouldBe([ImageFormat.Png]);
    }

    [Fact]
    public void The_entity_tag_tells_every_request_from_every_other()
    {
        ImageRequest[] requests =
        [
            new(),
            new() { Frame = 2 },
            new() { IgnoresFileWindow = true },
            new() { Window = new Window(40, 400) },
            new() { Window = new Window(40, 400, WindowFunction.Sigmoid) },
            new() { Quality = 50 },
            new() { Format = ImageFormat.Png },
            new() { Width = 64 },
            new() { Height = 64 },
            new() { Width = 64, Height = 64 },
            new() { Preset = "bone" },
            new() { Preset = "a \"b\"" },
            new() { Format = ImageFormat.Png, BitDepth = 16 },
        ];

        var tags = requests.Select(request => request.EntityTag(new byte[32])).ToArray();

        tags.Distinct().Count().ShouldBe(requests.Length);
        tags.ShouldAllBe(tag => tag.StartsWith('"') && tag.EndsWith('"') && tag.Count(character => character == '"') == 2);
        new ImageRequest().EntityTag(Enumerable.Repeat((byte)1, 32).ToArray()).ShouldNotBe(tags[0]);
    }

    private static async Task<byte[]> PngAsync(PictureFile file, ImageRequest request)
    {
        var rendering = await RenderAsync(file.Write(), request with { Format = ImageFormat.Png });
        using var image = rendering.ShouldBeOfType<Rendering.Picture>().Image;
        return PngPicture.Read(image.Bytes.Span).Samples;
    }

    private static async Task<Rendering> RenderAsync(byte[] file, ImageRequest request)
    {
        using var renderer = new InstanceRenderer(TurboJpeg.Load());
        return await renderer.RenderAsync(new MemoryStream(file), request, Cancel);
    }
}
