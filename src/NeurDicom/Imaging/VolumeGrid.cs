using System.Globalization;

namespace NeurDicom.Imaging;

/// <summary>
/// Slices in their order along the normal of their plane, at equal distances, and where their voxels lie.
/// </summary>
internal sealed class VolumeGrid
{
    // Positions are decimal strings and rounded: a slice may lie this part of a step beside its place.
    private const double StepTolerance = 0.05;

    // Two slices nearer than this, in millimetres, lie in one place.
    private const double SamePlace = 0.001;

    // Spacings and directions are compared with this tolerance.
    private const double Alike = 0.001;

    private VolumeGrid(IReadOnlyList<VolumeSlice> slices, Point3 step, double tilt)
    {
        Slices = slices;
        Step = step;
        Tilt = tilt;
    }

    public IReadOnlyList<VolumeSlice> Slices { get; }

    public SlicePlane Plane => Slices[0].Plane;

    /// <summary>From a slice to the next.</summary>
    public Point3 Step { get; }

    /// <summary>
    /// The angle between step and normal in degrees, as with a tilted gantry; 0 where they are parallel.
    /// </summary>
    public double Tilt { get; }

    /// <summary>
    /// From column, row and slice to millimetres, in the coordinates of NIfTI and nibabel (right, front,
    /// up are positive): three rows of four. DICOM counts to the left and to the back (PS3.3 C.7.6.2.1.1),
    /// so two rows change their sign.
    /// </summary>
    public double[] Affine
    {
        get
        {
            var (across, down) = (Plane.Row * Plane.ColumnSpacing, Plane.Column * Plane.RowSpacing);
            var origin = Slices[0].Position;
            // From zero, since there is a minus zero.
            return
            [
                0 - across.X, 0 - down.X, 0 - Step.X, 0 - origin.X,
                0 - across.Y, 0 - down.Y, 0 - Step.Y, 0 - origin.Y,
                across.Z, down.Z, Step.Z, origin.Z,
            ];
        }
    }

    /// <summary>Orders the slices; null, with what differs, where they make no volume.</summary>
    /// <param name="slices">At least one.</param>
    /// <param name="part">Where each place holds several slices: which of them, counted from 1.</param>
    /// <param name="thickness">The step where there is one slice alone.</param>
    public static VolumeGrid? TryMake(
        IReadOnlyList<VolumeSlice> slices, int? part, double thickness, out string problem)
    {
        if (WhatDiffers(slices) is { } difference)
        {
            problem = difference;
            return null;
        }

        var normal = slices[0].Plane.Normal;
        var ordered = slices.OrderBy(slice => slice.Position.Dot(normal)).ThenBy(slice => slice.Order)
            .ThenBy(slice => slice.Instance).ToList();
        if (OneOfEachPlace(ordered, normal, part, out problem) is not { } chosen)
            return null;
        if (chosen.Count == 1)
            return new(chosen, normal * thickness, 0);

        var step = (chosen[^1].Position - chosen[0].Position) * (1.0 / (chosen.Count - 1));
        if (WhatIsUneven(chosen, step, normal) is { } gap)
        {
            problem = gap;
            return null;
        }

        var tilt = Math.Acos(Math.Clamp(step.Dot(normal) / step.Length, -1, 1)) * 180 / Math.PI;
        return new(chosen, step, tilt > 0.1 ? tilt : 0);
    }

    private static string? WhatDiffers(IReadOnlyList<VolumeSlice> slices)
    {
        var first = slices[0].Plane;
        return Differ(slices, "rows and columns", slice => (slice.Rows, slice.Columns) == (first.Rows, first.Columns),
                plane => Text($"{plane.Rows} x {plane.Columns}"))
            ?? Differ(slices, "orientation", plane => plane.Row.Dot(first.Row) > 1 - Alike
                && plane.Column.Dot(first.Column) > 1 - Alike, Directions)
            ?? Differ(slices, "pixel spacing", plane => Math.Abs(plane.RowSpacing / first.RowSpacing - 1) < Alike
                && Math.Abs(plane.ColumnSpacing / first.ColumnSpacing - 1) < Alike,
                plane => Text($"{plane.RowSpacing:0.####} x {plane.ColumnSpacing:0.####} mm"))
            ?? Differ(
                slices, "frame of reference", plane => plane.Space == first.Space,
                plane => PixelKinds.Printable(plane.Space))
            ?? Differ(
                slices, "unit (Rescale Type)", plane => plane.Unit == first.Unit,
                plane => PixelKinds.Printable(plane.Unit));
    }

