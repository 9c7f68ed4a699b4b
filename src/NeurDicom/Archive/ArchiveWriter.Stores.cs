using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using NeurDicom.Dicom;
using NeurDicom.Index;

namespace NeurDicom.Archive;

internal sealed partial class ArchiveWriter
{
    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private readonly Dictionary<Uid, StorePlan> _sameBatch = [];
    private byte[] _headers = new byte[2 * SegmentRecord.HeaderLength];
    private int _headersUsed;

    /// <summary>The open segment's length once the batch is committed.</summary>
    private long _appendedTo;

    /// <summary>
    /// What is to become of a store: decided before anything is written, so that bytes and rows can go at once.
    /// </summary>
    private sealed class StorePlan
    {
        public StoreOutcome Outcome { get; set; }

        /// <summary>Where it is put; null where it is not stored.</summary>
        public VersionPlace? Place { get; set; }

        /// <summary>1, 2, … within the instance.</summary>
        public int Number { get; set; }

        /// <summary>The instance's series, which may not be the file's; null for a new instance.</summary>
        public string? SeriesUid { get; set; }

        public ReadOnlyMemory<byte> Sha256 { get; set; }

        /// <summary>The instance's id; while it is 0, that of <see cref="Earlier"/>.</summary>
        public long? Id { get; set; }

        /// <summary>What the same batch stores before it under the same UID.</summary>
        public StorePlan? Earlier { get; set; }

        public string? Reason { get; set; }

        public List<string> Warnings { get; } = [];
    }

    /// <summary>Decides what becomes of each store, and gives each that stays its place.</summary>
    /// <returns>What to append to the open segment.</returns>
    private List<ReadOnlyMemory<byte>> Place(List<Request> batch, long at)
    {
        BeginAppending();
        _sameBatch.Clear();
        if (_headers.Length < batch.Count * 2 * SegmentRecord.HeaderLength)
            _headers = new byte[batch.Count * 2 * SegmentRecord.HeaderLength];

        var bytes = 0L;
        foreach (var request in batch)
        {
            if (request is not StoreRequest store)
                continue;
            store.Plan = Decide(store.Arrival);
            if (store.Plan.Outcome == StoreOutcome.Stored)
                bytes += store.Bytes + 2 * SegmentRecord.HeaderLength;
        }

        if (bytes == 0)
            return _parts;
        MakeRoom(bytes);
        foreach (var request in batch)
        {
            if (request is StoreRequest { Plan.Outcome: StoreOutcome.Stored } store)
                Append(store, at);
        }

        return _parts;
    }

    private StorePlan Decide(Arrival arrival)
    {
        var uid = arrival.Attributes.SopInstanceUid;
        var plan = new StorePlan { Sha256 = arrival.Sha256, Number = 1 };
        for (var earlier = _sameBatch.GetValueOrDefault(uid); earlier is not null; earlier = earlier.Earlier)
        {
            plan.Earlier ??= earlier;
            if (earlier.Sha256.Span.SequenceEqual(arrival.Sha256.Span))
                return Already(plan, earlier);
        }

        var known = _instances.Find(uid);
        if (known is not null)
        {
            plan.Id = known.Id;
            plan.Number = known.Versions + 1;
            plan.SeriesUid = known.SeriesUid;
            if (arrival.Sha256.Span.SequenceEqual(known.Sha256) || _instances.HasVersion(known.Id, arrival.Sha256.Span))
                return Already(plan, null);
        }

        if (plan.Earlier is { } last)
        {
            plan.Number = last.Number + 1;
            plan.SeriesUid = last.SeriesUid;
        }

        if (plan.Number > 1 && Settings.Duplicates == DuplicatePolicy.Refuse)
        {
            plan.Outcome = StoreOutcome.Conflict;
            plan.Reason = "Other bytes are stored under this SOP Instance UID; they stay.";
            return plan;
        }

        plan.SeriesUid ??= plan.Number > 1 ? known?.SeriesUid : arrival.Attributes.SeriesInstanceUid.Value;
        _sameBatch[uid] = plan;
        return plan;
    }

    private static StorePlan Already(StorePlan plan, StorePlan? earlier)
    {
        plan.Outcome = StoreOutcome.AlreadyStored;
        plan.Earlier = earlier;
        return plan;
    }

