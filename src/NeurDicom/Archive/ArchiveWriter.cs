using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NeurDicom.Index;
using SQLitePCL;

namespace NeurDicom.Archive;

/// <summary>
/// The only writer of the archive: one thread that takes whatever has arrived from all clients, appends it to the open
/// segment, flushes that once, commits the rows in one transaction and then answers every one of them. A failure takes
/// all of it back. Stores are in <c>ArchiveWriter.Stores.cs</c>, the names of large files in <c>.LargeFiles.cs</c>,
/// deletions in <c>.Deletions.cs</c>, and what gives bytes back to the disk in <c>.Freeing.cs</c>.
/// </summary>
internal sealed partial class ArchiveWriter : IAsyncDisposable
{
    private const int MostInBatch = 512;
    private const long MostBytesInBatch = 32L << 20;
    private const int MostWaiting = 1024;

    /// <summary>
    /// What one batch may append, and so what a crash can leave behind the last commit. A batch of many ends far below;
    /// one large header, of at most 64 MiB, comes with all its metadata.
    /// </summary>
    internal const long LargestAppend = 96L << 20;

    private readonly Channel<Request> _queue = Channel.CreateBounded<Request>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection _connection;
    private readonly Leases _leases;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Flusher _flusher = new();

    private readonly Tally _tally;
    private readonly ParentRows _parents;
    private readonly InstanceRows _instances;
    private readonly ChangeRows _changes;
    private readonly ChangeAudit _audit;
    private readonly SegmentRows _segments;
    private readonly DeletionRows _deletions;

    private OpenSegment _open;
    private long _nextVersion;
    private long _replacements;
    private volatile Exception? _broken;
    private bool _isDisposed;

    /// <param name="connection">The only one that writes; this object's from here on.</param>
    public ArchiveWriter(
        SqliteConnection connection,
        Repaired repaired,
        SegmentFiles files,
        Leases leases,
        Settings settings,
        ArchiveSizes sizes,
        DiskSpace space,
        TimeProvider clock,
        ILogger<ArchiveWriter> logger)
    {
        _connection = connection;
        _open = repaired.Open;
        _nextVersion = repaired.NextVersion;
        Files = files;
        _leases = leases;
        Settings = settings;
        Sizes = sizes;
        Space = space;
        Slots = new SemaphoreSlim(settings.MaxStores);
        _clock = clock;
        _logger = logger;

        _tally = new Tally(connection);
        _parents = new ParentRows(connection, _tally, settings.DefaultIssuer);
        _instances = new InstanceRows(connection);
        _changes = new ChangeRows(connection);
        _segments = new SegmentRows(connection);
        _audit = new ChangeAudit(connection);
        _deletions = new DeletionRows(connection, _tally, _parents, _changes, _audit);
        _deadSegments = repaired.DeadSegments;
        _canPunch = sizes.Punch;

        leases.Released = () => _queue.Writer.TryWrite(Nudge.Instance);
        new Thread(Run) { Name = "archive writer", IsBackground = true }.Start();
    }

    public Settings Settings { get; }

    public ArchiveSizes Sizes { get; }

    public TimeProvider Clock => _clock;

    public SegmentFiles Files { get; }

    public DiskSpace Space { get; }

    /// <summary>Awaited before a deletion is queued: the audit trail's last chance to look up what goes.</summary>
    public Func<Task>? Deleting { get; set; }

    /// <summary>One for each store that may be received at a time.</summary>
    public SemaphoreSlim Slots { get; }

    /// <summary>
    /// A commit or a flush failed in a way that leaves unknown what is on the disk: only a restart helps.
    /// </summary>
    public bool IsBroken => _broken is not null;

    /// <summary>
    /// Grows whenever something that was stored is deleted or gets a new version;
    /// what was made of it before may be wrong.
    /// </summary>
    public long Replacements => Volatile.Read(ref _replacements);

