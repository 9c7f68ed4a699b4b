using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>
/// The rows about files: segments, large files being written, bytes yet to be freed, the next version's id.
/// </summary>
internal sealed class SegmentRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(connection, "INSERT INTO segments (id, length) VALUES (?, ?)");
    private readonly Statement _seal = new(connection, "UPDATE segments SET sealed = 1 WHERE id = ?");
    private readonly Statement _delete = new(connection, "DELETE FROM segments WHERE id = ?");
    private readonly Statement _find = new(connection, "SELECT length, sealed, live FROM segments WHERE id = ?");
    private readonly Statement _grow = new(connection, "UPDATE segments SET length = ?, live = live + ? WHERE id = ?");
    private readonly Statement _live = new(connection, "UPDATE segments SET live = live + ? WHERE id = ?");
    private readonly Statement _nextVersion = new(connection, "UPDATE totals SET next_version = ?");
    private readonly Statement _openFile = new(connection, "INSERT INTO open_files (version) VALUES (?)");
    private readonly Statement _closeFile = new(connection, "DELETE FROM open_files WHERE version = ?");
    private readonly Statement _addFree = new(connection,
        "INSERT INTO frees (version, segment, offset, length) VALUES (?, ?, ?, ?)");

    private readonly Statement _frees = new(connection,
        "SELECT id, version, segment, offset, length FROM frees WHERE id > ? ORDER BY id LIMIT ?");

    private readonly Statement _hasFrees = new(connection, "SELECT 1 FROM frees WHERE segment = ? LIMIT 1");
    private readonly Statement _deleteFree = new(connection, "DELETE FROM frees WHERE id = ?");

    public void Insert(long segment, long length) => _insert.Bind(1, segment).Bind(2, length).Run();

    public void Seal(long segment) => _seal.Bind(1, segment).Run();

    public void Delete(long segment) => _delete.Bind(1, segment).Run();

    public SegmentRow? Find(long segment)
    {
        if (!_find.Bind(1, segment).Step())
            return null;
        var row = new SegmentRow(_find.GetInt64(0), _find.GetInt64(1) != 0, _find.GetInt64(2));
        _find.Reset();
        return row;
    }

    /// <param name="live">Bytes of records that versions refer to, among what was appended.</param>
    public void Grow(long segment, long length, long live) =>
        _grow.Bind(1, length).Bind(2, live).Bind(3, segment).Run();

    public void AddLive(long segment, long live) => _live.Bind(1, live).Bind(2, segment).Run();

    public void SetNextVersion(long version) => _nextVersion.Bind(1, version).Run();

    public void AddOpenFile(long version) => _openFile.Bind(1, version).Run();

    public void RemoveOpenFile(long version) => _closeFile.Bind(1, version).Run();

    public void AddFree(long version, long? segment, long offset, long length) =>
        _addFree.Bind(1, version).Bind(2, segment).Bind(3, offset).Bind(4, length).Run();

    public List<FreeRow> Frees(long after, int limit)
    {
        var frees = new List<FreeRow>();
        _frees.Bind(1, after).Bind(2, limit);
        while (_frees.Step())
        {
            frees.Add(new FreeRow(
                _frees.GetInt64(0), _frees.GetInt64(1), _frees.IsNull(2) ? null : _frees.GetInt64(2),
                _frees.GetInt64(3), _frees.GetInt64(4)));
        }

        return frees;
    }

    public bool HasFrees(long segment)
    {
        if (!_hasFrees.Bind(1, segment).Step())
            return false;
        _hasFrees.Reset();
        return true;
    }

    public void RemoveFree(long id) => _deleteFree.Bind(1, id).Run();

    public void Dispose()
    {
        foreach (var statement in (Statement[])
            [
                _insert, _seal, _delete, _find, _grow, _live, _nextVersion, _openFile, _closeFile, _addFree, _frees,
                _hasFrees, _deleteFree,
            ])
        {
            statement.Dispose();
        }
    }
}

internal sealed record SegmentRow(long Length, bool IsSealed, long Live);

/// <summary>A place whose rows are gone and whose bytes are not.</summary>
/// <param name="Segment">Null: the file <c>large/VERSION</c>.</param>
/// <param name="Length">0: the whole file.</param>
internal sealed record FreeRow(long Id, long Version, long? Segment, long Offset, long Length);
