namespace NeurDicom.Archive;

/// <summary>
/// Who reads what. Only the writer frees bytes, and only those that nobody reads: neither a reader that holds a lease
/// on the version, nor one that looked its row up before it was deleted and has not got its lease yet.
/// </summary>
internal sealed class Leases
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, int> _held = [];
    private readonly SortedSet<long> _opening = [];
    private readonly HashSet<long> _awaited = [];
    private long _ticket;
    private long? _awaitedTime;

    /// <summary>Called, on any thread, when what the writer was refused is free now.</summary>
    public Action? Released { get; set; }

    /// <summary>A point in time: what began to open before it has a ticket not larger.</summary>
    public long Now
    {
        get
        {
            lock (_gate)
                return _ticket;
        }
    }

    /// <summary>Must come before the row is read.</summary>
    public long BeginOpening()
    {
        lock (_gate)
        {
            _opening.Add(++_ticket);
            return _ticket;
        }
    }

    /// <summary>The row told which version it is: from here on that one is held.</summary>
    public void Hold(long version)
    {
        lock (_gate)
            _held[version] = _held.GetValueOrDefault(version) + 1;
    }

    public void EndOpening(long ticket)
    {
        lock (_gate)
        {
            _opening.Remove(ticket);
            if (_awaitedTime is not { } time || (_opening.Count > 0 && _opening.Min <= time))
                return;
            _awaitedTime = null;
        }

        Released?.Invoke();
    }

    public void Release(long version)
    {
        lock (_gate)
        {
            if (_held[version] > 1)
            {
                _held[version]--;
                return;
            }

            _held.Remove(version);
            if (!_awaited.Remove(version))
                return;
        }

        Released?.Invoke();
    }

    /// <summary>
    /// Whether all that began to open up to this time has its lease, or gave up; if not, the writer is told later.
    /// </summary>
    public bool AllOpenedSince(long time)
    {
        lock (_gate)
        {
            if (_opening.Count == 0 || _opening.Min > time)
                return true;
            _awaitedTime = time;
            return false;
        }
    }

    /// <summary>Whether nobody reads the version; if somebody does, the writer is told later.</summary>
    public bool MayFree(long version)
    {
        lock (_gate)
        {
            if (!_held.ContainsKey(version))
                return true;
            _awaited.Add(version);
            return false;
        }
    }
}
