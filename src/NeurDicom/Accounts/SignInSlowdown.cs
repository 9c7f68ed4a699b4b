using System.Net;
using System.Net.Sockets;

namespace NeurDicom.Accounts;

/// <summary>
/// Slows down who guesses passwords. Failures are counted for a name from one address, and for an address over all
/// names; nobody can lock somebody else's account from elsewhere. An attempt counts before it is checked and is taken
/// back when it was right, so that a thousand guesses at once are counted too.
/// </summary>
internal sealed class SignInSlowdown(TimeProvider time)
{
    private const int MaxEntries = 10_000;
    private const int FreeForName = 5;

    // Of so many wrong guesses the memory of right pairs may tell within one wait:
    // a script goes on where somebody else at its address mistypes the password,
    // and who guesses gains five guesses a wait.
    private const int ToldForName = 5;

    // Many people may sit behind one address.
    private const int FreeForAddress = 50;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string? Name, string Address), Failures> _failures = [];

    /// <summary>How many names and addresses are remembered.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
                return _failures.Count;
        }
    }

    /// <summary>How long a name has to wait at an address, or null.</summary>
    public TimeSpan? Wait(string name, IPAddress? address)
    {
        lock (_lock)
            return Remaining((name, Key(address)));
    }

    /// <summary>Whether a name that has to wait may still be told that a pair is remembered.</summary>
    public bool MayTell(string name, IPAddress? address)
    {
        lock (_lock)
            return !_failures.TryGetValue((name, Key(address)), out var failures) || failures.Told < ToldForName;
    }

    /// <summary>The pair was not remembered: the caller has learned that much.</summary>
    public void Told(string name, IPAddress? address)
    {
        lock (_lock)
        {
            if (_failures.TryGetValue((name, Key(address)), out var failures))
                failures.Told++;
        }
    }

    /// <summary>Counts an attempt. Gives how long to wait instead where there were too many.</summary>
    public TimeSpan? Begin(string name, IPAddress? address)
    {
        var key = Key(address);
        lock (_lock)
        {
            var isShared = IsShared(address);
            if ((Remaining((name, key)) ?? (isShared ? null : Remaining((null, key)))) is { } wait)
                return wait;

            Add((name, key), FreeForName);
            if (!isShared)
                Add((null, key), FreeForAddress);
            return null;
        }
    }

    /// <summary>The attempt was wrong: the wait begins now, when the caller gets to know.</summary>
    public void Fail(string name, IPAddress? address)
    {
        var key = Key(address);
        lock (_lock)
        {
            Delay((name, key), FreeForName);
            Delay((null, key), FreeForAddress);
        }
    }

    /// <summary>The attempt was right: it no longer counts, nor do the earlier ones for this name.</summary>
    public void Succeed(string name, IPAddress? address)
    {
        var key = Key(address);
        lock (_lock)
        {
            _failures.Remove((name, key));
            if (_failures.TryGetValue((null, key), out var all) && --all.Number == 0)
                _failures.Remove((null, key));
        }
    }

    private TimeSpan? Remaining((string?, string) key)
    {
        var wait = _failures.TryGetValue(key, out var failures) ? failures.NotBefore - time.GetUtcNow() : TimeSpan.Zero;
        return wait > TimeSpan.Zero ? wait : null;
    }

    private void Add((string?, string) key, int free)
    {
        var now = time.GetUtcNow();
        if (!_failures.TryGetValue(key, out var failures) || now - failures.Last > Forgotten)
        {
            MakeRoom(now);
            _failures[key] = failures = new Failures();
        }

        failures.Number++;
        failures.Told = 0;
        Delay(key, free);
    }

    // 5, 10, 20, 40 and then 60 seconds.
    private void Delay((string?, string) key, int free)
    {
        if (!_failures.TryGetValue(key, out var failures))
            return;

        failures.Last = time.GetUtcNow();
        if (failures.Number < free)
            return;

        var delay = FirstDelay * (1 << Math.Min(failures.Number - free, 10));
        failures.NotBefore = failures.Last + (delay < MaxDelay ? delay : MaxDelay);
    }

    private void MakeRoom(DateTimeOffset now)
    {
        if (_failures.Count < MaxEntries)
            return;

        foreach (var (key, _) in _failures.Where(entry => now - entry.Value.Last > Forgotten).ToList())
            _failures.Remove(key);

        // Only thousands of addresses at once get here; who failed least goes first.
        if (_failures.Count >= MaxEntries)
        {
            foreach (var (key, _) in _failures.OrderBy(entry => entry.Value.Number).Take(MaxEntries / 10).ToList())
                _failures.Remove(key);
        }
    }

    // Behind a proxy on this machine everybody has its address: one guesser must not keep the rest from signing in.
    private static bool IsShared(IPAddress? address) => address is null || RequestGuard.IsLoopback(address);

    // One household has a /64 of IPv6 (RFC 6177): its addresses count as one.
    private static string Key(IPAddress? address)
    {
        if (address is null)
            return "-";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private sealed class Failures
    {
        public int Number { get; set; }

        /// <summary>Wrong guesses since the last that was hashed.</summary>
        public int Told { get; set; }

        public DateTimeOffset Last { get; set; }

        public DateTimeOffset NotBefore { get; set; }
    }
}
