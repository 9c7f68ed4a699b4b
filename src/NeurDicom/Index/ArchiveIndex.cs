using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace NeurDicom.Index;

/// <summary>
/// The rows: a SQLite file in WAL mode. Reading goes through <see cref="ReadAsync"/>, on connections that cannot write;
/// everything that writes goes through <c>ArchiveWriter</c>, which owns the only other connection.
/// </summary>
internal sealed class ArchiveIndex : IDisposable
{
    private readonly string _file;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _clock;
    private readonly ConcurrentBag<IndexReader> _idle = [];
    private readonly SemaphoreSlim _slots;

    private ArchiveIndex(string file, TimeSpan limit, TimeProvider clock)
    {
        _file = file;
        _limit = limit;
        _clock = clock;

        // A query runs on its caller's thread. Slow ones must not use up the pool before it has made more threads.
        var readers = Math.Max(4, 2 * Environment.ProcessorCount);
        _slots = new SemaphoreSlim(readers, readers);
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, readers + Environment.ProcessorCount), ports);
    }

    /// <summary>Opens the file, makes it where there is none, and brings its schema up to date.</summary>
    /// <exception cref="DataFolderException">A newer program wrote it, or it is not an index.</exception>
    public static ArchiveIndex Open(string file, TimeSpan queryLimit, TimeProvider clock, ILogger logger)
    {
        SqliteEngine.Load(logger);
        var index = new ArchiveIndex(file, queryLimit, clock);
        try
        {
            using var connection = index.OpenForWriting();
            Migrations.Run(connection, logger);
            Disk.FlushFolder(Path.GetDirectoryName(file)!);
        }
        catch (SqliteException e)
        {
            throw new DataFolderException($"The index {file} cannot be opened: {e.Message}", e);
        }

        return index;
    }

    /// <summary>
    /// Runs a query on a connection that cannot write. All statements of one query see the same state. The query must
    /// not keep the connection or a reader beyond its return.
    /// </summary>
    /// <exception cref="QueryLimitException">It took longer than the limit, or had to wait too long for its
    /// turn.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> query, CancellationToken cancel)
    {
        if (!await _slots.WaitAsync(_limit, cancel))
            throw new QueryLimitException(_limit);
        try
        {
            if (!_idle.TryTake(out var reader))
                reader = new IndexReader(ConnectionString(SqliteOpenMode.ReadOnly), _clock);
            try
            {
                return reader.Run(query, _limit, cancel);
            }
            finally
            {
                _idle.Add(reader);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>For <c>ArchiveWriter</c>, and before it for the start, alone.</summary>
    internal SqliteConnection OpenForWriting()
    {
        var connection = new SqliteConnection(ConnectionString(SqliteOpenMode.ReadWriteCreate));
        try
        {
            connection.Open();
            // FULL: a commit returns after the WAL is flushed. EXTRA would add nothing in WAL mode.
            Execute(connection, """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA foreign_keys = ON;
                PRAGMA busy_timeout = 10000;
                PRAGMA cache_size = -65536;
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 67108864;
                """);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var reader))
            reader.Dispose();
        _slots.Dispose();
    }

    private string ConnectionString(SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = _file,
        Mode = mode,
        Pooling = false,
    }.ToString();
}
