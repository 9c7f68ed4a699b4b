namespace NeurDicom.Durability;

/// <summary>One request about one instance: when it was begun, and when, if ever, it was answered.</summary>
internal sealed class Deed
{
    public required long Begun { get; init; }

    /// <summary>Never, where no answer came: it may have happened or not.</summary>
    public long Ended { get; set; } = long.MaxValue;

    public required bool IsStore { get; init; }

    /// <summary>Which of the instance's contents was sent.</summary>
    public int Content { get; init; }

    /// <summary>A store that found its bytes there: they are one of the versions, not always the newest.</summary>
    public bool WasThere { get; set; }

    /// <summary>A store that was answered with success, a deletion that was answered with success.</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>Refused, or nothing was there to delete: it changed nothing.</summary>
    public bool IsWithoutEffect { get; set; }
}

/// <summary>
/// What was asked about one instance and answered, in the order of a common clock. What has to be there after a crash
/// follows from it; where requests overlapped, or were cut off, more than one outcome is right.
/// </summary>
internal sealed class Ledger(int number)
{
    private readonly List<Deed> _deeds = [];

    public int Number { get; } = number;

    /// <summary>The id that the last store was answered with.</summary>
    public long Id { get; set; }

    public Deed Begin(long time, bool isStore, int content = 0)
    {
        var deed = new Deed { Begun = time, IsStore = isStore, Content = content };
        lock (_deeds)
            _deeds.Add(deed);
        return deed;
    }

    /// <summary>
    /// The contents of which one must be there, since a store was acknowledged and no deletion came near it; null where
    /// that is so of none.
    /// </summary>
    /// <param name="keeps">Other bytes become the newest version; where they are refused, what is stored stays.</param>
    public IReadOnlyCollection<int>? MustBeOneOf(bool keeps)
    {
        lock (_deeds)
        {
            int[]? contents = null;
            foreach (var store in _deeds.Where(deed => deed is { IsStore: true, IsAcknowledged: true }))
            {
                if (_deeds.Exists(other => !other.IsStore && !other.IsWithoutEffect && other.Ended >= store.Begun))
                    continue;
                int[] these =
                [
                    store.Content,
                    .. _deeds.Where(other => other is { IsStore: true, IsWithoutEffect: false, WasThere: false }
                        && (keeps ? store.WasThere || other.Ended >= store.Begun : store.WasThere && other.IsAcknowledged))
                        .Select(other => other.Content),
                ];
                contents = [.. contents?.Intersect(these) ?? these];
            }

            return contents?.ToHashSet();
        }
    }

    /// <summary>It was deleted with an answer, and no store came near that.</summary>
    public bool MustBeGone()
    {
        lock (_deeds)
        {
            return !_deeds.Exists(deed => deed.IsStore && !deed.IsWithoutEffect)
                || _deeds.Exists(deletion => deletion is { IsStore: false, IsAcknowledged: true }
                    && !_deeds.Exists(other => other.IsStore && !other.IsWithoutEffect && other.Ended >= deletion.Begun));
        }
    }

    public int Acknowledged
    {
        get
        {
            lock (_deeds)
                return _deeds.Count(deed => deed.IsAcknowledged);
        }
    }

    /// <summary>Starts from what was found after a restart.</summary>
    public void Restart(int? content, long id, long time)
    {
        lock (_deeds)
            _deeds.Clear();
        Id = id;
        if (content is not { } found)
            return;
        var deed = Begin(time, isStore: true, found);
        (deed.IsAcknowledged, deed.Ended) = (true, time);
    }
}