    private static string? Differ(
        IReadOnlyList<VolumeSlice> slices, string what, Func<SlicePlane, bool> isAlike, Func<SlicePlane, string> show)
    {
        var other = slices.FirstOrDefault(slice => !isAlike(slice.Plane));
        if (other is null)
            return null;
        var count = slices.Count(slice => isAlike(slice.Plane));
        return Text($"The slices differ in their {what}: {show(slices[0].Plane)} in {count} of them ")
            + Text($"(instance {slices[0].Instance}), {show(other.Plane)} or others in {slices.Count - count} ")
            + Text($"(instance {other.Instance}).");
    }

    /// <summary>Where slices lie in one place, the one that is asked for.</summary>
    private static List<VolumeSlice>? OneOfEachPlace(
        List<VolumeSlice> ordered, Point3 normal, int? part, out string problem)
    {
        problem = "";
        var places = new List<List<VolumeSlice>>();
        foreach (var slice in ordered)
        {
            if (places.Count > 0 && Math.Abs((slice.Position - places[^1][0].Position).Dot(normal)) < SamePlace)
                places[^1].Add(slice);
            else
                places.Add([slice]);
        }

        var most = places.Max(place => place.Count);
        var fewest = places.Min(place => place.Count);
        if (most > 1 && fewest != most)
        {
            var twice = places.Find(place => place.Count > 1)!; // There is one: most > 1.
            problem = Text(
                $"Some places hold several slices, such as instances {twice[0].Instance} and {twice[1].Instance}, ")
                + "and others one: it is not clear which belong together.";
            return null;
        }

        if (part > most || (most > 1 && part is null))
        {
            problem = most == 1
                ? Text($"There is no part {part}: each place holds one slice.")
                : Text($"Each of {places.Count} places holds {most} slices, such as instances ")
                    + Text($"{places[0][0].Instance} and {places[0][1].Instance} (echoes, times or reconstructions); ")
                    + Text($"ask for one of them with part=1 to part={most}.");
            return null;
        }

        // Places near one another had no order among them; within a place it is that of echo, time and number.
        return places.ConvertAll(place => place.OrderBy(slice => slice.Order).ElementAt((part ?? 1) - 1));
    }

    private static string? WhatIsUneven(List<VolumeSlice> slices, Point3 step, Point3 normal)
    {
        var steps = slices.Skip(1).Zip(slices, (next, slice) => (next.Position - slice.Position).Dot(normal)).ToList();
        var usual = steps.Order().ElementAt(steps.Count / 2);
        for (var index = 0; index < steps.Count; index++)
        {
            if (Math.Abs(steps[index] - usual) > StepTolerance * usual)
            {
                return Text($"Between the slices {index + 1} and {index + 2} (instances {slices[index].Instance} and ")
                    + Text($"{slices[index + 1].Instance}) are {steps[index]:0.###} mm, elsewhere {usual:0.###} mm.");
            }
        }

        for (var index = 0; index < slices.Count; index++)
        {
            var beside = (slices[index].Position - slices[0].Position - step * index).Length;
            if (beside > Math.Max(StepTolerance * step.Length, 0.01))
            {
                return Text(
                    $"Slice {index + 1} (instance {slices[index].Instance}) lies {beside:0.###} mm beside its place: ")
                    + "the slices do not lie on a line at equal distances.";
            }
        }

        return null;
    }

    private static string Directions(SlicePlane plane)
    {
        var (row, column) = (plane.Row, plane.Column);
        return Text(
            $"({row.X:0.###}, {row.Y:0.###}, {row.Z:0.###}; {column.X:0.###}, {column.Y:0.###}, {column.Z:0.###})");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
