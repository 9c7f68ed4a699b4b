using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class WindowPresetsTests
{
    private static PictureFile Tomograph => new PictureFile().Text(Tag.Modality, "CS", "CT")
        .Text(Tag.WindowCenter, "DS", "50\\-500").Text(Tag.WindowWidth, "DS", "360\\1400")
        .Text(Tag.WindowCenterWidthExplanation, "LO", "WINDOW1\\Lung");

    [Theory]
    [InlineData("1", 50, 360)]
    [InlineData("2", -500, 1400)]
    [InlineData("window1", 50, 360)]
    public void A_window_of_the_file_has_a_number_and_a_name(string preset, double center, double width) =>
        Find(Tomograph, preset).ShouldBe(new Window(center, width));

    [Fact]
    public void The_files_own_name_goes_before_the_usual_window() => Find(Tomograph, "lung").ShouldBe(new Window(-500, 1400));

    [Theory]
    [InlineData("bone", 400, 1800)]
    [InlineData("Brain", 40, 80)]
    [InlineData("abdomen", 40, 400)]
    public void The_usual_windows_are_in_hounsfield_units(string preset, double center, double width) =>
        Find(Tomograph, preset).ShouldBe(new Window(center, width));

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    [InlineData("99999999999")]
    [InlineData("unheard of")]
    public void A_name_that_nobody_knows_is_no_window(string preset) => Find(Tomograph, preset).ShouldBeNull();

    [Fact]
    public void Other_units_than_hounsfields_are_refused()
    {
        var resonance = DicomFile.Read(Tomograph.Text(Tag.Modality, "CS", "MR").Write()).DataSet;
        var energies = DicomFile.Read(Tomograph.Text(Tag.RescaleType, "LO", "Z_EFF").Write()).DataSet;

        WindowPresets.Find(resonance, 0, "bone", out var refusal).ShouldBeNull();
        refusal!.ShouldContain("Hounsfield");
        WindowPresets.Find(energies, 0, "bone", out refusal).ShouldBeNull();
        refusal!.ShouldContain("Hounsfield");
        WindowPresets.Find(resonance, 0, "2", out _).ShouldBe(new Window(-500, 1400));
    }

    private static Window? Find(PictureFile file, string preset) =>
        WindowPresets.Find(DicomFile.Read(file.Write()).DataSet, 0, preset, out _);
}
