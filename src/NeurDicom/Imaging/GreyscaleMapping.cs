namespace NeurDicom.Imaging;

/// <summary>
/// From a stored value to a shade, in the order of PS3.3 C.11 and PS3.4 N.2: modality (rescale or table), values of
/// interest (window or table; without either the frame's own range), and the sense of the photometric interpretation.
/// </summary>
internal sealed partial record GreyscaleMapping
{
    /// <summary>
    /// Rescale Slope and Intercept (0028,1053), (0028,1052); a slope of 0 would wipe the picture out and is read as 1.
    /// </summary>
    public double Slope { get; init; } = 1;

    public double Intercept { get; init; }

    /// <summary>Stands in place of slope and intercept.</summary>
    public LookupTable? ModalityLut { get; init; }

    public Window? Window { get; init; }

    /// <summary>Counts where there is no window.</summary>
    public LookupTable? VoiLut { get; init; }

    /// <summary>MONOCHROME1: the lowest value is white (PS3.3 C.7.6.3.1.2).</summary>
    public bool LowestIsWhite { get; init; }

    /// <summary>
    /// Stored values that stand for no image (Pixel Padding Value and its Range Limit, PS3.3 C.7.5.1.1.2), lowest and
    /// highest: they do not count for the frame's range.
    /// </summary>
    public (double Low, double High)? Padding { get; init; }

    /// <summary>Whether the shades depend on the lowest and highest value of the frame.</summary>
    public bool NeedsRange => Window is null && VoiLut is null;

    /// <summary>The value after the modality transformation, in Hounsfield units for a CT.</summary>
    public double ToModality(double stored) =>
        ModalityLut is null ? stored * (Slope == 0 ? 1 : Slope) + Intercept : ModalityLut.Apply(stored);

    /// <summary>The shade, 0 black to 1 white.</summary>
    /// <param name="range">Lowest and highest modality value of the frame; used when <see cref="NeedsRange"/>.</param>
    public double ToShade(double stored, (double Low, double High) range)
    {
        var value = ToModality(stored);
        double shade;
        if (Window is { } window)
            shade = window.Apply(value);
        else if (VoiLut is not null)
            shade = VoiLut.ApplyRelative(value);
        else
            shade = Stretch(value, range);
        return LowestIsWhite ? 1 - shade : shade;
    }

    /// <summary>
    /// Where shades, not cut off at black and white, lie on a straight line over the stored values:
    /// its factor and offset.
    /// </summary>
    /// <param name="range">As for <see cref="ToShade"/>.</param>
    public (double Factor, double Offset)? Line((double Low, double High) range)
    {
        if (ModalityLut is not null || (Window is null && VoiLut is not null))
            return null;
        (double Factor, double Offset)? line = Window switch
        {
            { Function: WindowFunction.Linear, Width: > 1 } window =>
                (1 / (window.Width - 1), 0.5 - (window.Center - 0.5) / (window.Width - 1)),
            { Function: WindowFunction.LinearExact } window => (1 / window.Width, 0.5 - window.Center / window.Width),
            null when range.High > range.Low => (1 / (range.High - range.Low), -range.Low / (range.High - range.Low)),
            _ => null,
        };
        if (line is not { } modality)
            return null;
        var slope = Slope == 0 ? 1 : Slope;
        var (factor, offset) = (modality.Factor * slope, modality.Factor * Intercept + modality.Offset);
        return LowestIsWhite ? (-factor, 1 - offset) : (factor, offset);
    }

    // A frame of one value says nothing about black and white: it is drawn in the middle, unless it is empty.
    private static double Stretch(double value, (double Low, double High) range) =>
        range.High > range.Low
            ? Math.Clamp((value - range.Low) / (range.High - range.Low), 0, 1)
            : value == 0
            ? 0
            : 0.5;
}
