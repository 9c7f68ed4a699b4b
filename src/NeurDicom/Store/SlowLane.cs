namespace NeurDicom.Store;

/// <summary>
/// Places for bodies that are received into files, which takes as long as their senders take.
/// A place costs a buffer and a file handle, so there are many. Where all are taken and another sender waits, the
/// slowest of those that are slower than
/// <see cref="FairRate"/> gives up its own.
/// </summary>
internal sealed class SlowLane(int places, TimeProvider clock) : IDisposable
{
    // Bytes a second; half a megabit, slower than any line that studies are sent over.
    private const double FairRate = 64 << 10;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _free = new(places);
    private readonly Lock _gate = new();
    private readonly List<Place> _taken = [];

    public async Task<Place> EnterAsync(CancellationToken cancel)
    {
        while (!await _free.WaitAsync(TimeSpan.Zero, cancel))
        {
            GiveUpSlowest();
            if (await _free.WaitAsync(LookAgain, cancel))
                break;
        }

        var place = new Place(this, clock.GetTimestamp(), cancel);
        lock (_gate)
            _taken.Add(place);
        return place;
    }

    public void Dispose() => _free.Dispose();

    private void GiveUpSlowest()
    {
        Place? slowest = null;
        lock (_gate)
        {
            var least = FairRate;
            foreach (var place in _taken)
            {
                var age = clock.GetElapsedTime(place.Since);
                if (age < Grace || place.HasGivenUp || place.Received / age.TotalSeconds is var rate && rate >= least)
                    continue;
                (slowest, least) = (place, rate);
            }

            // Inside the lock, so that its owner has not left meanwhile.
            slowest?.GiveUp();
        }
    }

    private void Leave(Place place)
    {
        lock (_gate)
            _taken.Remove(place);
        _free.Release();
    }

    internal sealed class Place(SlowLane lane, long since, CancellationToken cancel) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancel);

        public long Since { get; } = since;

        /// <summary>How much has come, for comparing.</summary>
        public long Received { get; set; }

        /// <summary>Whether the place went to another sender: then <see cref="Token"/> is cancelled.</summary>
        public bool HasGivenUp { get; private set; }

        /// <summary>Ends the reading: the sender went away, or was too slow.</summary>
        public CancellationToken Token => _end.Token;

        public void GiveUp()
        {
            HasGivenUp = true;
            // What is cancelled goes on elsewhere, not in here, where the lock is held.
            _ = _end.CancelAsync();
        }

        public void Dispose()
        {
            lane.Leave(this);
            _end.Dispose();
        }
    }
}
