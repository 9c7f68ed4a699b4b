using System.Globalization;
using NeurDicom.Archive;

namespace NeurDicom.Commands;

/// <summary>Counts what became of the files of one <c>store</c>; several jobs count at once.</summary>
internal sealed class StoreTally
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private long _stored;
    private long _alreadyStored;

    public bool AnyRefused
    {
        get
        {
            lock (_lock)
                return _refused.Count > 0;
        }
    }

    public long Done
    {
        get
        {
            lock (_lock)
                return _stored + _alreadyStored + _refused.Values.Sum() + _skipped.Values.Sum();
        }
    }

    public void Add(StoreOutcome outcome)
    {
        lock (_lock)
        {
            if (outcome == StoreOutcome.Stored)
                _stored++;
            else if (outcome == StoreOutcome.AlreadyStored)
                _alreadyStored++;
            else
                Count(_refused, Describe(outcome));
        }
    }

    public void AddUnreadable()
    {
        lock (_lock)
            Count(_refused, "cannot be read");
    }

    public void AddSkipped(string reason)
    {
        lock (_lock)
            Count(_skipped, reason);
    }

    /// <summary>
    /// <c>100 stored, 0 already stored, 2 refused (1 cannot be read, 1 not DICOM), 1 skipped (1 DICOMDIR)</c>.
    /// </summary>
    public override string ToString()
    {
        lock (_lock)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{_stored} stored, {_alreadyStored} already stored, {Sum(_refused)} refused{List(_refused)}, "
                    + $"{Sum(_skipped)} skipped{List(_skipped)}");
    }

    private static string Describe(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Conflict => "other bytes stored under the same UID",
        StoreOutcome.NotDicom => "not DICOM or damaged",
        StoreOutcome.Invalid => "missing or invalid UID",
        StoreOutcome.Unsupported => "unknown transfer syntax",
        StoreOutcome.TooLarge => "too large",
        StoreOutcome.OutOfSpace => "no space left",
        StoreOutcome.TooSlow => "too slow",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    private static void Count(SortedDictionary<string, long> counts, string reason) =>
        counts[reason] = counts.GetValueOrDefault(reason) + 1;

    private static long Sum(SortedDictionary<string, long> counts) => counts.Values.Sum();

    private static string List(SortedDictionary<string, long> counts) =>
        counts.Count == 0
            ? ""
            : " (" + string.Join(", ", counts.Select(pair => string.Create(
                CultureInfo.InvariantCulture, $"{pair.Value} {pair.Key}"))) + ")";
}
