using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>
/// The audit rows of what changes the archive, in the transaction that changes it: one for each study that a sender
/// stored to in a batch, and one for each thing that was deleted.
/// </summary>
internal sealed class ChangeAudit(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<(Sender Sender, long Study), (long Patient, long Count)> _stored = [];
    private readonly Statement _insert = AuditRows.Prepare(connection);
    private readonly Statement _uid = new(connection, "SELECT study_instance_uid FROM studies WHERE id = ?");


    public void AddStored(Sender sender, Parents parents)
    {
        var (_, count) = _stored.GetValueOrDefault((sender, parents.Study));
        _stored[(sender, parents.Study)] = (parents.Patient, count + 1);
    }

    /// <summary>Writes what a batch stored.</summary>
    public void WriteStored(long at)
    {
        foreach (var ((sender, study), (patient, count)) in _stored)
        {
            var uid = UidOf(study);
            Write(at, "store", sender, Level.Study, study, uid, patient, study, uid, count);
        }

        _stored.Clear();
    }

    /// <summary>Forgets what a batch stored that is taken back.</summary>
    public void Clear() => _stored.Clear();

    /// <summary>
    /// Notes what was deleted; the study's row may be gone, but not what is above it in the same transaction.
    /// </summary>
    /// <param name="instances">How many went with it.</param>
    public void WriteDeleted(
        long at, Sender sender, Level level, long id, string? uid, long patient, long? study, long instances)
    {
        var studyUid = level == Level.Study ? uid : study is { } row ? UidOf(row) : null;
        Write(at, "delete", sender, level, id, uid, patient, study, studyUid, instances);
    }

    public string? UidOf(long study)
    {
        if (!_uid.Bind(1, study).Step())
            return null;
        var uid = _uid.GetString(0);
        _uid.Reset();
        return uid;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _uid.Dispose();
    }

    private void Write(
        long at, string happened, Sender sender, Level level, long id, string? uid, long patient, long? study,
        string? studyUid, long count) => AuditRows.Run(
        _insert,
        new AuditRow(
            happened, sender.Who, sender.User, sender.Via, sender.Address?.ToString() ?? "", null, null,
            AuditEvent.Done,
            level.ToWord(), id, uid, patient, study, studyUid),
        new AuditSpan { First = at, Last = at, Count = count });
}
