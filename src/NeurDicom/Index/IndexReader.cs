using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NeurDicom.Index;

/// <summary>One read-only connection, and the clock that stops its queries.</summary>
internal sealed class IndexReader : IDisposable
{
    // Some hundred thousand of SQLite's steps are done in a millisecond's time: often enough, and not to be felt.
    private const int StepsBetweenLooks = 20_000;

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _clock;
    private readonly delegate_progress _look;
    private long _started;
    private TimeSpan _limit;
    private CancellationToken _cancel;

    public IndexReader(string connectionString, TimeProvider clock)
    {
        _clock = clock;
        _connection = new SqliteConnection(connectionString);
        _connection.Open();
        ArchiveIndex.Execute(_connection, """
            PRAGMA query_only = ON;
            PRAGMA busy_timeout = 10000;
            PRAGMA cache_size = -16384;
            PRAGMA temp_store = MEMORY;
            """);
        // Kept in a field: SQLite holds the only other reference, which the collector does not see.
        _look = _ => IsOver ? 1 : 0;
        raw.sqlite3_progress_handler(_connection.Handle, StepsBetweenLooks, _look, null);
    }

    private bool IsOver => _cancel.IsCancellationRequested || _clock.GetElapsedTime(_started) > _limit;

    public T Run<T>(Func<SqliteConnection, T> query, TimeSpan limit, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _started = _clock.GetTimestamp();
        _limit = limit;
        _cancel = cancel;

        // One transaction, so that a list and its count agree; deferred, so it costs two parsed words.
        raw.sqlite3_exec(_connection.Handle, "BEGIN");
        try
        {
            return query(_connection);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            cancel.ThrowIfCancellationRequested();
            throw new QueryLimitException(limit);
        }
        finally
        {
            _cancel = default;
            _limit = TimeSpan.MaxValue;
            raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
        }
    }

    public void Dispose() => _connection.Dispose();
}
