using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using NeurDicom.Dicom.Text;
using SQLitePCL;

namespace NeurDicom.Index;

/// <summary>
/// The rows of one SELECT, read column by column as the UTF-8 that SQLite holds, so that a list goes from the index to
/// the socket without a string in between. The statement is compiled once per connection and SQL text, and goes back
/// to its connection on dispose.
/// </summary>
internal readonly struct Rows : IDisposable
{
    private readonly PreparedStatements _home;
    private readonly string _sql;
    private readonly sqlite3_stmt _statement;
    private readonly nint _columns;

    private Rows(PreparedStatements home, string sql)
    {
        _home = home;
        _sql = sql;
        _statement = home.Take(sql);
        _columns = _statement.DangerousGetHandle();
    }

    public static Rows Of(SqliteConnection connection, string sql)
    {
        // Not null: the connection is open.
        return new Rows(PreparedStatements.Of(connection.Handle!), sql);
    }

    /// <summary>Gives the next parameter, counted from one, its value.</summary>
    public Rows Bind(int parameter, long value)
    {
        _home.Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    /// <inheritdoc cref="Bind(int, long)"/>
    public Rows Bind(int parameter, string? value)
    {
        _home.Check(value is null
            ? raw.sqlite3_bind_null(_statement, parameter)
            : raw.sqlite3_bind_text(_statement, parameter, value));
        return this;
    }

    /// <inheritdoc cref="Bind(int, long)"/>
    public Rows Bind(int parameter, object? value)
    {
        return value is long number ? Bind(parameter, number) : Bind(parameter, (string?)value);
    }

    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
            _home.Check(code);
        return false;
    }

    public int ColumnCount => raw.sqlite3_column_count(_statement);

    public bool IsNumber(int column)
    {
        return SqliteColumns.Type(_columns, column) == raw.SQLITE_INTEGER;
    }

    public bool IsNull(int column)
    {
        return SqliteColumns.Type(_columns, column) == raw.SQLITE_NULL;
    }

    public long Int64(int column)
    {
        return SqliteColumns.Int64(_columns, column);
    }

    /// <summary>A text or blob column's bytes, valid until the next row; empty for null.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        // For TEXT in a UTF-8 database this is the text itself, unconverted (sqlite.org/c3ref/column_blob.html).
        return SqliteColumns.Bytes(_columns, column);
    }

    public string? Text(int column)
    {
        return IsNull(column) ? null : System.Text.Encoding.UTF8.GetString(Bytes(column));
    }

    public void Dispose()
    {
        _home.Return(_sql, _statement);
    }

    /// <summary>The compiled statements of one connection.</summary>
    private sealed class PreparedStatements(sqlite3 database)
    {
        // Filters make many texts; what is left over beyond this many is compiled again when it comes back.
        private const int Most = 128;

        private static readonly ConditionalWeakTable<sqlite3, PreparedStatements> ByConnection = [];

        private readonly Dictionary<string, sqlite3_stmt> _idle = new(StringComparer.Ordinal);

        public static PreparedStatements Of(sqlite3 database)
        {
            return ByConnection.GetValue(database, static key =>
            {
                // For names that have no folded column of their own.
                raw.sqlite3_create_function(key, "fold", 1, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, Fold);
                return new PreparedStatements(key);
            });
        }

        public sqlite3_stmt Take(string sql)
        {
            if (_idle.Remove(sql, out var idle))
                return idle;
            Check(raw.sqlite3_prepare_v2(database, sql, out var statement));
            return statement;
        }

        public void Return(string sql, sqlite3_stmt statement)
        {
            // Reset repeats the error of the last step, which was thrown already.
            _ = raw.sqlite3_reset(statement);
            _ = raw.sqlite3_clear_bindings(statement);
            if (_idle.Count >= Most || !_idle.TryAdd(sql, statement))
                statement.Dispose();
        }

        public void Check(int code)
        {
            SqliteException.ThrowExceptionForRC(code, database);
        }

        private static void Fold(sqlite3_context context, object data, sqlite3_value[] arguments)
        {
            if (raw.sqlite3_value_type(arguments[0]) == raw.SQLITE_NULL)
                raw.sqlite3_result_null(context);
            else
                raw.sqlite3_result_text(
                    context, SearchText.Fold(raw.sqlite3_value_text(arguments[0]).utf8_to_string()));
        }
    }
}
