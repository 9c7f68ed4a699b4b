using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace NeurDicom.Index;

/// <summary>
/// One statement, compiled once and run often: what the writer does thousands of times a second, without the objects
/// that a <see cref="SqliteCommand"/> makes each time. One thread only.
/// </summary>
internal sealed class Statement(SqliteConnection connection, string sql) : IDisposable
{
    private readonly sqlite3 _connection = connection.Handle!;
    private readonly sqlite3_stmt _statement = Prepare(connection.Handle!, sql);

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    public Statement Bind(int index, long? value)
    {
        Check(value is { } number
            ? raw.sqlite3_bind_int64(_statement, index, number)
            : raw.sqlite3_bind_null(_statement, index));
        return this;
    }

    public Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_statement, index));
        }
        else if (value.Length == 0)
        {
            // A span without length has no address, and SQLite takes that for NULL.
            Check(raw.sqlite3_bind_text(_statement, index, ""));
        }
        else
        {
            Span<byte> bytes = value.Length <= 256
                ? stackalloc byte[3 * 256]
                : new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
            Check(raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
        }

        return this;
    }

    /// <summary>Binds bytes, of which there is at least one.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    /// <summary>
    /// Whether there is a (further) row. Where there is none, the statement is ready to be run again.
    /// </summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        // The reset repeats the error, and lets go of what the statement holds.
        var reset = raw.sqlite3_reset(_statement);
        Check(result == raw.SQLITE_DONE ? reset : result);
        return false;
    }

    /// <summary>Runs a statement that has no rows.</summary>
    public void Run()
    {
        if (Step())
            throw new InvalidOperationException("The statement has rows.");
    }

    /// <summary>Runs an INSERT of one row.</summary>
    /// <returns>The new row's id.</returns>
    public long Insert()
    {
        Run();
        return raw.sqlite3_last_insert_rowid(_connection);
    }

    public void Reset() => raw.sqlite3_reset(_statement);

    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public string GetString(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> GetBytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private static sqlite3_stmt Prepare(sqlite3 connection, string sql)
    {
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), connection);
        return statement;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _connection);
    }
}
