using Microsoft.Data.Sqlite;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Index;

/// <summary>
/// Finds or makes the series, study and patient of a new instance. A known study keeps its patient and a known series
/// its study; what differs is told and not followed.
/// </summary>
internal sealed class ParentRows(SqliteConnection connection, Tally tally, string defaultIssuer) : IDisposable
{
    // A thousand series being sent at once are more than there are senders; beyond it the memory starts anew.
    private const int MostRemembered = 1000;

    private readonly Dictionary<string, Place> _remembered = [];

    private readonly Statement _findSeries = new(connection, """
        SELECT s.id, t.id, p.id, t.study_instance_uid, p.patient_id, p.issuer
        FROM series s JOIN studies t ON t.id = s.study JOIN patients p ON p.id = t.patient
        WHERE s.series_instance_uid = ?
        """);

    private readonly Statement _findStudy = new(connection, """
        SELECT t.id, p.id, p.patient_id, p.issuer
        FROM studies t JOIN patients p ON p.id = t.patient
        WHERE t.study_instance_uid = ?
        """);

    private readonly Statement _findPatient = new(connection,
        "SELECT id FROM patients WHERE patient_id = ? AND issuer = ? AND patient_id <> ''");

    private readonly Statement _insertPatient = new(connection, """
        INSERT INTO patients (
            patient_id, issuer, study, patient_name, name_search, patient_sex, patient_age, patient_birthdate)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private readonly Statement _insertStudy = new(connection, """
        INSERT INTO studies (study_instance_uid, patient, study_id, study_date, study_time, study_description,
            accession_number, referring_physician_name)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private readonly Statement _insertSeries = new(connection, """
        INSERT INTO series (series_instance_uid, study, modality, series_number, series_description, series_date,
            series_time, manufacturer, station_name, patient_position, body_part_examined, protocol_name)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private readonly Statement _modalities = new(connection, "SELECT modalities FROM studies WHERE id = ?");

    private readonly Statement _setModalities = new(connection, "UPDATE studies SET modalities = ? WHERE id = ?");

    private readonly Statement _distinctModalities = new(connection, """
        SELECT modality FROM series WHERE study = ? AND modality IS NOT NULL GROUP BY modality ORDER BY min(id)
        """);

    /// <param name="differs">Receives one sentence, without patient data, for each parent that is not the file's
    /// own.</param>
    public Parents FindOrMake(InstanceAttributes instance, List<string> differs)
    {
        var place = Remembered(instance.SeriesInstanceUid.Value) ?? Make(instance);
        Compare(instance, place, differs);
        return place.Parents;
    }

    /// <summary>A known series and what is above it.</summary>
    public Parents Find(string seriesUid) => Known(seriesUid).Parents;

    /// <summary>Tells how a new version's file differs from where its instance is.</summary>
    public Parents Compare(InstanceAttributes instance, string seriesUid, List<string> differs)
    {
        var place = Known(seriesUid);
        if (instance.SeriesInstanceUid.Value != seriesUid)
            differs.Add($"The instance belongs to series {seriesUid}, not to the file's {instance.SeriesInstanceUid}.");
        else
            Compare(instance, place, differs);
        return place.Parents;
    }

    /// <summary>Makes the study's list of modalities anew, after one of its series went.</summary>
    public void RefreshModalities(long study)
    {
        var modalities = new List<string>();
        _distinctModalities.Bind(1, study);
        while (_distinctModalities.Step())
            modalities.Add(_distinctModalities.GetString(0));
        _setModalities.Bind(1, string.Join('\\', modalities)).Bind(2, study).Run();
    }

    /// <summary>After a deletion, or when a batch was taken back.</summary>
    public void Forget() => _remembered.Clear();

    public void Dispose()
    {
        foreach (var statement in (Statement[])
            [
                _findSeries, _findStudy, _findPatient, _insertPatient, _insertStudy, _insertSeries, _modalities,
                _setModalities, _distinctModalities,
            ])
        {
            statement.Dispose();
        }
    }

    private Place Known(string seriesUid) =>
        Remembered(seriesUid) ?? throw new InvalidOperationException($"There is no series {seriesUid}.");

    private Place? Remembered(string seriesUid)
    {
        if (_remembered.TryGetValue(seriesUid, out var place))
            return place;
        if (!_findSeries.Bind(1, seriesUid).Step())
            return null;
        place = new Place(
            new Parents(_findSeries.GetInt64(2), _findSeries.GetInt64(1), _findSeries.GetInt64(0)),
            _findSeries.GetString(3), _findSeries.GetString(4), _findSeries.GetString(5));
        _findSeries.Reset();
        Remember(seriesUid, place);
        return place;
    }

    private Place Make(InstanceAttributes instance)
    {
        var issuer = instance.IssuerOfPatientId ?? defaultIssuer;
        var place = FindStudy(instance.StudyInstanceUid.Value);
        if (place is null)
        {
            var patient = FindPatient(instance.PatientId, issuer) ?? MakePatient(instance, issuer);
            var study = MakeStudy(instance, patient);
            place = new Place(
                new Parents(patient, study, 0), instance.StudyInstanceUid.Value, instance.PatientId, issuer);
        }

        place = place with { Parents = place.Parents with { Series = MakeSeries(instance, place.Parents) } };
        Remember(instance.SeriesInstanceUid.Value, place);
        return place;
    }

    private void Compare(InstanceAttributes instance, Place place, List<string> differs)
    {
        if (instance.StudyInstanceUid.Value != place.StudyUid)
        {
            differs.Add(
                $"The series belongs to study {place.StudyUid}, not to the file's {instance.StudyInstanceUid}.");
        }

        if (instance.PatientId != place.PatientId
            || (instance.PatientId.Length > 0 && (instance.IssuerOfPatientId ?? defaultIssuer) != place.Issuer))
        {
            differs.Add("The study belongs to another patient than the file's.");
        }
    }

    private Place? FindStudy(string uid)
    {
        if (!_findStudy.Bind(1, uid).Step())
            return null;
        var place = new Place(
            new Parents(_findStudy.GetInt64(1), _findStudy.GetInt64(0), 0), uid, _findStudy.GetString(2),
            _findStudy.GetString(3));
        _findStudy.Reset();
        return place;
    }

    private long? FindPatient(string patientId, string issuer)
    {
        if (patientId.Length == 0 || !_findPatient.Bind(1, patientId).Bind(2, issuer).Step())
            return null;
        var id = _findPatient.GetInt64(0);
        _findPatient.Reset();
        return id;
    }

    private long MakePatient(InstanceAttributes instance, string issuer)
    {
        tally.AddPatient(1);
        return _insertPatient
            .Bind(1, instance.PatientId)
            .Bind(2, issuer)
            .Bind(3, instance.PatientId.Length == 0 ? instance.StudyInstanceUid.Value : null)
            .Bind(4, instance.PatientName)
            .Bind(5, instance.PatientName is { } name ? SearchText.Fold(name) : null)
            .Bind(6, instance.PatientSex)
            .Bind(7, instance.PatientAge)
            .Bind(8, instance.PatientBirthDate)
            .Insert();
    }

    private long MakeStudy(InstanceAttributes instance, long patient)
    {
        tally.AddStudy(patient, 1);
        return _insertStudy
            .Bind(1, instance.StudyInstanceUid.Value)
            .Bind(2, patient)
            .Bind(3, instance.StudyId)
            .Bind(4, instance.StudyDate)
            .Bind(5, instance.StudyTime)
            .Bind(6, instance.StudyDescription)
            .Bind(7, instance.AccessionNumber)
            .Bind(8, instance.ReferringPhysicianName)
            .Insert();
    }

    private long MakeSeries(InstanceAttributes instance, Parents parents)
    {
        tally.AddSeries(parents.Patient, parents.Study, 1);
        var id = _insertSeries
            .Bind(1, instance.SeriesInstanceUid.Value)
            .Bind(2, parents.Study)
            .Bind(3, instance.Modality)
            .Bind(4, instance.SeriesNumber)
            .Bind(5, instance.SeriesDescription)
            .Bind(6, instance.SeriesDate)
            .Bind(7, instance.SeriesTime)
            .Bind(8, instance.Manufacturer)
            .Bind(9, instance.StationName)
            .Bind(10, instance.PatientPosition)
            .Bind(11, instance.BodyPartExamined)
            .Bind(12, instance.ProtocolName)
            .Insert();
        if (instance.Modality is { } modality)
            AddModality(parents.Study, modality);
        return id;
    }

    private void AddModality(long study, string modality)
    {
        if (!_modalities.Bind(1, study).Step())
            return;
        var known = _modalities.GetString(0);
        _modalities.Reset();
        if (known.Split('\\').Contains(modality))
            return;
        _setModalities.Bind(1, known.Length == 0 ? modality : $@"{known}\{modality}").Bind(2, study).Run();
    }

    private void Remember(string seriesUid, Place place)
    {
        if (_remembered.Count >= MostRemembered)
            _remembered.Clear();
        _remembered[seriesUid] = place;
    }

    private sealed record Place(Parents Parents, string StudyUid, string PatientId, string Issuer);
}
