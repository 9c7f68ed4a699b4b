using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NeurDicom.Dicom;

namespace NeurDicom.Demo;

/// <summary>A file of the demo; making it takes a moment.</summary>
internal sealed record DemoFile(string Series, Func<byte[]> Make);

/// <summary>
/// Patients, studies and series of the demo. All of it is drawn by this program: no person's data is in it.
/// The same files come out every time, so that storing them a second time changes nothing.
/// </summary>
internal static class DemoStudies
{
    private static readonly DemoPatient Jane = new("DEMO-001", "Doe^Jane", "19610412", "F", "ISO_IR 100");
    private static readonly DemoPatient Wang = new("DEMO-002", "Wang^XiaoDong=王^小東", "19750930", "M", "ISO_IR 192");
    private static readonly DemoPatient Jose =
        new("DEMO-003", "Núñez García^José Ángel", "19490117", "M", "ISO_IR 100");
    private static readonly DemoPatient Li = new("DEMO-004", "Li^Na=李^娜", "19880608", "F", "GB18030");

    /// <summary>Every file; a smaller demo is for tests.</summary>
    /// <param name="film">Columns of a film.</param>
    public static IEnumerable<DemoFile> All(int slices = 200, int frames = Echo.Frames, int film = 512)
    {
        var first = new DemoStudy(Jane, "ct-1", "20240305", "093012", "CT chest with contrast", "DEMO-CT-1", "CHEST");
        var second = new DemoStudy(Jane, "ct-2", "20240910", "141530", "CT chest, follow-up", "DEMO-CT-2", "CHEST");
        var head = new DemoStudy(Wang, "mr-1", "20240521", "105500", "MR brain", "DEMO-MR-1", "BRAIN");
        var heart = new DemoStudy(Jose, "us-1", "20240614", "160210", "Échocardiographie", "DEMO-US-1", "HEART");
        var filmOfLi = new DemoStudy(Li, "cr-1", "20240702", "082145", "胸部正位片", "DEMO-CR-1", "CHEST");
        var filmOfJane = new DemoStudy(Jane, "cr-0", "20240304", "171500", "Chest PA", "DEMO-CR-0", "CHEST");
        return
        [
            .. DemoImages.Film(filmOfJane, 7, film),
            .. DemoImages.Ct(first, 7, slices, 300f / slices),
            DemoReport.Of(
                first, "Cough for three weeks. Smoker.",
                "Nodule of 14 mm with spiculated margin in the right upper lobe. No enlarged lymph nodes. "
                + "Heart and great vessels are unremarkable. Simple cyst of the liver.",
                "Solitary pulmonary nodule of the right upper lobe. Follow-up in six months is advised.", slices),
            .. DemoImages.Ct(second, 4.5f, Math.Min(slices, 60), 300f / Math.Min(slices, 60)),
            DemoReport.Of(
                second, "Nodule of the right upper lobe, seen on 5 March 2024.",
                "The nodule now measures 9 mm (14 mm before). No new nodules.",
                "The nodule is smaller.", Math.Min(slices, 60)),
            .. DemoImages.Mr(head, Math.Min(slices, 44)),
            .. DemoImages.Ultrasound(heart, frames),
            .. DemoImages.Film(filmOfLi, 0.01f, film),
        ];
    }

    /// <summary>A UID that only depends on a name: a UUID of its hash (PS3.5 B.2).</summary>
    public static Uid UidOf(string name)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("neurdicom demo 1/" + name)).AsSpan(0, 16);
        // Version 8 and variant of RFC 9562.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return Uid.FromGuid(new Guid(bytes, bigEndian: true));
    }
}

/// <param name="Name">As DICOM writes it, in the groups that the patient's script has.</param>
/// <param name="CharacterSet">The files of the patient are written in.</param>
internal sealed record DemoPatient(string Id, string Name, string BirthDate, string Sex, string CharacterSet);

internal sealed record DemoStudy(
    DemoPatient Patient, string Key, string Date, string Time, string Description, string Id, string BodyPart)
{
    public Uid Uid => DemoStudies.UidOf(Key);

    public Uid SeriesUid(int number) => DemoStudies.UidOf(FormattableString.Invariant($"{Key}/{number}"));

    public Uid InstanceUid(int series, int number) =>
        DemoStudies.UidOf(FormattableString.Invariant($"{Key}/{series}/{number}"));

    /// <summary>What every instance of the study begins with: patient, study, series, equipment (PS3.3 C.7).</summary>
    public DicomDataSetBuilder Begin(string sopClass, string modality, int series, string description, int number)
    {
        var age = int.Parse(Date[..4], CultureInfo.InvariantCulture) - int.Parse(
            Patient.BirthDate[..4], CultureInfo.InvariantCulture)
            - (string.CompareOrdinal(Date[4..], Patient.BirthDate[4..]) < 0 ? 1 : 0);
        return new DicomDataSetBuilder()
            .Set(Tag.SpecificCharacterSet, Patient.CharacterSet)
            .Set(Tag.InstanceCreationDate, Date)
            .Set(Tag.InstanceCreationTime, Time)
            .Set(Tag.SopClassUid, sopClass)
            .Set(Tag.SopInstanceUid, InstanceUid(series, number))
            .Set(Tag.StudyDate, Date)
            .Set(Tag.SeriesDate, Date)
            .Set(Tag.ContentDate, Date)
            .Set(Tag.StudyTime, Time)
            .Set(Tag.SeriesTime, Time)
            .Set(Tag.ContentTime, Time)
            .Set(Tag.AccessionNumber, Id)
            .Set(Tag.Modality, modality)
            .Set(Tag.Manufacturer, "NeurDICOM")
            .Set(Tag.InstitutionName, "Demo Hospital")
            .Set(Tag.ReferringPhysicianName, "Demo^Referrer")
            .Set(Tag.StationName, "PHANTOM")
            .Set(Tag.StudyDescription, Description)
            .Set(Tag.SeriesDescription, description)
            .Set(Tag.ManufacturerModelName, "Phantom")
            .Set(Tag.PatientName, Patient.Name)
            .Set(Tag.PatientID, Patient.Id)
            .Set(Tag.PatientBirthDate, Patient.BirthDate)
            .Set(Tag.PatientSex, Patient.Sex)
            .Set(Tag.PatientAge, age.ToString("D3", CultureInfo.InvariantCulture) + "Y")
            .Set(Tag.PatientComments, "Synthetic: made by a program, no real person.")
            .Set(Tag.DeviceSerialNumber, "DEMO")
            .Set(Tag.SoftwareVersions, "1")
            .Set(Tag.StudyInstanceUid, Uid)
            .Set(Tag.SeriesInstanceUid, SeriesUid(series))
            .Set(Tag.StudyID, Id)
            .Set(Tag.SeriesNumber, series)
            .Set(Tag.InstanceNumber, number);
    }
}
