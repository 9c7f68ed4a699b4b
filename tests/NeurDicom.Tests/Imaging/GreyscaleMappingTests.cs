using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class GreyscaleMappingTests
{
    [Fact]
    public void A_plain_file_is_stretched_over_its_range()
    {
        var mapping = Read(new PictureFile());

        mapping.ShouldBe(new GreyscaleMapping());
        mapping.NeedsRange.ShouldBeTrue();
    }

    [Fact]
    public void Rescale_window_and_padding_come_from_the_file()
    {
        var mapping = Read(new PictureFile()
            .Text(Tag.RescaleSlope, "DS", "2.5").Text(Tag.RescaleIntercept, "DS", "-1024")
            .Text(Tag.WindowCenter, "DS", "40\\-600").Text(Tag.WindowWidth, "DS", "400\\1500")
            .Short(Tag.PixelPaddingValue, 10).Short(Tag.PixelPaddingRangeLimit, 5));

        mapping.ShouldBe(new GreyscaleMapping { Slope = 2.5, Intercept = -1024, Window = new Window(40, 400), Padding = (5, 10) });
    }

    [Theory]
    [InlineData("400", "SIGMOID", "Sigmoid")]
    [InlineData("400", "LINEAR_EXACT", "LinearExact")]
    [InlineData("0.5", null, "LinearExact")]
    [InlineData("1", null, "Linear")]
    public void The_function_of_the_window_is_the_files(string width, string? function, string expected)
    {
        var mapping = Read(new PictureFile()
            .Text(Tag.WindowCenter, "DS", "40").Text(Tag.WindowWidth, "DS", width).Text(Tag.VOILUTFunction, "CS", function));

        mapping.Window!.Value.Function.ShouldBe(Enum.Parse<WindowFunction>(expected));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("wide")]
    [InlineData("")]
    public void A_window_without_a_meaning_is_no_window(string width) =>
        Read(new PictureFile().Text(Tag.WindowCenter, "DS", "40").Text(Tag.WindowWidth, "DS", width)).Window.ShouldBeNull();

    [Fact]
    public void Tables_take_the_place_of_rescale_and_window()
    {
        var mapping = Read(new PictureFile()
            .Sequence(Tag.ModalityLUTSequence, item => item.Short(Tag.LUTDescriptor, 2, 7, 12).Short(Tag.LUTData, 100, 0xF123))
            .Sequence(Tag.VOILUTSequence, item => item.Short(Tag.LUTDescriptor, 3, 0xFFFF, 8).Bytes(Tag.LUTData, "OW", [1, 2, 3])));

        mapping.ModalityLut!.First.ShouldBe(7);
        mapping.ModalityLut.Entries.ShouldBe(new ushort[] { 100, 0x123 });
        mapping.VoiLut!.First.ShouldBe(0xFFFF);
        mapping.VoiLut.Entries.ShouldBe(new ushort[] { 1, 2, 3 });
        mapping.NeedsRange.ShouldBeFalse();
    }

    [Fact]
    public void A_table_over_negative_values_starts_below_zero()
    {
        var mapping = Read(new PictureFile()
            .Text(Tag.RescaleSlope, "DS", "1").Text(Tag.RescaleIntercept, "DS", "-1024")
            .Sequence(Tag.VOILUTSequence, item => item.Short(Tag.LUTDescriptor, 2, 0xFFFE, 8).Short(Tag.LUTData, 0, 255)));

        mapping.VoiLut!.First.ShouldBe(-2);
    }

    [Fact]
    public void A_table_of_no_entries_has_all_of_them()
    {
        var mapping = Read(new PictureFile().Sequence(Tag.ModalityLUTSequence,
            item => item.Short(Tag.LUTDescriptor, 0, 0, 16).Bytes(Tag.LUTData, "OW", new byte[131_072])));

        mapping.ModalityLut!.Entries.Length.ShouldBe(65_536);
    }

    [Theory]
    [InlineData(9, 16)]
    [InlineData(2, 0)]
    [InlineData(2, 17)]
    public void A_broken_table_counts_as_absent(int entries, int bits) =>
        Read(new PictureFile().Sequence(Tag.ModalityLUTSequence,
            item => item.Short(Tag.LUTDescriptor, entries, 0, bits).Short(Tag.LUTData, 1, 2))).ModalityLut.ShouldBeNull();

    [Fact]
    public void A_frame_of_an_enhanced_image_has_its_own_values()
    {
        var file = new PictureFile()
            .Sequence(Tag.SharedFunctionalGroupsSequence, shared => shared
                .Sequence(Tag.PixelValueTransformationSequence, item => item
                    .Text(Tag.RescaleSlope, "DS", "3").Text(Tag.RescaleIntercept, "DS", "-7")))
            .Sequence(Tag.PerFrameFunctionalGroupsSequence, frame => frame
                .Sequence(Tag.FrameVOILUTSequence, item => item
                    .Text(Tag.WindowCenter, "DS", "50").Text(Tag.WindowWidth, "DS", "350")));

        Read(file).ShouldBe(new GreyscaleMapping { Slope = 3, Intercept = -7, Window = new Window(50, 350) });
        Read(file, frame: 1).ShouldBe(new GreyscaleMapping { Slope = 3, Intercept = -7 });
    }

    [Fact]
    public void Monochrome1_is_turned_round() =>
        Read(new PictureFile().Text(Tag.PhotometricInterpretation, "CS", "MONOCHROME1")).LowestIsWhite.ShouldBeTrue();

    private static GreyscaleMapping Read(PictureFile file, int frame = 0) =>
        GreyscaleMapping.Read(DicomFile.Read(file.Write(), InstanceRenderer.ReadOptions).DataSet, frame, isSigned: false);
}
