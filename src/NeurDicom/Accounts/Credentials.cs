using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace NeurDicom.Accounts;

/// <summary>What became of a name and a password: an account, or when to try again, or neither.</summary>
internal readonly record struct CredentialCheck(Account? Account, TimeSpan? RetryAfter);

/// <summary>
/// Checks names and passwords. A pair that was right is remembered as a keyed hash,
/// so that a script with Basic pays for one password hash and not for one a request;
/// the key lives as long as the process.
/// </summary>
internal sealed class Credentials(
    Users users, PasswordQueue queue, SignInSlowdown slowdown, TimeProvider time)
{
    private const int MaxRemembered = 1_000;

    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Remembered> _remembered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<CredentialCheck>>> _running = new(StringComparer.Ordinal);

    /// <summary>
    /// 1. The same pair that is being checked at this moment is waited for: a viewer sends twenty requests at once.
    /// 2. A remembered pair is let in. Where the name failed too often, that tells whether a guess is right,
    /// so it tells of few of them; then 3. the name waits. 4. The password is hashed, when its turn comes.
    /// </summary>
    public async Task<CredentialCheck> CheckAsync(
        string name, string password, IPAddress? address, CancellationToken cancel)
    {
        // What no account can have is still hashed, so that it takes as long; but nothing long is kept.
        if (name.Length > AccountRules.MaxNameLength || password.Length > PasswordHash.MaxPasswordLength)
            (name, password) = ("", "");

        var key = Key(name, password);
        if (!_running.TryGetValue(key, out var running))
        {
            var wait = slowdown.Wait(name, address);
            if (wait is not null && !slowdown.MayTell(name, address))
                return new CredentialCheck(null, wait);
            if (await RecallAsync(key, cancel) is { } known)
                return new CredentialCheck(known, null);
            if (wait is not null)
            {
                slowdown.Told(name, address);
                return new CredentialCheck(null, wait);
            }

            running = _running.GetOrAdd(
                key, _ => new Lazy<Task<CredentialCheck>>(() => HashAsync(key, name, password, address)));
        }

        return await running.Value.WaitAsync(cancel);
    }

    /// <summary>Hashes a new password when its turn comes; null when there is no room.</summary>
    public async Task<string?> EncodeAsync(string password, CancellationToken cancel)
    {
        var (_, encoded) = await queue.TryRunAsync(() => PasswordHash.Create(password), cancel);
        return encoded;
    }

    // Not cancelled with the request that began it: others may be waiting for the same answer.
    private async Task<CredentialCheck> HashAsync(string key, string name, string password, IPAddress? address)
    {
        try
        {
            if (slowdown.Begin(name, address) is { } wait)
                return new CredentialCheck(null, wait);

            var generation = users.Generation;
            var account = await users.FindAsync(name, CancellationToken.None);
            var (ran, right) = await queue.TryRunAsync(
                () => PasswordHash.Verify(password, account?.Password), CancellationToken.None);
            if (!ran)
                return new CredentialCheck(null, Busy);
            if (!right || account is not { IsActive: true })
            {
                slowdown.Fail(name, address);
                return default;
            }

            slowdown.Succeed(name, address);
            if (PasswordHash.IsOutdated(account.Password)
                && await EncodeAsync(password, CancellationToken.None) is { } fresh)
                await users.RehashAsync(account, fresh, CancellationToken.None);

            if (_remembered.Count >= MaxRemembered)
                _remembered.Clear();
            _remembered[key] = new Remembered(account, generation, time.GetUtcNow());
            return new CredentialCheck(account, null);
        }
        finally
        {
            _running.TryRemove(key, out _);
        }
    }

    private async ValueTask<Account?> RecallAsync(string key, CancellationToken cancel)
    {
        if (!_remembered.TryGetValue(key, out var remembered))
            return null;
        if (time.GetUtcNow() - remembered.At > RememberedFor)
        {
            _remembered.TryRemove(key, out _);
            return null;
        }

        var generation = users.Generation;
        if (remembered.Generation == generation)
            return remembered.Account;

        // Something about accounts changed since. The version tells whether it was this one.
        var account = await users.FindAsync(remembered.Account.Id, cancel);
        if (account is not { IsActive: true } || account.Version != remembered.Account.Version)
        {
            _remembered.TryRemove(key, out _);
            return null;
        }

        _remembered[key] = remembered with { Account = account, Generation = generation };
        return account;
    }

    // The length in front keeps two pairs from making one text.
    private string Key(string name, string password) =>
        Convert.ToHexString(HMACSHA256.HashData(
            _secret,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name.Length}:{name}{password}"))));

    private sealed record Remembered(Account Account, long Generation, DateTimeOffset At);
}
