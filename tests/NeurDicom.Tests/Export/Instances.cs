using NeurDicom.Dicom;

namespace NeurDicom.Tests.Export;

/// <summary>Instances for tests of exports.</summary>
internal static class Instances
{
    public const string Ct = "1.2.840.10008.5.1.4.1.1.2";

    public static byte[] Create(string study, string series, int number, string patient = "P1", int size = 512) =>
        DicomWriter.ToFile(Build(study, series, number, patient, size), TransferSyntax.ExplicitVrLittleEndian);

    public static DicomDataSetBuilder Build(
        string study, string series, int number, string patient = "P1", int size = 512)
    {
        var pixels = new byte[size];
        new Random(number).NextBytes(pixels);
        return new DicomDataSetBuilder()
            .Set(Tag.SpecificCharacterSet, "ISO_IR 192")
            .Set(Tag.SopClassUid, Ct)
            .Set(Tag.SopInstanceUid, $"{study}.{series}.{number}")
            .Set(Tag.StudyDate, "20240101")
            .Set(Tag.StudyTime, "101500")
            .Set(Tag.Modality, "CT")
            .Set(Tag.PatientName, $"Secret^{patient}=王")
            .Set(Tag.PatientID, patient)
            .Set(Tag.StudyInstanceUid, study)
            .Set(Tag.SeriesInstanceUid, $"{study}.{series}")
            .Set(Tag.StudyID, "S1")
            .Set(Tag.SeriesNumber, 1)
            .Set(Tag.InstanceNumber, number)
            .Set(Tag.Rows, size / 512)
            .Set(Tag.Columns, 256)
            .SetBytes(Tag.PixelData, Vr.OW, pixels);
    }
}
