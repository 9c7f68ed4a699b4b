using System.Buffers.Binary;
using NeurDicom.Dicom;

namespace NeurDicom.Demo;

/// <summary>The images of the demo as DICOM: PS3.3 A.2 (CR), A.3 (CT), A.4 (MR), A.7 (US multi-frame).</summary>
internal static class DemoImages
{
    private const string Cr = "1.2.840.10008.5.1.4.1.1.1";
    private const string CtImage = "1.2.840.10008.5.1.4.1.1.2";
    private const string MrImage = "1.2.840.10008.5.1.4.1.1.4";
    private const string UsMultiFrame = "1.2.840.10008.5.1.4.1.1.3.1";

    private static readonly double[] Axial = [1, 0, 0, 0, 1, 0];

    public static IEnumerable<DemoFile> Ct(DemoStudy study, float nodule, int slices, float spacing)
    {
        const int Size = 512;
        const float Pixel = 0.7031f;
        var chest = new Lazy<Chest>(() => new Chest(nodule));
        for (var i = 0; i < slices; i++)
        {
            var number = i + 1;
            // The first at the top, as a radiologist goes through them.
            var z = Chest.Top - ((i + 0.5f) * spacing);
            yield return new DemoFile("CT", () =>
            {
                var slice = chest.Value.Cut(
                    Size, Size, Pixel, z, noise: 11, seed: (uint)study.Id.Length + (uint)study.Key[^1]);
                var data = study.Begin(CtImage, "CT", 2, "Axial, soft tissue", number)
                    .Set(Tag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
                    .Set(Tag.BodyPartExamined, study.BodyPart)
                    .Set(Tag.KVP, 120)
                    .Set(Tag.SliceThickness, Round(spacing))
                    .Set(Tag.SpacingBetweenSlices, Round(spacing))
                    .Set(Tag.DataCollectionDiameter, 500)
                    .Set(Tag.ProtocolName, "Chest")
                    .Set(Tag.ContrastBolusAgent, "Demo contrast")
                    .Set(Tag.ReconstructionDiameter, 360)
                    .Set(Tag.GantryDetectorTilt, 0)
                    .Set(Tag.XRayTubeCurrent, 240)
                    .Set(Tag.ConvolutionKernel, "STANDARD")
                    .Set(Tag.PatientPosition, "HFS")
                    .Set(Tag.AcquisitionNumber, 1)
                    .Set(Tag.SliceLocation, Round(z));
                Place(data, study, "ct", Size, Pixel, z);
                Pixels(data, Size, Size, 16, 12, 11, signed: true)
                    .Set(Tag.RescaleIntercept, 0)
                    .Set(Tag.RescaleSlope, 1)
                    .Set(Tag.RescaleType, "HU")
                    .Set(Tag.WindowCenter, 40, -600, 300)
                    .Set(Tag.WindowWidth, 400, 1500, 1800)
                    .Set(Tag.WindowCenterWidthExplanation, "SOFT TISSUE", "LUNG", "BONE")
                    .SetBytes(Tag.PixelData, Vr.OW, Words(slice.Values, -1024, 2047));
                return Write(data);
            });
        }
    }

    public static IEnumerable<DemoFile> Mr(DemoStudy study, int slices)
    {
        const int Size = 256;
        const float Pixel = 0.8594f;
        var spacing = 154f / slices;
        foreach (var (series, name, contrast, echo, repetition) in ((int, string, Contrast, double, double)[])
            [
                (2, "T1 axial", Contrast.T1, 9, 550), (3, "T2 axial", Contrast.T2, 98, 4200),
            ])
        {
            for (var i = 0; i < slices; i++)
            {
                var number = i + 1;
                // From below, as heads are looked at.
                var z = -80 + ((i + 0.5f) * spacing);
                yield return new DemoFile("MR", () =>
                {
                    var slice = Brain.Cut(Size, Pixel, z, contrast, (uint)series);
                    var data = study.Begin(MrImage, "MR", series, name, number)
                        .Set(Tag.ImageType, "ORIGINAL", "PRIMARY", "OTHER")
                        .Set(Tag.BodyPartExamined, study.BodyPart)
                        .Set(Tag.ScanningSequence, "SE")
                        .Set(Tag.SequenceVariant, "NONE")
                        .SetEmpty(Tag.ScanOptions)
                        .Set(Tag.MRAcquisitionType, "2D")
                        .Set(Tag.SliceThickness, Round(spacing))
                        .Set(Tag.RepetitionTime, repetition)
                        .Set(Tag.EchoTime, echo)
                        .Set(Tag.MagneticFieldStrength, 1.5)
                        .Set(Tag.SpacingBetweenSlices, Round(spacing))
                        .Set(Tag.EchoTrainLength, 1)
                        .Set(Tag.ProtocolName, name)
                        .Set(Tag.FlipAngle, 90)
                        .Set(Tag.PatientPosition, "HFS")
                        .Set(Tag.SliceLocation, Round(z));
                    Place(data, study, "mr", Size, Pixel, z);
                    Pixels(data, Size, Size, 16, 12, 11, signed: false)
                        .Set(Tag.WindowCenter, contrast == Contrast.T1 ? 450 : 600)
                        .Set(Tag.WindowWidth, contrast == Contrast.T1 ? 900 : 1200)
                        .SetBytes(Tag.PixelData, Vr.OW, Words(slice.Values, 0, 4095));
                    return Write(data);
                });
            }
        }
    }

    /// <summary>A chest film: the volume looked through from the front.</summary>
    public static IEnumerable<DemoFile> Film(DemoStudy study, float nodule, int size)
    {
        yield return new DemoFile("CR", () =>
        {
            var (spacing, rows) = (360f / size, (int)(300f / (360f / size)));
            var chest = new Chest(nodule);
            var shadow = new float[rows * size];
            for (var row = 0; row < rows; row++)
            {
                var slice = chest.Cut(
                    size / 2, size / 2, spacing * 2, Chest.Top - ((row + 0.5f) * spacing), noise: 0, seed: 0);
                Project(slice, shadow.AsSpan(row * size, size));
            }

            Develop(shadow, size);
            var data = study.Begin(Cr, "CR", 1, "PA", 1)
                .Set(Tag.ImageType, "ORIGINAL", "PRIMARY")
                .Set(Tag.BodyPartExamined, study.BodyPart)
                .Set(Tag.ViewPosition, "PA")
                .Set(Tag.KVP, 120)
                .Set(Tag.ImagerPixelSpacing, Round(spacing), Round(spacing))
                .Set(Tag.PatientOrientation, "L", "F");
            Pixels(data, size, rows, 16, 12, 11, signed: false)
                .Set(Tag.PixelSpacing, Round(spacing), Round(spacing))
                .Set(Tag.WindowCenter, 2048)
                .Set(Tag.WindowWidth, 4096)
                .SetBytes(Tag.PixelData, Vr.OW, Words(shadow, 0, 4095));
            return Write(data);
        });
    }

    public static IEnumerable<DemoFile> Ultrasound(DemoStudy study, int frames)
    {
        yield return new DemoFile("US", () =>
        {
            var pixels = new byte[Echo.Columns * Echo.Rows * 3 * frames];
            Parallel.For(0, frames, frame =>
                Echo.Draw(frame).CopyTo(pixels.AsSpan(frame * Echo.Columns * Echo.Rows * 3)));
            var data = study.Begin(UsMultiFrame, "US", 1, "Apical four-chamber view", 1)
                .Set(Tag.ImageType, "ORIGINAL", "PRIMARY", "", "0011")
                .Set(Tag.LossyImageCompression, "00")
                .Set(Tag.BodyPartExamined, study.BodyPart)
                .Set(Tag.FrameTime, Echo.FrameTime)
                .Set(Tag.HeartRate, 69)
                .Set(Tag.TransducerType, "SECTOR_PHASED")
                .SetEmpty(Tag.PatientOrientation)
                .SetSequence(Tag.SequenceOfUltrasoundRegions, Region())
                .Set(Tag.NumberOfFrames, frames)
                .Set(Tag.FrameIncrementPointer, (long)Tag.FrameTime.Value)
                .Set(Tag.SamplesPerPixel, 3)
                .Set(Tag.PhotometricInterpretation, "RGB")
                .Set(Tag.PlanarConfiguration, 0)
                .Set(Tag.Rows, Echo.Rows)
                .Set(Tag.Columns, Echo.Columns)
                .Set(Tag.BitsAllocated, 8)
                .Set(Tag.BitsStored, 8)
                .Set(Tag.HighBit, 7)
                .Set(Tag.PixelRepresentation, 0)
                .SetBytes(Tag.PixelData, Vr.OB, pixels);
            return Write(data);
        });
    }

    private static DicomDataSetBuilder Region() => new DicomDataSetBuilder()
        .Set(Tag.RegionSpatialFormat, 1)
        .Set(Tag.RegionDataType, 2)
        .Set(Tag.RegionFlags, 0)
        .Set(Tag.RegionLocationMinX0, 40)
        .Set(Tag.RegionLocationMinY0, Echo.SectorTop)
        .Set(Tag.RegionLocationMaxX1, Echo.Columns - 40)
        .Set(Tag.RegionLocationMaxY1, Echo.SectorTop + Echo.SectorHeight)
        .Set(Tag.ReferencePixelX0, (Echo.Columns / 2) - 40)
        .Set(Tag.ReferencePixelY0, 0)
        .Set(Tag.PhysicalUnitsXDirection, 3)
        .Set(Tag.PhysicalUnitsYDirection, 3)
        .Set(Tag.ReferencePixelPhysicalValueX, 0.0)
        .Set(Tag.ReferencePixelPhysicalValueY, 0.0)
        .Set(Tag.PhysicalDeltaX, Echo.Scale / 10)
        .Set(Tag.PhysicalDeltaY, Echo.Scale / 10);

    private static void Place(DicomDataSetBuilder data, DemoStudy study, string frame, int size, float pixel, float z)
    {
        // The middle of the first pixel (PS3.3 C.7.6.2.1.1).
        var corner = Round(-(size - 1) * pixel / 2);
        data.Set(Tag.ImagePositionPatient, corner, corner, Round(z))
            .Set(Tag.ImageOrientationPatient, Axial)
            .Set(Tag.FrameOfReferenceUid, DemoStudies.UidOf($"{study.Key}/{frame}/frame"))
            .SetEmpty(Tag.PositionReferenceIndicator)
            .Set(Tag.PixelSpacing, Round(pixel), Round(pixel));
    }

    private static DicomDataSetBuilder Pixels(
        DicomDataSetBuilder data, int columns, int rows, int allocated, int stored, int high, bool signed) => data
        .Set(Tag.SamplesPerPixel, 1)
        .Set(Tag.PhotometricInterpretation, "MONOCHROME2")
        .Set(Tag.Rows, rows)
        .Set(Tag.Columns, columns)
        .Set(Tag.BitsAllocated, allocated)
        .Set(Tag.BitsStored, stored)
        .Set(Tag.HighBit, high)
        .Set(Tag.PixelRepresentation, signed ? 1 : 0);

    private static byte[] Words(ReadOnlySpan<float> values, int low, int high)
    {
        var words = new byte[values.Length * 2];
        for (var i = 0; i < values.Length; i++)
        {
            var value = (short)Math.Clamp((int)MathF.Round(values[i]), low, high);
            BinaryPrimitives.WriteInt16LittleEndian(words.AsSpan(2 * i), value);
        }

        return words;
    }

    // Each column of the slice adds up; the film has twice as many.
    private static void Project(Slice slice, Span<float> line)
    {
        var sums = new float[slice.Columns];
        for (var row = 0; row < slice.Rows; row++)
        {
            // The table is not there when one stands.
            if (slice.Y(row) > 117)
                break;
            for (var column = 0; column < slice.Columns; column++)
            {
                var density = MathF.Max(0, (slice.Values[(row * slice.Columns) + column] + 1000) / 1000);
                sums[column] += density > 1.12f ? density + ((density - 1.12f) * 1.8f) : density;
            }
        }

        for (var i = 0; i < line.Length; i++)
        {
            var at = Math.Clamp((i - 0.5f) / 2, 0, slice.Columns - 1.001f);
            line[i] = Noise.Mix(sums[(int)at], sums[(int)at + 1], at - (int)at);
        }
    }

    // From the shadow to the film: what absorbs more is brighter, evened out, with a little grain.
    private static void Develop(float[] shadow, int columns)
    {
        var largest = shadow.Max();
        for (var i = 0; i < shadow.Length; i++)
        {
            var light = 1 - MathF.Exp(-3.1f * shadow[i] / largest);
            var grain = Noise.Normal(i % columns, i / columns, 0, 55) * 14;
            shadow[i] = (MathF.Pow(light / 0.955f, 1.7f) * 3900) + grain;
        }
    }

    private static double Round(float value) => Math.Round(value, 4);

    private static byte[] Write(DicomDataSetBuilder data) =>
        DicomWriter.ToFile(data, TransferSyntax.ExplicitVrLittleEndian);
}
