using System.Collections.Concurrent;

namespace NeurDicom.Accounts;

/// <summary>A session or a token as it was last read from the index.</summary>
/// <param name="endsAt">When it ends whatever happens, in milliseconds since 1970.</param>
/// <param name="idleFor">After how many milliseconds without use it ends.</param>
/// <param name="generation">The <see cref="Users.Generation"/> before it was read.</param>
internal sealed class Proof(Identity identity, long endsAt, long idleFor, long generation)
{
    private long _seenAt;

    public Identity Identity { get; } = identity;

    public long Generation { get; } = generation;

    public long SeenAt
    {
        get => Volatile.Read(ref _seenAt);
        init => _seenAt = value;
    }

    public bool IsOver(long now) => now >= endsAt || now - SeenAt >= idleFor;

    /// <summary>True for one of all that try at once.</summary>
    public bool TryMoveSeen(long from, long to) => Interlocked.CompareExchange(ref _seenAt, to, from) == from;
}

/// <summary>
/// The sessions or tokens that were read lately, so that a request costs no query.
/// Whatever changes accounts, sessions or tokens makes all of them be read again.
/// </summary>
/// <param name="read">Reads one by its hash from the index; null where there is none.</param>
/// <param name="update">The statement that writes its last use, with <c>$now</c> and <c>$key</c>.</param>
internal sealed class ProofCache(
    Users users, LastUse lastUse, TimeProvider time, string update,
    Func<byte[], long, CancellationToken, Task<Proof?>> read)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, Proof> _known = new(StringComparer.Ordinal);

    public async ValueTask<Identity?> FindAsync(byte[] hash, CancellationToken cancel)
    {
        var key = Convert.ToHexString(hash);
        var generation = users.Generation;
        if (!_known.TryGetValue(key, out var proof) || proof.Generation != generation)
        {
            if (await read(hash, generation, cancel) is not { } fresh)
            {
                _known.TryRemove(key, out _);
                return null;
            }

            if (_known.Count >= Most)
                _known.Clear();
            // Requests that came at once share one, so that only the first of them writes.
            proof = _known.AddOrUpdate(key, fresh, (_, other) => other.Generation >= generation ? other : fresh);
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var seen = proof.SeenAt;
        if (proof.IsOver(now))
            return null;
        if (now - seen >= LastUse.Precision.TotalMilliseconds && proof.TryMoveSeen(seen, now))
            lastUse.Write(update, hash, now);
        return proof.Identity;
    }
}
