using System.Globalization;
using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>What the slices of a volume have in common.</summary>
/// <param name="Row">The direction in which columns are counted.</param>
/// <param name="Column">The direction in which rows are counted.</param>
/// <param name="RowSpacing">Millimetres between the centres of rows.</param>
internal sealed record SlicePlane(
    int Rows, int Columns, Point3 Row, Point3 Column, double RowSpacing, double ColumnSpacing, string Space,
    string Unit)
{
    public Point3 Normal => Row.Cross(Column);
}

/// <summary>A frame of a stored instance as a slice of a volume.</summary>
/// <param name="Frame">Counted from 0.</param>
/// <param name="Position">The centre of the first pixel: Image Position (Patient), PS3.3 C.7.6.2.1.1.</param>
/// <param name="Order">What tells slices of one place apart: echo, time and number.</param>
internal sealed record VolumeSlice(
    long Instance, int Version, int Frame, SlicePlane Plane, Point3 Position,
    (double Echo, double Time, long Number) Order);

/// <summary>What is known of the slices of a file.</summary>
/// <param name="IsWhole">Whether every value after rescale is a whole number of 16 bits with a sign.</param>
/// <param name="IsExact">Whether 32 bits of floating point hold every value.</param>
/// <param name="Thickness">Where there is one slice alone; null where the file does not say.</param>
internal sealed record SlicesOfFile(IReadOnlyList<VolumeSlice> Slices, bool IsWhole, bool IsExact, double? Thickness)
{
    // Directions are rounded in the file; beyond this they are none.
    private const double DirectionTolerance = 0.01;

    /// <summary>Null, with a sentence for the client, where the file is no slice of a volume.</summary>
    public static SlicesOfFile? TryRead(
        DicomFile file, NativeFrames frames, long instance, int version, out string problem)
    {
        var picture = frames.Description;
        if (PixelKinds.Of(picture, out problem) is not { } kind)
            return null;
        if (kind.IsColour())
        {
            problem = "The pixels are in colour, which is no value to be rescaled.";
            return null;
        }

        if (PixelBudget.Cost(frames, sizeof(float)) > InstanceRenderer.MostPixels)
        {
            problem = "A frame has more pixels than are converted.";
            return null;
        }

        if (frames.Count < picture.Frames)
        {
            problem = Text($"The pixel data end before the end of frame {frames.Count + 1}.");
            return null;
        }

        if (picture.Frames > NiftiHeader.MostSide)
        {
            problem = Text(
                $"{picture.Frames} frames are more than the {NiftiHeader.MostSide:N0} slices that a volume may have.");
            return null;
        }

        var dataSet = file.DataSet;
        var groups = new FunctionalGroups(dataSet);
        var offsets = Array.ConvertAll(dataSet.GetStrings(Tag.GridFrameOffsetVector), static text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var offset)
                ? offset
                : double.NaN);
        var slices = new List<VolumeSlice>(picture.Frames);
        var (isWhole, isExact) = (true, !picture.IsFloat || picture.BitsAllocated == 32);
        SlicePlane? last = null;
        var mapping = VolumeValues.ReadMapping(groups, 0, picture.IsSigned);
        for (var frame = 0; frame < picture.Frames; frame++)
        {
            if (ReadPlane(groups, frame, picture, out problem) is not { } plane
                || ReadPosition(groups, frame, picture.Frames, plane, offsets, out problem) is not { } position)
            {
                return null;
            }

            // The same object for all frames alike: a film has thousands.
            last = plane == last ? last : plane;
            slices.Add(new(instance, version, frame, last!, position, ReadOrder(groups, frame)));
            if (frame > 0 && groups.DifferByFrame)
                mapping = VolumeValues.ReadMapping(groups, frame, picture.IsSigned);
            isWhole &= VolumeValues.IsWhole(mapping, picture);
            isExact &= VolumeValues.IsExact(mapping, picture);
        }

