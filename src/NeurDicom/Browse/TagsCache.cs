using System.Collections.Concurrent;

namespace NeurDicom.Browse;

/// <summary>
/// Answers of <c>/tags</c> that were made a moment ago: viewers and scripts ask for the same instance several times. An
/// answer counts as long as nothing in the archive was deleted or replaced since it was made
/// (<see cref="Archive.ArchiveWriter.Replacements"/>), so no row has to be read to trust it.
/// </summary>
internal sealed class TagsCache
{
    // Two halves of it: when the newer one is full, the older one is let go.
    private const long LargestHalf = 16 << 20;
    private const int LargestEntry = 256 << 10;

    // An entry's share of the table, roughly, so that small answers are not free.
    private const int Overhead = 200;

    private volatile Half _newer = new();
    private volatile Half _older = new();

    /// <summary>The answer, if it is known and still true.</summary>
    public CachedTags? Find(long id, bool isDicomJson, long replacements)
    {
        var key = (id, isDicomJson);
        if (_newer.Entries.TryGetValue(key, out var found))
            return found.Replacements == replacements ? found : null;
        if (!_older.Entries.TryGetValue(key, out found) || found.Replacements != replacements)
            return null;
        Add(id, isDicomJson, found);
        return found;
    }

    public void Add(long id, bool isDicomJson, CachedTags tags)
    {
        if (tags.Body.Length > LargestEntry)
            return;
        var half = _newer;
        half.Entries[(id, isDicomJson)] = tags;
        if (Interlocked.Add(ref half.Size, tags.Body.Length + Overhead) > LargestHalf && half == _newer)
            (_older, _newer) = (half, new Half());
    }

    private sealed class Half
    {
        public long Size;

        public ConcurrentDictionary<(long Id, bool IsDicomJson), CachedTags> Entries { get; } = new();
    }
}

/// <param name="Replacements">Of the archive, before the answer was made.</param>
internal sealed record CachedTags(byte[] Body, string Etag, long Replacements);
