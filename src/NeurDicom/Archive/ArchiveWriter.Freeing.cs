using Microsoft.Data.Sqlite;
using NeurDicom.Index;

namespace NeurDicom.Archive;

internal sealed partial class ArchiveWriter
{
    private const int FreesAtOnce = 512;
    private const long MovedAtOnce = 8L << 20;

    /// <summary>Sealed segments to look at: perhaps nothing, or little, is left in them.</summary>
    private readonly HashSet<long> _deadSegments;

    private bool _canPunch;
    private bool _hasFrees = true;

    /// <summary>Readers that began to open before this may hold a place that has since been deleted.</summary>
    private long _freesSince;
    private long _freeCursor;
    private bool _isHeldUp;

    private void BeginFreeing(IEnumerable<long> segments)
    {
        _deadSegments.UnionWith(segments);
        _freesSince = _leases.Now;
        _hasFrees = true;
    }

    /// <summary>Gives some bytes of deleted versions back to the disk.</summary>
    /// <returns>Whether there is more that could be done now.</returns>
    private bool FreeSome()
    {
        if (IsBroken || (!_hasFrees && _deadSegments.Count == 0))
            return false;
        try
        {
            return _hasFrees ? FreePlaces() : LookAtSegments();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or FlushException)
        {
            Log.FreeingFailed(_logger, e);
            _hasFrees = false;
            _deadSegments.Clear();
            return false;
        }
    }

    private bool FreePlaces()
    {
        if (!_leases.AllOpenedSince(_freesSince))
            return false;
        var places = _segments.Frees(_freeCursor, FreesAtOnce);
        if (places.Count == 0)
        {
            _freeCursor = 0;
            (_hasFrees, _isHeldUp) = (_isHeldUp, false);
            // What is held is tried again when its reader lets go of it; until then there is nothing to do.
            return !_hasFrees && _deadSegments.Count > 0;
        }

        _freeCursor = places[^1].Id;
        var free = places.Where(place => _leases.MayFree(place.Version)).ToList();
        _isHeldUp |= free.Count < places.Count;
        FreeBytes(free);
        using var transaction = _connection.BeginTransaction(deferred: false);
        foreach (var place in free)
            _segments.RemoveFree(place.Id);
        transaction.Commit();
        return true;
    }

    private void FreeBytes(List<FreeRow> places)
    {
        var holes = places.Where(place => place is { Segment: not null, Length: > 0 });
        foreach (var inSegment in holes.GroupBy(place => place.Segment!.Value))
            Punch(inSegment.Key, inSegment.OrderBy(place => place.Offset));

        var folders = new HashSet<string>();
        foreach (var place in places.Where(place => place.Length == 0))
        {
            if (place.Segment is { } segment)
                Files.Forget(segment);
            var path = place.Segment is { } number ? Files.PathOf(number) : Files.PathOfLarge(place.Version);
            File.Delete(path);
            folders.Add(Path.GetDirectoryName(path)!);
        }

        foreach (var folder in folders)
            Disk.FlushFolder(folder);
    }

