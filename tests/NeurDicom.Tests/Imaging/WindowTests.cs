using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

public sealed class WindowTests
{
    // The worked examples of PS3.3 C.11.2.1.2.1.
    [Theory]
    [InlineData(2048, 4096, 0, 0)]
    [InlineData(2048, 4096, 4095.5, 1)]
    [InlineData(2048, 4096, 1000, (1000 - 2047.5) / 4095 + 0.5)]
    [InlineData(2048, 1, 2047.5, 0)]
    [InlineData(2048, 1, 2047.6, 1)]
    [InlineData(0, 100, -50, 0)]
    [InlineData(0, 100, 49.1, 1)]
    [InlineData(0, 100, -0.5, 0.5)]
    [InlineData(0, 1, -0.5, 0)]
    [InlineData(0, 1, 0, 1)]
    public void Linear_follows_the_examples_of_the_standard(double center, double width, double value, double expected) =>
        new Window(center, width).Apply(value).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(2048, 4096, 0, 0)]
    [InlineData(2048, 4096, 4096, 1)]
    [InlineData(2048, 4096, 1000, (1000 - 2048) / 4096.0 + 0.5)]
    [InlineData(0, 0.5, 0.25, 1)]
    [InlineData(0, 0.5, -0.25, 0)]
    public void Linear_exact_spans_exactly_its_width(double center, double width, double value, double expected) =>
        new Window(center, width, WindowFunction.LinearExact).Apply(value).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(2048, 4096, 2048, 0.5)]
    [InlineData(0, 4, 1, 0.73105857863000490)]
    [InlineData(0, 4, -1, 0.26894142136999510)]
    [InlineData(0, 1, 1e6, 1)]
    [InlineData(0, 1, -1e6, 0)]
    public void Sigmoid_bends_at_both_ends(double center, double width, double value, double expected) =>
        new Window(center, width, WindowFunction.Sigmoid).Apply(value).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(1, nameof(WindowFunction.Linear), true)]
    [InlineData(0.99, nameof(WindowFunction.Linear), false)]
    [InlineData(0, nameof(WindowFunction.Linear), false)]
    [InlineData(-5, nameof(WindowFunction.Linear), false)]
    [InlineData(0.01, nameof(WindowFunction.LinearExact), true)]
    [InlineData(0, nameof(WindowFunction.LinearExact), false)]
    [InlineData(0.01, nameof(WindowFunction.Sigmoid), true)]
    [InlineData(0, nameof(WindowFunction.Sigmoid), false)]
    [InlineData(double.NaN, nameof(WindowFunction.Linear), false)]
    public void Each_function_has_its_least_width(double width, string function, bool expected) =>
        new Window(40, width, Enum.Parse<WindowFunction>(function)).IsDefined.ShouldBe(expected);

    [Theory]
    [InlineData("40,400", 40, 400, nameof(WindowFunction.Linear))]
    [InlineData("-600.5,1.5e3", -600.5, 1500, nameof(WindowFunction.Linear))]
    [InlineData("40, 400", 40, 400, nameof(WindowFunction.Linear))]
    [InlineData("40,400,linear", 40, 400, nameof(WindowFunction.Linear))]
    [InlineData("0.1,0.2,linear-exact", 0.1, 0.2, nameof(WindowFunction.LinearExact))]
    [InlineData("0.1,0.2,LINEAR_EXACT", 0.1, 0.2, nameof(WindowFunction.LinearExact))]
    [InlineData("1,2,sigmoid", 1, 2, nameof(WindowFunction.Sigmoid))]
    public void A_window_is_read_from_a_url(string text, double center, double width, string function)
    {
        Window.TryParse(text, out var window).ShouldBeTrue();

        window.ShouldBe(new Window(center, width, Enum.Parse<WindowFunction>(function)));
        Window.TryParse(window.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(window);
    }

    [Theory]
    [InlineData("")]
    [InlineData("40")]
    [InlineData("40,")]
    [InlineData(",400")]
    [InlineData("a,b")]
    [InlineData("40;400")]
    [InlineData("40,400,cubic")]
    [InlineData("40,400,linear,1")]
    [InlineData("NaN,400")]
    [InlineData("40,Infinity")]
    [InlineData("1e999,400")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000000000000000000000040,400")]
    public void What_is_no_window_is_not_read(string text) => Window.TryParse(text, out _).ShouldBeFalse();
}