    /// <summary>Stores what arrived. The arrival stays the caller's, who disposes of it after the answer.</summary>
    public async Task<StoreResult> StoreAsync(Arrival arrival, Sender sender, CancellationToken cancel)
    {
        var request = new StoreRequest(arrival, sender);
        await _queue.Writer.WriteAsync(request, cancel);
        // Not cancelled from here on: the writer reads the arrival's memory, which the caller may reuse once we return.
        return await request.Answer;
    }

    /// <summary>
    /// Takes a patient, study, series or instance away, with everything below it and the parents it empties.
    /// </summary>
    public async Task<DeleteResult> DeleteAsync(Level level, long id, Sender sender, CancellationToken cancel)
    {
        if (Deleting is { } deleting)
            await deleting();
        var request = new DeleteRequest(level, id, sender);
        await _queue.Writer.WriteAsync(request, cancel);
        return await request.Answer;
    }

    /// <summary>
    /// Writes small rows of others in the next batch's transaction, in a savepoint of its own: what it throws undoes
    /// only itself and comes back to the caller. The answer comes after the commit. It may run twice.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, T> write, CancellationToken cancel)
    {
        var request = new RowsRequest<T>(write);
        await _queue.Writer.WriteAsync(request, cancel);
        return await request.Answer;
    }