        var measures = groups.Find(0, Tag.PixelMeasuresSequence) ?? dataSet;
        var thickness = dataSet.GetDouble(Tag.SpacingBetweenSlices) ?? measures.GetDouble(Tag.SpacingBetweenSlices)
            ?? measures.GetDouble(Tag.SliceThickness);
        return new(slices, isWhole, isExact, thickness is > 0 ? thickness : null);
    }

    private static SlicePlane? ReadPlane(
        FunctionalGroups groups, int frame, PixelDescription picture, out string problem)
    {
        problem = "";
        var dataSet = groups.DataSet;
        var oriented = groups.Find(frame, Tag.PlaneOrientationSequence) ?? dataSet;
        var numbers = oriented.GetDoubles(Tag.ImageOrientationPatient);
        if (numbers.Length != 6)
        {
            problem = "Image Orientation (Patient) is missing: how the slices lie in space is not known.";
            return null;
        }

        var row = new Point3(numbers[0], numbers[1], numbers[2]);
        var column = new Point3(numbers[3], numbers[4], numbers[5]);
        if (!(Math.Abs(row.Length - 1) < DirectionTolerance && Math.Abs(column.Length - 1) < DirectionTolerance
            && Math.Abs(row.Dot(column)) < DirectionTolerance))
        {
            problem = "Image Orientation (Patient) is not two directions at right angles.";
            return null;
        }

        var measures = groups.Find(frame, Tag.PixelMeasuresSequence) ?? dataSet;
        if (measures.GetDouble(Tag.PixelSpacing, 0) is not (> 0 and < double.PositiveInfinity and var down)
            || measures.GetDouble(Tag.PixelSpacing, 1) is not (> 0 and < double.PositiveInfinity and var across))
        {
            problem = "Pixel Spacing is missing: how large the pixels are is not known.";
            return null;
        }

        var transformation = groups.Find(frame, Tag.PixelValueTransformationSequence) ?? dataSet;
        return new(picture.Rows, picture.Columns, row * (1 / row.Length), column * (1 / column.Length), down, across,
            dataSet.GetString(Tag.FrameOfReferenceUid) ?? "", transformation.GetString(Tag.RescaleType) ?? "");
    }

    private static Point3? ReadPosition(
        FunctionalGroups groups, int frame, int frames, SlicePlane plane, double[] offsets, out string problem)
    {
        problem = "";
        var dataSet = groups.DataSet;
        var own = groups.Find(frame, Tag.PlanePositionSequence);
        var numbers = (own ?? dataSet).GetDoubles(Tag.ImagePositionPatient);
        if (numbers.Length == 3 && new Point3(numbers[0], numbers[1], numbers[2]) is { IsFinite: true } position)
        {
            if (own is not null || frames == 1)
                return position;

            // A dose grid's frames lie along the normal (PS3.3 C.8.8.3.2).
            if (frame < offsets.Length && double.IsFinite(offsets[frame] - offsets[0]))
                return position + plane.Normal * (offsets[frame] - offsets[0]);
        }

        problem = frames == 1
            ? "Image Position (Patient) is missing: where the slice lies is not known."
            : Text($"Frame {frame + 1} has no position of its own (Plane Position Sequence).");
        return null;
    }

    private static (double Echo, double Time, long Number) ReadOrder(FunctionalGroups groups, int frame)
    {
        var dataSet = groups.DataSet;
        var content = groups.Find(frame, Tag.FrameContentSequence);
        var echoes = groups.Find(frame, Tag.MREchoSequence) ?? dataSet;
        var echo = echoes.GetDouble(Tag.EffectiveEchoTime) ?? echoes.GetDouble(Tag.EchoTime) ?? 0;
        var time = content?.GetDouble(Tag.TemporalPositionIndex) ?? dataSet.GetDouble(Tag.TemporalPositionIdentifier)
            ?? dataSet.GetDouble(Tag.AcquisitionNumber) ?? 0;
        return (echo, time, (dataSet.GetInt64(Tag.InstanceNumber) ?? 0) + frame);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