    /// <summary>Punches holes, neighbours together; flushed, for the rows that ask for it go next.</summary>
    private void Punch(long segment, IEnumerable<FreeRow> places)
    {
        if (!_canPunch || !File.Exists(Files.PathOf(segment)))
            return;
        using var file = File.OpenHandle(
            Files.PathOf(segment), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var (start, end) = (0L, 0L);
        foreach (var place in places)
        {
            if (place.Offset != end)
            {
                PunchOne();
                start = place.Offset;
            }

            end = place.Offset + place.Length;
        }

        PunchOne();
        Disk.Flush(file);

        void PunchOne()
        {
            if (end == start || !_canPunch || Disk.TryPunch(file, start, end - start))
                return;
            _canPunch = false;
            Log.CannotPunch(_logger);
        }
    }

    /// <summary>
    /// Removes sealed segments that hold nothing any more; without holes, also moves what little is left.
    /// </summary>
    private bool LookAtSegments()
    {
        foreach (var segment in _deadSegments.ToList())
        {
            if (_segments.Find(segment) is not { IsSealed: true } row)
            {
                _deadSegments.Remove(segment);
            }
            else if (row.Live == 0)
            {
                if (_segments.HasFrees(segment))
                    continue;
                Retire(segment, row.Length);
                _deadSegments.Remove(segment);
                return true;
            }
            else if (!_canPunch && row.Live * 2 < row.Length)
            {
                MoveSome(segment, row.Length);
                return true;
            }
            else
            {
                _deadSegments.Remove(segment);
            }
        }

        return false;
    }

    /// <summary>
    /// Removes a segment without live records. Its tombstones live on: what they speak of may lie elsewhere.
    /// </summary>
    private void Retire(long segment, long length)
    {
        BeginAppending();
        var tombstones = Tombstones(segment, length);
        if (tombstones.Count > 0)
            AppendTombstone(tombstones, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        CommitAppended(() =>
        {
            _segments.Delete(segment);
            _segments.AddFree(0, segment, 0, 0);
        });
        BeginFreeing([]);
        Log.SegmentRemoved(_logger, segment);
    }

    private List<long> Tombstones(long segment, long length)
    {
        if (!File.Exists(Files.PathOf(segment)))
            return [];
        using var file = Files.Rent(segment);
        var walk = new SegmentWalk(file.Handle, length);
        return
        [
            .. walk.Records()
                .Where(found => found.Record.Kind == RecordKind.Tombstone)
                .SelectMany(found => walk.Tombstones(found.Offset, found.Record)),
        ];
    }

    /// <summary>Copies some live records to the open segment, and says so in their rows.</summary>
    private void MoveSome(long segment, long length)
    {
        BeginAppending();
        var moved = new List<VersionPlace>();
        var bytes = 0L;
        using (var file = Files.Rent(segment))
        {
            foreach (var (offset, record) in new SegmentWalk(file.Handle, length).Records())
            {
                // The metadata record moves with the one before it.
                if (record.Kind is not (RecordKind.Instance or RecordKind.Large)
                    || _instances.FindPlace(record.Version) is not { } place
                    || place.Records().Segment != segment
                    || place.Records().Offset != offset)
                {
                    continue;
                }

                var records = new byte[place.Records().Length];
                if (RandomAccess.Read(file.Handle, records, offset) < records.Length)
                    throw new EndOfStreamException($"Segment {segment} is shorter than its index says.");
                var shift = _appendedTo - offset;
                moved.Add(place with
                {
                    Segment = place.Segment is null ? null : _open.Number,
                    Offset = place.Segment is null ? 0 : place.Offset + shift,
                    MetadataSegment = _open.Number,
                    MetadataOffset = place.MetadataOffset + shift,
                });
                _parts.Add(records);
                _appendedTo += records.Length;
                bytes += records.Length;
                if (bytes >= MovedAtOnce)
                    break;
            }
        }

        CommitAppended(() =>
        {
            foreach (var to in moved)
                _instances.Move(to);
            // Where nothing was found, what the row counts as live is not there: verify reports it, and it is kept.
            if (moved.Count == 0)
                _deadSegments.Remove(segment);
            _segments.AddLive(segment, -bytes);
            _segments.AddLive(_open.Number, bytes);
        });
    }

    /// <summary>Appends, flushes and commits outside a batch of clients.</summary>
    private void CommitAppended(Action rows)
    {
        var transaction = _connection.BeginTransaction(deferred: false);
        try
        {
            if (_parts.Count > 0)
            {
                _open.Append(_parts);
                _flusher.Start(_open);
                _flusher.Finish();
                _segments.Grow(_open.Number, _appendedTo, 0);
            }

            rows();
            Commit(transaction);
        }
        catch (Exception e)
        {
            TakeBack(transaction, _open, _nextVersion, appended: true, e);
            throw;
        }
        finally
        {
            transaction.Dispose();
        }

        _open.Commit(_appendedTo);
    }
}
