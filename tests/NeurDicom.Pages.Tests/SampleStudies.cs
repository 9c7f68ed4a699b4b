using System.Globalization;
using System.Text;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;

namespace NeurDicom.Tests.Pages;

/// <summary>Files for the pages: a small CT of a disc in a ring, a clip of several frames, a report without a picture.</summary>
internal static class SampleStudies
{
    public const string ChineseName = "Wang^XiaoDong=王^小东";

    // Every character that could end a text, an attribute or an element.
    public const string Attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;";

    /// <summary>Slices of one series, the disc in them larger from one to the next.</summary>
    public static IEnumerable<byte[]> Ct(int slices = 5, string name = ChineseName, string uid = "2.25.5001")
    {
        for (var slice = 1; slice <= slices; slice++)
        {
            yield return Named(name, uid)
                .Text(Tag.Modality, "CS", "CT")
                .Text(Tag.SopClassUid, "UI", "1.2.840.10008.5.1.4.1.1.2")
                .Text(Tag.InstanceNumber, "IS", Number(slice))
                .Text(Tag.SeriesNumber, "IS", "2")
                .Text(Tag.BodyPartExamined, "CS", "HEAD")
                .Text(Tag.RescaleIntercept, "DS", "-1024").Text(Tag.RescaleSlope, "DS", "1")
                .Text(Tag.WindowCenter, "DS", "40").Text(Tag.WindowWidth, "DS", "400")
                .Short(Tag.Rows, Side).Short(Tag.Columns, Side)
                .Pixels(Disc(10 + (30 * slice / slices)))
                .Write();
        }
    }

    /// <summary>One file of several frames.</summary>
    public static byte[] Clip(int frames = 4, string uid = "2.25.5002") => Named("Clip^Carla", uid)
        .Text(Tag.Modality, "CS", "US")
        .Text(Tag.NumberOfFrames, "IS", Number(frames))
        .Text(Tag.WindowCenter, "DS", "1024").Text(Tag.WindowWidth, "DS", "800")
        .Short(Tag.Rows, Side).Short(Tag.Columns, Side)
        .Pixels([.. Enumerable.Range(0, frames).SelectMany(frame => Disc(8 + (frame * 8)))])
        .Write();

    /// <summary>A file without a picture.</summary>
    public static byte[] Report(string uid = "2.25.5003") => Named("Report^Rita", uid)
        .Text(Tag.Modality, "CS", "SR")
        .Text(Tag.SopClassUid, "UI", "1.2.840.10008.5.1.4.1.1.88.11")
        .Bytes(Tag.Rows, "US", null).Bytes(Tag.Columns, "US", null).Bytes(Tag.BitsAllocated, "US", null)
        .Bytes(Tag.BitsStored, "US", null).Bytes(Tag.HighBit, "US", null).Bytes(Tag.PixelRepresentation, "US", null)
        .Bytes(Tag.SamplesPerPixel, "US", null).Bytes(Tag.PhotometricInterpretation, "CS", null)
        .Write();

    /// <summary>A file whose every text is markup.</summary>
    public static byte[] Hostile(string uid = "2.25.5004")
    {
        var file = Named(Attack, uid);
        foreach (var (tag, vr) in (ReadOnlySpan<(Tag, string)>)[
            (Tag.PatientID, "LO"), (Tag.PatientSex, "CS"), (Tag.PatientAge, "AS"), (Tag.PatientBirthDate, "DA"),
            (Tag.StudyDate, "DA"), (Tag.StudyTime, "TM"),
            (Tag.StudyDescription, "LO"), (Tag.AccessionNumber, "SH"), (Tag.ReferringPhysicianName, "PN"), (Tag.Modality, "CS"),
            (Tag.SeriesNumber, "IS"), (Tag.SeriesDescription, "LO"), (Tag.ProtocolName, "LO"), (Tag.BodyPartExamined, "CS"),
            (Tag.Manufacturer, "LO"), (Tag.StationName, "SH")])
            file.Bytes(tag, vr, Encoding.UTF8.GetBytes(Attack));
        return file.Pixels(new int[64]).Write();
    }

    public static PictureFile Named(string name, string uid) => new PictureFile()
        .Text(Tag.SpecificCharacterSet, "CS", "ISO_IR 192")
        .Bytes(Tag.PatientName, "PN", Encoding.UTF8.GetBytes(name))
        .Text(Tag.PatientID, "LO", "ID-" + uid[^4..])
        .Text(Tag.PatientSex, "CS", "F")
        .Text(Tag.PatientBirthDate, "DA", "19700102")
        .Text(Tag.StudyInstanceUid, "UI", uid + ".1")
        .Text(Tag.SeriesInstanceUid, "UI", uid + ".2")
        .Text(Tag.StudyDate, "DA", "20260131")
        .Text(Tag.StudyTime, "TM", "090541")
        .Bytes(Tag.StudyDescription, "LO", Encoding.UTF8.GetBytes("Head plain 头部平扫"))
        .Text(Tag.AccessionNumber, "SH", "A" + uid[^4..]);

    private const int Side = 96;

    private static int[] Disc(int radius)
    {
        var pixels = new int[Side * Side];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (dx, dy) = (x - (Side / 2), y - (Side / 2));
                var distance = Math.Sqrt((dx * dx) + (dy * dy));
                pixels[(y * Side) + x] = distance > 45 ? 24 : distance > 41 ? 1900 : distance < radius ? 1100 : 1030;
            }
        }

        return pixels;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