    /// <summary>
    /// Writes what is queued, and ends. The archive disposes of it, and the services that hold it do too.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        _queue.Writer.TryComplete();
        await _ended.Task;
        _leases.Released = null;
        _flusher.Dispose();
        Slots.Dispose();
        foreach (var rows in (IDisposable[])
            [_deletions, _segments, _audit, _changes, _instances, _parents, _tally, _open])
        {
            rows.Dispose();
        }
        _connection.Dispose();
    }

    private void Run()
    {
        var batch = new List<Request>(MostInBatch);
        while (true)
        {
            if (Take(batch))
            {
                RunOrFail(batch);
                batch.Clear();
            }

            // A little after each batch, so that freeing neither starves nor holds up the stores.
            var more = FreeSome();
            if (_queue.Reader.TryPeek(out _) || (more && !_queue.Reader.Completion.IsCompleted))
                continue;
            if (!WaitForMore())
                break;
        }

        _ended.SetResult();
    }

    private bool WaitForMore() => _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Takes what is waiting, up to a batch; a deletion is a batch of its own.</summary>
    private bool Take(List<Request> batch)
    {
        var bytes = 0L;
        while (batch.Count < MostInBatch && _queue.Reader.TryPeek(out var next))
        {
            if (batch.Count > 0 && (next is DeleteRequest || bytes + next.Bytes > MostBytesInBatch))
                break;
            _queue.Reader.TryRead(out _);
            if (next is Nudge)
                continue;
            batch.Add(next);
            if (next is DeleteRequest)
                break;
            bytes += next.Bytes;
        }

        return batch.Count > 0;
    }

    private void RunOrFail(List<Request> batch)
    {
        try
        {
            if (_broken is { } earlier)
                throw new IOException(
                    "The archive stopped writing after its disk failed; see the log, then restart it.", earlier);
            RunBatch(batch);
            foreach (var request in batch)
                request.Succeed();
        }
        catch (Exception e) when (batch.Count > 1 && !IsBroken && !IsOutOfSpace(e))
        {
            // One of them cannot be written: alone, it fails alone.
            Log.BatchFailed(_logger, batch.Count, e);
            foreach (var request in batch)
                RunOrFail([request]);
        }
        catch (Exception e)
        {
            foreach (var request in batch)
                request.Fail(e, IsOutOfSpace(e));
        }
    }

    private void RunBatch(List<Request> batch)
    {
        var firstVersion = _nextVersion;
        var opened = _open;
        var appended = false;
        var at = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var transaction = _connection.BeginTransaction(deferred: false);
        try
        {
            var parts = batch[0] is DeleteRequest deletion ? Delete(deletion, at) : Place(batch, at);
            if (parts.Count > 0)
            {
                appended = true;
                _open.Append(parts);
                _flusher.Start(_open);
            }

            try
            {
                WriteRows(batch, transaction, at);
                if (_nextVersion != firstVersion)
                    _segments.SetNextVersion(_nextVersion);
            }
            finally
            {
                if (appended)
                    _flusher.Finish();
            }

            Commit(transaction);
        }
        catch (Exception e)
        {
            TakeBack(transaction, opened, firstVersion, appended, e);
            throw;
        }
        finally
        {
            transaction.Dispose();
        }

        // Before anybody is answered.
        if (batch.Exists(
            request => request is DeleteRequest { Result.Found: true } or StoreRequest { Plan.Number: > 1 }))
        {
            Interlocked.Increment(ref _replacements);
        }
        if (!ReferenceEquals(opened, _open))
            opened.Dispose();
        _open.Commit(_appendedTo);
        if (batch[0] is DeleteRequest { Result.Found: true } deleted)
            BeginFreeing(deleted.Gone.Select(place => place.MetadataSegment));
    }

    private void Commit(SqliteTransaction transaction)
    {
        try
        {
            transaction.Commit();
        }
        catch (Exception e) when (!IsOutOfSpace(e))
        {
            // The commit may be in the log and come back after a crash. So nothing more may be written behind it, and
            // nothing that it refers to may be taken back.
            Break(e);
            throw;
        }
    }

    /// <summary>Undoes a batch, so that what comes next finds everything as it was.</summary>
    private void TakeBack(
        SqliteTransaction transaction, OpenSegment opened, long firstVersion, bool appended, Exception reason)
    {
        if (reason is FlushException && !IsOutOfSpace(reason))
            Break(reason);
        if (IsBroken)
            return;
        try
        {
            _nextVersion = firstVersion;
            _tally.Clear();
            _audit.Clear();
            _parents.Forget();
            Rollback(transaction);
            if (!ReferenceEquals(opened, _open))
            {
                var fresh = Files.PathOf(_open.Number);
                _open.Dispose();
                _open = opened;
                File.Delete(fresh);
            }
            else if (appended)
            {
                _open.Cut();
            }
        }
        catch (Exception e)
        {
            // Whatever it was, index and segment may now say different things.
            Break(e);
        }
    }

    /// <summary>
    /// Rolls back what SQLite may have rolled back of its own accord, as it does when the disk is full.
    /// </summary>
    private void Rollback(SqliteTransaction transaction)
    {
        // SqliteTransaction knows only some of these cases, and in the others fails for want of a transaction.
        if (raw.sqlite3_get_autocommit(_connection.Handle) != 0)
            raw.sqlite3_exec(_connection.Handle, "BEGIN");
        if (transaction.Connection is not null)
            transaction.Rollback();
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
    }

    private void Break(Exception e)
    {
        _broken = e;
        Log.Broken(_logger, e);
    }

    public static bool IsOutOfSpace(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => true,
        FlushException { InnerException: { } inner } => IsOutOfSpace(inner),
        IOException io => io.HResult is 28 or 122 or unchecked((int)0x80070070), // ENOSPC, EDQUOT; ERROR_DISK_FULL
        _ => false,
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A batch of {Count} could not be written; each is tried alone.")]
        public static partial void BatchFailed(ILogger logger, int count, Exception e);

        [LoggerMessage(LogLevel.Critical, "The disk failed while writing: nothing more is written until a restart.")]
        public static partial void Broken(ILogger logger, Exception e);

        [LoggerMessage(
            LogLevel.Error, "Bytes of deleted versions could not be freed; they are tried again at the next start.")]
        public static partial void FreeingFailed(ILogger logger, Exception e);

        [LoggerMessage(
            LogLevel.Warning,
            "The large file {Version} is gone and still noted as being written; the next start puts that right.")]
        public static partial void LargeNotForgotten(ILogger logger, long version, Exception e);

        [LoggerMessage(LogLevel.Warning, "The file system cannot punch holes: deleted bytes come free by compaction.")]
        public static partial void CannotPunch(ILogger logger);

        [LoggerMessage(LogLevel.Information, "Segment {Segment} holds nothing any more and was removed.")]
        public static partial void SegmentRemoved(ILogger logger, long segment);
    }
}
