using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class ShadeLineTests
{
    public static TheoryData<string> Mappings => ["stretched", "window", "exact", "negative", "rescaled", "narrow"];

    [Theory]
    [MemberData(nameof(Mappings))]
    public void A_line_gives_just_the_shades_of_the_table(string which)
    {
        var mapping = which switch
        {
            "window" => new GreyscaleMapping { Window = new Window(40, 400) },
            "exact" => new GreyscaleMapping { Window = new Window(40.25, 399.5, WindowFunction.LinearExact) },
            "negative" => new GreyscaleMapping { LowestIsWhite = true },
            "rescaled" => new GreyscaleMapping { Slope = 1.37, Intercept = -1024, Window = new Window(-600, 1500) },
            "narrow" => new GreyscaleMapping { Window = new Window(100, 1.5) },
            _ => new GreyscaleMapping(),
        };
        var range = (-1000.0, 3000.0);
        var table = Table(mapping, range, -1000, 4001);

        var line = ShadeLine.Fit(mapping.Line(range).ShouldNotBeNull(), table, -1000, 0);

        // Rounding may differ where a shade lies half way; then there is no line, and the table is used.
        if (line is not { } fitted)
            return;
        var shades = new byte[4001];
        fitted.Apply([.. Enumerable.Range(-1000, 4001)], shades);
        shades.ShouldBe(table.Select(shade => (byte)shade).ToArray());
    }

    [Fact]
    public void A_common_window_is_a_line()
    {
        var mapping = new GreyscaleMapping { Slope = 1, Intercept = -1024, Window = new Window(40, 400) };

        ShadeLine.Fit(mapping.Line(default)!.Value, Table(mapping, default, 0, 4096), 0, 0).ShouldNotBeNull();
    }

    [Fact]
    public void A_line_that_misses_a_shade_is_none()
    {
        var table = Table(new GreyscaleMapping(), (0, 100), 0, 101);
        table[57]++;

        ShadeLine.Fit((0.01, 0), table, 0, 0).ShouldBeNull();
    }

    [Fact]
    public void What_is_not_straight_is_no_line()
    {
        new GreyscaleMapping { Window = new Window(40, 400, WindowFunction.Sigmoid) }.Line(default).ShouldBeNull();
        new GreyscaleMapping { Window = new Window(40, 1) }.Line(default).ShouldBeNull();
        new GreyscaleMapping { VoiLut = new LookupTable(0, [1], 8) }.Line(default).ShouldBeNull();
        new GreyscaleMapping { ModalityLut = new LookupTable(0, [1], 8) }.Line((0, 1)).ShouldBeNull();
        new GreyscaleMapping().Line((5, 5)).ShouldBeNull();
    }

    private static ushort[] Table(GreyscaleMapping mapping, (double Low, double High) range, int low, int count) =>
        [.. Enumerable.Range(low, count).Select(value => (ushort)(mapping.ToShade(value, range) * 255 + 0.5))];
}
