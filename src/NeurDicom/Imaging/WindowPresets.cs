using System.Globalization;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>
/// Windows by name: those of the file by their number or explanation (0028,1055), and for computed tomography the usual
/// ones in Hounsfield units.
/// </summary>
internal static class WindowPresets
{
    // The windows that radiology textbooks and workstations agree on, give or take.
    private static readonly Dictionary<string, Window> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abdomen"] = new(40, 400),
        ["angio"] = new(300, 600),
        ["bone"] = new(400, 1800),
        ["brain"] = new(40, 80),
        ["liver"] = new(60, 160),
        ["lung"] = new(-600, 1500),
        ["mediastinum"] = new(40, 400),
        ["soft"] = new(50, 350),
        ["spine"] = new(50, 250),
        ["stroke"] = new(35, 40),
        ["subdural"] = new(75, 215),
        ["temporal"] = new(600, 2800),
    };

    /// <summary>For messages.</summary>
    public static string Names { get; } = string.Join(", ", Named.Keys.Order(StringComparer.Ordinal));

    /// <summary>The window in Hounsfield units under one of <see cref="Names"/>.</summary>
    public static Window Hounsfield(string name) => Named[name];

    /// <summary>The window of a frame, counted from 0.</summary>
    /// <returns>Null where there is none; <paramref name="refusal"/> says why where the name is known.</returns>
    public static Window? Find(DicomDataSet dataSet, int frame, string preset, out string? refusal)
    {
        refusal = null;
        var group = FunctionalGroups.Find(dataSet, frame, Tag.FrameVOILUTSequence) ?? dataSet;
        if (int.TryParse(preset, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number >= 1 ? GreyscaleMapping.ReadWindow(group, number - 1) : null;

        var explanations = group.GetStrings(Tag.WindowCenterWidthExplanation);
        var index = Array.FindIndex(
            explanations, text => text.Trim().Equals(preset, StringComparison.OrdinalIgnoreCase));
        if (index >= 0 && GreyscaleMapping.ReadWindow(group, index) is { } own)
            return own;
        if (!Named.TryGetValue(preset, out var window))
            return null;
        if (HasHounsfieldUnits(dataSet, frame))
            return window;
        refusal = $"The window {preset} is in Hounsfield units, and the pixels are in others.";
        return null;
    }

    private static bool HasHounsfieldUnits(DicomDataSet dataSet, int frame)
    {
        var transformation = FunctionalGroups.Find(dataSet, frame, Tag.PixelValueTransformationSequence) ?? dataSet;
        // PS3.3 C.11.1.1.2: HU, or one of its variants in multi-energy imaging; absent and US in files that mean HU.
        var type = transformation.GetString(Tag.RescaleType);
        return dataSet.GetString(Tag.Modality) == "CT" && type is null or "" or "US" or "HU" or "HU_MOD";
    }
}