    /// <summary>Seals the open segment and opens the next one where the batch would not fit.</summary>
    private void MakeRoom(long bytes)
    {
        if (_open.Length + bytes <= Sizes.Segment || _open.Length == SegmentRecord.FileHeaderLength)
            return;
        _segments.Seal(_open.Number);
        if (_segments.Find(_open.Number) is { Live: 0 })
            _deadSegments.Add(_open.Number);
        _open = OpenSegment.Create(Files, _open.Number + 1);
        _segments.Insert(_open.Number, _open.Length);
        _appendedTo = _open.Length;
    }

    private void Append(StoreRequest store, long at)
    {
        var arrival = store.Arrival;
        var version = arrival.Large?.Version ?? _nextVersion++;
        var kind = arrival.Large is null ? RecordKind.Instance : RecordKind.Large;
        AppendRecord(new SegmentRecord(kind, version, arrival.Size, arrival.Sha256, at), arrival.Bytes);
        var offset = _appendedTo - arrival.Bytes.Length;

        var metadata = arrival.Metadata;
        AppendRecord(
            new SegmentRecord(
                RecordKind.Metadata, version, metadata.Compressed.Length, SHA256.HashData(metadata.Compressed.Span), at,
                metadata.Size, metadata.Crc32),
            metadata.Compressed);

        store.Plan.Place = new VersionPlace(
            version, arrival.Large is null ? _open.Number : null, arrival.Large is null ? offset : 0, arrival.Size,
            _open.Number, _appendedTo - metadata.Compressed.Length, metadata.Compressed.Length, metadata.Size,
            metadata.Crc32);
    }

    private void BeginAppending()
    {
        _parts.Clear();
        _headersUsed = 0;
        _appendedTo = _open.Length;
    }

    private void AppendRecord(SegmentRecord record, ReadOnlyMemory<byte> payload)
    {
        var header = _headers.AsMemory(_headersUsed, SegmentRecord.HeaderLength);
        _headersUsed += header.Length;
        record.Write(header.Span);
        _parts.Add(header);
        if (payload.Length > 0)
            _parts.Add(payload);
        _appendedTo += header.Length + payload.Length;
        if (_appendedTo - _open.Length > LargestAppend)
            throw new IOException($"More than {LargestAppend} bytes cannot be appended at once.");
    }

    /// <summary>Writes the rows of the batch in the order of arrival, and what they sum up to.</summary>
    private void WriteRows(List<Request> batch, SqliteTransaction transaction, long at)
    {
        var live = 0L;
        foreach (var request in batch)
        {
            switch (request)
            {
                case RowsRequest rows:
                    rows.Write(_connection, transaction);
                    break;
                case StoreRequest store:
                    WriteRows(store, at);
                    live += store.Plan.Place?.Records().Length ?? 0;
                    break;
            }
        }

        if (_appendedTo != _open.Length)
            _segments.Grow(_open.Number, _appendedTo, live);
        _tally.Write();
        _audit.WriteStored(at);
    }

    private void WriteRows(StoreRequest store, long at)
    {
        var (arrival, plan) = (store.Arrival, store.Plan);
        var instance = arrival.Attributes;
        plan.Warnings.Clear();
        plan.Id ??= plan.Earlier?.Id;
        switch (plan.Outcome)
        {
            case StoreOutcome.Conflict:
                _changes.Add(
                    at, ChangeRows.Conflict, Level.Instance, instance.SopInstanceUid.Value, plan.Id!.Value,
                    _parents.Find(plan.SeriesUid!).Series, store.Sender, "other bytes, refused");
                return;
            case StoreOutcome.AlreadyStored:
                return;
        }

        var place = plan.Place!.Value;
        var isNew = plan.Number == 1;
        var parents = isNew
            ? _parents.FindOrMake(instance, plan.Warnings)
            : _parents.Compare(instance, plan.SeriesUid!, plan.Warnings);
        if (isNew)
            plan.Id = _instances.Insert(instance, parents.Series, place.Version);
        else
            _instances.Replace(plan.Id!.Value, instance, parents.Series, place.Version);
        _instances.InsertVersion(
            place, plan.Id!.Value, plan.Number, instance.TransferSyntaxUid, arrival.Sha256.Span, at);
        if (arrival.Large is not null)
            _segments.RemoveOpenFile(place.Version);

        _tally.AddVersions(parents, isNew ? 1 : 0, 1, place.Size);
        _audit.AddStored(store.Sender, parents);
        _changes.Add(
            at, isNew ? ChangeRows.Stored : ChangeRows.Replaced, Level.Instance, instance.SopInstanceUid.Value,
            plan.Id!.Value, parents.Series, store.Sender,
            plan.Warnings.Count == 0 ? null : string.Join(' ', plan.Warnings));
    }
}
