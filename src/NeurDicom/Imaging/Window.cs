using System.Globalization;

namespace NeurDicom.Imaging;

/// <summary>VOI LUT Function (0028,1056); PS3.3 C.11.2.1.2 and C.11.2.1.3.</summary>
internal enum WindowFunction
{
    Linear,
    LinearExact,
    Sigmoid,
}

/// <summary>Window Center and Window Width (0028,1050), (0028,1051) with their function; PS3.3 C.11.2.1.2.</summary>
internal readonly record struct Window(double Center, double Width, WindowFunction Function = WindowFunction.Linear)
{
    // The longest DS has 16 characters (PS3.5 6.2); three of them and the longest function leave room to spare.
    private const int MaxTextLength = 80;

    /// <summary>
    /// Whether the function is defined for the width: at least 1 for LINEAR, more than 0 for the others (PS3.3
    /// C.11.2.1.2.1, C.11.2.1.3.1, C.11.2.1.3.2).
    /// </summary>
    public bool IsDefined =>
        double.IsFinite(Center)
            && double.IsFinite(Width)
            && (Function == WindowFunction.Linear ? Width >= 1 : Width > 0);

    /// <summary>Where the value lies in the window: 0 is black, 1 is white.</summary>
    public double Apply(double value) => Function switch
    {
        WindowFunction.LinearExact => Math.Clamp((value - Center) / Width + 0.5, 0, 1),
        WindowFunction.Sigmoid => 1 / (1 + Math.Exp(-4 * (value - Center) / Width)),
        _ => ApplyLinear(value),
    };

    private double ApplyLinear(double value)
    {
        var center = Center - 0.5;
        var width = Width - 1;

        // In this order a width of 1 is a threshold, and the division never has a zero below it.
        if (value <= center - width / 2)
            return 0;
        return value > center + width / 2 ? 1 : (value - center) / width + 0.5;
    }

    /// <summary>
    /// Reads <c>centre,width</c> or <c>centre,width,function</c>, the form of PS3.18 8.3.5.1.2; the functions are
    /// <c>linear</c>, <c>linear-exact</c> and <c>sigmoid</c>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Window window)
    {
        window = default;
        Span<Range> parts = stackalloc Range[4];
        if (text.Length > MaxTextLength)
            return false;
        var count = text.Split(parts, ',');
        if (count is not (2 or 3))
            return false;
        if (!TryParseNumber(text[parts[0]], out var center) || !TryParseNumber(text[parts[1]], out var width))
            return false;

        var function = WindowFunction.Linear;
        if (count == 3 && !TryParseFunction(text[parts[2]].Trim(), out function))
            return false;
        window = new Window(center, width, function);
        return true;
    }

    /// <summary>Reads the function as the element spells it or as a URL does.</summary>
    public static bool TryParseFunction(ReadOnlySpan<char> text, out WindowFunction function)
    {
        function = WindowFunction.Linear;
        if (text.Equals("LINEAR", StringComparison.OrdinalIgnoreCase))
            return true;

        function = WindowFunction.Sigmoid;
        if (text.Equals("SIGMOID", StringComparison.OrdinalIgnoreCase))
            return true;

        function = WindowFunction.LinearExact;
        return text.Equals("LINEAR_EXACT", StringComparison.OrdinalIgnoreCase)
            || text.Equals("LINEAR-EXACT", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The form that <see cref="TryParse"/> reads, the same text for the same window.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Center:R},{Width:R},{FunctionText}");

    private string FunctionText => Function switch
    {
        WindowFunction.LinearExact => "linear-exact",
        WindowFunction.Sigmoid => "sigmoid",
        _ => "linear",
    };

    private static bool TryParseNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
