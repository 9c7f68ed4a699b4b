using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>
/// Takes rows away at one of the four levels: all below, and the parents that are empty then, counters kept. Set by
/// set and not row by row, so that a patient of a hundred thousand instances goes in one transaction.
/// </summary>
internal sealed class DeletionRows(
    SqliteConnection connection, Tally tally, ParentRows parents, ChangeRows changes, ChangeAudit audit) : IDisposable
{
    private readonly Statement _patient = new(connection, "SELECT id FROM patients WHERE id = ?");

    private readonly Statement _study = new(connection, "SELECT study_instance_uid, patient FROM studies WHERE id = ?");

    private readonly Statement _series = new(connection, """
        SELECT s.series_instance_uid, s.study, t.patient FROM series s JOIN studies t ON t.id = s.study WHERE s.id = ?
        """);

    private readonly Statement _instance = new(connection, """
        SELECT i.sop_instance_uid, i.series, s.study, t.patient
        FROM instances i JOIN series s ON s.id = i.series JOIN studies t ON t.id = s.study WHERE i.id = ?
        """);

    private readonly Statement _studiesOf = new(connection, "SELECT id FROM studies WHERE patient = ?");
    private readonly Statement _seriesOf = new(connection, "SELECT id FROM series WHERE study = ?");
    private readonly Statement _hasInstance = new(connection, "SELECT 1 FROM instances WHERE series = ? LIMIT 1");
    private readonly Statement _hasSeries = new(connection, "SELECT 1 FROM series WHERE study = ? LIMIT 1");
    private readonly Statement _hasStudy = new(connection, "SELECT 1 FROM studies WHERE patient = ? LIMIT 1");

    private readonly Statement _versionsOfSeries = new(connection, $"""
        SELECT {InstanceRows.PlaceColumns}, v.instance FROM instances i JOIN versions v ON v.instance = i.id
        WHERE i.series = ? ORDER BY v.id
        """);

    private readonly Statement _versionsOfInstance = new(connection, $"""
        SELECT {InstanceRows.PlaceColumns}, v.instance FROM versions v WHERE v.instance = ? ORDER BY v.id
        """);

    private readonly Statement _deleteVersionsOfSeries = new(connection,
        "DELETE FROM versions WHERE instance IN (SELECT id FROM instances WHERE series = ?)");

    private readonly Statement _deleteVersions = new(connection, "DELETE FROM versions WHERE instance = ?");
    private readonly Statement _deleteInstances = new(connection, "DELETE FROM instances WHERE series = ?");
    private readonly Statement _deleteInstance = new(connection, "DELETE FROM instances WHERE id = ?");
    private readonly Statement _deleteSeries = new(connection, "DELETE FROM series WHERE id = ?");
    private readonly Statement _deleteStudy = new(connection, "DELETE FROM studies WHERE id = ?");
    private readonly Statement _deletePatient = new(connection, "DELETE FROM patients WHERE id = ?");

    /// <param name="gone">Receives the places of the versions that went.</param>
    public DeleteResult Delete(Level level, long id, long at, Sender sender, List<VersionPlace> gone)
    {
        var result = level switch
        {
            Level.Patient => DeletePatient(id, at, sender, gone),
            Level.Study => DeleteStudy(id, at, sender, gone),
            Level.Series => DeleteSeries(id, at, sender, gone),
            Level.Instance => DeleteInstance(id, at, sender, gone),
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
        };
        if (result.Found)
            parents.Forget();
        return result;
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])
            [
                _patient, _study, _series, _instance, _studiesOf, _seriesOf, _hasInstance, _hasSeries, _hasStudy,
                _versionsOfSeries, _versionsOfInstance, _deleteVersionsOfSeries, _deleteVersions, _deleteInstances,
                _deleteInstance, _deleteSeries, _deleteStudy, _deletePatient,
            ])
        {
            statement.Dispose();
        }
    }

    private DeleteResult DeletePatient(long id, long at, Sender sender, List<VersionPlace> gone)
    {
        if (!Exists(_patient, id))
            return DeleteResult.Nothing;
        var result = DeleteResult.Nothing;
        foreach (var study in Ids(_studiesOf, id))
        {
            var uid = audit.UidOf(study);
            var taken = TakeStudy(study, id, gone);
            audit.WriteDeleted(at, sender, Level.Study, study, uid, id, study, taken.Instances);
            result += taken;
        }

        audit.WriteDeleted(at, sender, Level.Patient, id, null, id, null, result.Instances);
        return result + TakePatient(id, at, sender);
    }

    private DeleteResult DeleteStudy(long id, long at, Sender sender, List<VersionPlace> gone)
    {
        if (!_study.Bind(1, id).Step())
            return DeleteResult.Nothing;
        var (uid, patient) = (_study.GetString(0), _study.GetInt64(1));
        _study.Reset();

        var result = TakeStudy(id, patient, gone);
        changes.Add(at, ChangeRows.Deleted, Level.Study, uid, id, patient, sender);
        audit.WriteDeleted(at, sender, Level.Study, id, uid, patient, id, result.Instances);
        return result + PruneUpwards(null, null, patient, at, sender);
    }

    private DeleteResult DeleteSeries(long id, long at, Sender sender, List<VersionPlace> gone)
    {
        if (!_series.Bind(1, id).Step())
            return DeleteResult.Nothing;
        var (uid, study, patient) = (_series.GetString(0), _series.GetInt64(1), _series.GetInt64(2));
        _series.Reset();

        var result = TakeSeries(new Parents(patient, study, id), gone);
        changes.Add(at, ChangeRows.Deleted, Level.Series, uid, id, study, sender);
        audit.WriteDeleted(at, sender, Level.Series, id, uid, patient, study, result.Instances);
        return result + PruneUpwards(null, study, patient, at, sender);
    }

    private DeleteResult DeleteInstance(long id, long at, Sender sender, List<VersionPlace> gone)
    {
        if (!_instance.Bind(1, id).Step())
            return DeleteResult.Nothing;
        var uid = _instance.GetString(0);
        var above = new Parents(_instance.GetInt64(3), _instance.GetInt64(2), _instance.GetInt64(1));
        _instance.Reset();

        var (_, versions, size) = Gather(_versionsOfInstance, id, gone);
        _deleteVersions.Bind(1, id).Run();
        _deleteInstance.Bind(1, id).Run();
        tally.AddVersions(above, -1, -versions, -size);
        changes.Add(at, ChangeRows.Deleted, Level.Instance, uid, id, above.Series, sender);
        audit.WriteDeleted(at, sender, Level.Instance, id, uid, above.Patient, above.Study, 1);
        return new DeleteResult(0, 0, 0, 1, versions, size)
            + PruneUpwards(above.Series, above.Study, above.Patient, at, sender);
    }

    /// <summary>Takes away the parents that nothing is left in, and says so in the feed.</summary>
    private DeleteResult PruneUpwards(long? series, long? study, long patient, long at, Sender sender)
    {
        const string note = "empty";
        var result = DeleteResult.Nothing;
        if (series is { } emptySeries && !Exists(_hasInstance, emptySeries) && _series.Bind(1, emptySeries).Step())
        {
            var uid = _series.GetString(0);
            _series.Reset();
            result += TakeSeries(new Parents(patient, study!.Value, emptySeries), []);
            changes.Add(at, ChangeRows.Deleted, Level.Series, uid, emptySeries, study, sender, note);
        }

        if (study is { } emptyStudy && !Exists(_hasSeries, emptyStudy) && _study.Bind(1, emptyStudy).Step())
        {
            var uid = _study.GetString(0);
            _study.Reset();
            result += TakeStudy(emptyStudy, patient, []);
            changes.Add(at, ChangeRows.Deleted, Level.Study, uid, emptyStudy, patient, sender, note);
        }
        else if (study is { } kept)
        {
            parents.RefreshModalities(kept);
        }

        return Exists(_hasStudy, patient) ? result : result + TakePatient(patient, at, sender, note);
    }

    private DeleteResult TakePatient(long id, long at, Sender sender, string? note = null)
    {
        _deletePatient.Bind(1, id).Run();
        tally.AddPatient(-1);
        changes.Add(at, ChangeRows.Deleted, Level.Patient, null, id, null, sender, note);
        return new DeleteResult(1, 0, 0, 0, 0, 0);
    }

    private DeleteResult TakeStudy(long id, long patient, List<VersionPlace> gone)
    {
        var result = new DeleteResult(0, 1, 0, 0, 0, 0);
        foreach (var series in Ids(_seriesOf, id))
            result += TakeSeries(new Parents(patient, id, series), gone);
        _deleteStudy.Bind(1, id).Run();
        tally.AddStudy(patient, -1);
        return result;
    }

    private DeleteResult TakeSeries(Parents above, List<VersionPlace> gone)
    {
        var (instances, versions, size) = Gather(_versionsOfSeries, above.Series, gone);
        _deleteVersionsOfSeries.Bind(1, above.Series).Run();
        _deleteInstances.Bind(1, above.Series).Run();
        _deleteSeries.Bind(1, above.Series).Run();
        tally.AddVersions(above, -instances, -versions, -size);
        tally.AddSeries(above.Patient, above.Study, -1);
        return new DeleteResult(0, 0, 1, instances, versions, size);
    }

    private static (int Instances, int Versions, long Size) Gather(Statement select, long id, List<VersionPlace> gone)
    {
        var (versions, size) = (0, 0L);
        var instances = new HashSet<long>();
        select.Bind(1, id);
        while (select.Step())
        {
            var place = InstanceRows.ReadPlace(select);
            gone.Add(place);
            instances.Add(select.GetInt64(9));
            versions++;
            size += place.Size;
        }

        return (instances.Count, versions, size);
    }

    private static List<long> Ids(Statement select, long parent)
    {
        var ids = new List<long>();
        select.Bind(1, parent);
        while (select.Step())
            ids.Add(select.GetInt64(0));
        return ids;
    }

    private static bool Exists(Statement select, long id)
    {
        if (!select.Bind(1, id).Step())
            return false;
        select.Reset();
        return true;
    }
}
