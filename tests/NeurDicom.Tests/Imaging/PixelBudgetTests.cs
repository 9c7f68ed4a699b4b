using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class PixelBudgetTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public void Samples_and_what_is_made_of_them_count()
    {
        using var grey = Frames(new PictureFile().Pixels(new int[64]));
        using var colour = Frames(new PictureFile().Short(Tag.SamplesPerPixel, 3).Short(Tag.BitsAllocated, 32)
            .Short(Tag.BitsStored, 32).Short(Tag.HighBit, 31).Bytes(Tag.PixelData, "OW", new byte[64 * 12]));

        // A pixel of the budget is five bytes: two of the cell, one of the shade, as many of what is sent.
        PixelBudget.Cost(grey, 1).ShouldBe(64);
        PixelBudget.Cost(colour, 3).ShouldBe(64 * (12 + 3 + 3) / 5);
        PixelBudget.Cost(grey, 1, morePixels: 640).ShouldBe(640);
    }

    [Fact]
    public async Task What_does_not_fit_waits_until_pixels_are_given_back()
    {
        using var budget = new PixelBudget(100);
        var first = await budget.TakeAsync(60, Cancel);
        var second = await budget.TakeAsync(40, Cancel);
        var third = budget.TakeAsync(50, Cancel);

        second.Dispose();
        second.Dispose();
        await Task.Delay(50, Cancel);
        third.IsCompleted.ShouldBeFalse();
        first.Dispose();

        (await third.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Dispose();
        (await budget.TakeAsync(100, Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Dispose();
    }

    [Fact]
    public async Task Who_stops_waiting_lets_the_next_one_through()
    {
        using var budget = new PixelBudget(100);
        using var first = await budget.TakeAsync(60, Cancel);
        using var gone = new CancellationTokenSource();
        var large = budget.TakeAsync(100, gone.Token);
        var small = budget.TakeAsync(40, Cancel);

        small.IsCompleted.ShouldBeFalse();
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(large);
        (await small.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).Dispose();
    }

    [Fact]
    public async Task A_large_picture_counts_until_it_has_been_sent()
    {
        // 64 million pixels of one bit: two of them are more than the budget.
        var file = new PictureFile().Short(Tag.BitsAllocated, 1).Short(Tag.BitsStored, 1).Short(Tag.HighBit, 0)
            .Short(Tag.Rows, 8000).Short(Tag.Columns, 8000).Bytes(Tag.PixelData, "OB", new byte[8_000_000]).Write();
        using var renderer = new InstanceRenderer(null);
        var request = new ImageRequest { Format = ImageFormat.Png };
        var first = (await renderer.RenderAsync(new MemoryStream(file), request, Cancel)).ShouldBeOfType<Rendering.Picture>();

        var second = renderer.RenderAsync(new MemoryStream(file), request, Cancel);
        var small = await renderer.RenderAsync(new MemoryStream(new PictureFile().Pixels(new int[64]).Write()), request, Cancel);
        await Task.Delay(100, Cancel);
        second.IsCompleted.ShouldBeFalse();
        first.Image.Dispose();

        small.ShouldBeOfType<Rendering.Picture>().Image.Dispose();
        (await second.WaitAsync(TimeSpan.FromSeconds(60), Cancel)).ShouldBeOfType<Rendering.Picture>().Image.Dispose();
    }

    private static NativeFrames Frames(PictureFile file)
    {
        var bytes = new MemoryStream(file.Write());
        return FrameSource.TryOpen(DicomFile.Read(bytes), bytes, out var problem).ShouldNotBeNull(problem);
    }
}
