using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NeurDicom.Index;

namespace NeurDicom.Archive;

/// <summary>
/// The audit trail's way into the index (docs/decisions/0007).
/// A request adds what it did to a table in memory, where equal ones are counted; half a second later all of it is
/// written in one transaction. So a read costs no write, and what an orderly stop or a second has passed is on the
/// disk. What changes the archive is not added here: the writer notes it in the transaction that does it.
/// </summary>
internal sealed partial class AuditTrail : IAsyncDisposable
{
    private const int MostPending = 50_000;

    // Who has not signed in fills no more than this, whatever names and addresses they come with.
    private const int MostClaims = 10_000;
    private const int LongestText = 200;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ArchiveIndex _index;
    private readonly ArchiveWriter _writer;
    private readonly AuditRetention _retention;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Dictionary<AuditEvent, AuditSpan> _pending = [];
    private bool _namesResources;
    private long _lost;
    private bool _isFailing;

    public AuditTrail(
        ArchiveIndex index, ArchiveWriter writer, AuditRetention retention, TimeProvider clock,
        ILogger<AuditTrail> logger)
    {
        (_index, _writer, _retention, _clock, _logger) = (index, writer, retention, clock, logger);
        _timer = clock.CreateTimer(_ => _ = WriteAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // What is deleted cannot be looked up any more, so who looked at it before is written down first.
        writer.Deleting = () => NamesResources ? WriteAsync() : Task.CompletedTask;
    }

    private bool NamesResources
    {
        get
        {
            lock (_lock)
                return _namesResources;
        }
    }

    /// <summary>Notes an event. It never waits and never fails.</summary>
    public void Add(AuditEvent happened)
    {
        // What waits in memory comes from callers, who may send much.
        if (happened.Path is { Length: > LongestText } path)
            happened = happened with { Path = path[..LongestText] };
        if (happened is { IsClaim: true, Who.Length: > LongestText })
            happened = happened with { Who = null };
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var isFirst = false;
        lock (_lock)
        {
            if (happened.IsClaim && _pending.Count >= MostClaims && !_pending.ContainsKey(happened))
                happened = happened with { Who = null, Address = null };
            if (_pending.Count >= MostPending && !_pending.ContainsKey(happened))
            {
                _lost++;
                return;
            }

            ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(_pending, happened, out var isKnown);
            if (!isKnown)
            {
                span.First = now;
                isFirst = _pending.Count == 1;
                _namesResources |= happened is { Method: "GET" or "HEAD", Path: not null };
            }

            span.Last = now;
            span.Count++;
        }

        if (isFirst)
            _timer.Change(Delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Writes down what was added so far, and returns when it is on the disk.</summary>
    public async Task WriteAsync()
    {
        await _turn.WaitAsync();
        try
        {
            var (taken, lost) = Take();
            if (taken.Count == 0)
                return;
            try
            {
                var rows = await _index.ReadAsync(
                    connection => AuditRows.Make(connection, taken, lost), CancellationToken.None);
                await _writer.WriteAsync(
                    (connection, _) =>
                    {
                        AuditRows.Write(connection, rows, _retention, _clock.GetUtcNow());
                        return true;
                    },
                    CancellationToken.None);
                _isFailing = false;
            }
            catch (Exception e)
            {
                PutBack(taken, lost);
                // Otherwise the archive is closed, and who asked was cut off before the end.
                if (e is not (ChannelClosedException or ObjectDisposedException))
                    Retry(e);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes what is left; the archive's writer has to be there still.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await WriteAsync();
        _writer.Deleting = null;
    }

    private (Dictionary<AuditEvent, AuditSpan> Taken, long Lost) Take()
    {
        lock (_lock)
        {
            var taken = (_pending, _lost);
            _pending = [];
            _lost = 0;
            _namesResources = false;
            return taken;
        }
    }

    private void PutBack(Dictionary<AuditEvent, AuditSpan> taken, long lost)
    {
        lock (_lock)
        {
            _lost += lost;
            foreach (var (happened, earlier) in taken)
            {
                if (_pending.Count >= MostPending && !_pending.ContainsKey(happened))
                {
                    _lost += earlier.Count;
                    continue;
                }

                ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(_pending, happened, out var isKnown);
                span.First = earlier.First;
                span.Last = isKnown ? span.Last : earlier.Last;
                span.Count += earlier.Count;
            }

            _namesResources = _pending.Count > 0;
        }
    }

    // Who needs an image gets it also where nobody can write down that they did; it
    // is told, and counted where it has to be dropped.
    private void Retry(Exception e)
    {
        if (!_isFailing && e is not QueryLimitException)
            Log.NotWritten(_logger, e);
        _isFailing = e is not QueryLimitException;
        _timer.Change(_isFailing ? RetryDelay : Delay, Timeout.InfiniteTimeSpan);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The audit trail cannot be written; it is kept in memory and tried again.")]
        public static partial void NotWritten(ILogger logger, Exception e);
    }
}
