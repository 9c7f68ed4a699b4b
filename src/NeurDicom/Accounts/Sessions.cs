using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NeurDicom.Archive;
using NeurDicom.Index;

namespace NeurDicom.Accounts;

/// <summary>
/// The sessions behind the cookie <c>neurdicom.auth</c>. The cookie holds 256 random bits; the index holds their hash,
/// so that who reads a backup cannot sign in with it.
/// </summary>
internal sealed partial class Sessions(
    ArchiveIndex index, ArchiveWriter writer, Users users, TimeProvider time, ILogger<Sessions> logger)
{
    public const string Cookie = "neurdicom.auth";

    /// <summary>A session ends a week after sign-in, whatever happens …</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>… and after half a day in which nobody used it.</summary>
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromHours(12);

    private const int TokenLength = 32;
    private const int MaxPerUser = 100;
    private const int MaxCached = 10_000;

    // How late the index may know that a session was used: not every request may cost a write.
    private static readonly TimeSpan SeenPrecision = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Session> _cache = new(StringComparer.Ordinal);
    private int _isSeenFailing;

    /// <summary>Starts a session. Null when the account changed since its password was verified.</summary>
    /// <returns>The cookie's value, which is stored nowhere.</returns>
    public async Task<string?> StartAsync(Account account, CancellationToken cancel)
    {
        var token = RandomNumberGenerator.GetBytes(TokenLength);
        var now = Now();
        var started = await users.ChangeAsync(
            (connection, transaction) =>
            {
                Users.Execute(
                    connection, transaction, "DELETE FROM sessions WHERE created_at <= $oldest OR seen_at <= $idle",
                    ("$oldest", now - (long)Lifetime.TotalMilliseconds),
                    ("$idle", now - (long)IdleLifetime.TotalMilliseconds));
                Users.Execute(
                    connection, transaction,
                    """
                    DELETE FROM sessions WHERE token IN
                        (SELECT token FROM sessions WHERE user = $user ORDER BY seen_at DESC LIMIT -1 OFFSET $kept)
                    """,
                    ("$user", account.Id), ("$kept", MaxPerUser - 1));
                Users.Execute(
                    connection, transaction, "UPDATE users SET last_login = $now WHERE id = $user",
                    ("$now", now), ("$user", account.Id));

                // The password was verified outside this transaction: it may have been changed since.
                return Users.Execute(
                    connection, transaction,
                    """
                    INSERT INTO sessions (token, user, created_at, seen_at)
                    SELECT $token, id, $now, $now FROM users WHERE id = $user AND version = $version AND is_active = 1
                    """,
                    ("$token", SHA256.HashData(token)), ("$now", now), ("$user", account.Id),
                    ("$version", account.Version));
            },
            cancel);
        return started == 1 ? Base64Url.EncodeToString(token) : null;
    }

    /// <summary>Who the cookie's value belongs to, or null.</summary>
    public async ValueTask<Identity?> FindAsync(string value, CancellationToken cancel)
    {
        if (Hash(value) is not { } hash)
            return null;

        var key = Convert.ToHexString(hash);
        var generation = users.Generation;
        if (!_cache.TryGetValue(key, out var session) || session.Generation != generation)
        {
            if (await ReadAsync(hash, generation, cancel) is not { } read)
            {
                _cache.TryRemove(key, out _);
                return null;
            }

            if (_cache.Count >= MaxCached)
                _cache.Clear();
            // Requests that came at once share one, so that only the first of them writes.
            session = _cache.AddOrUpdate(key, read, (_, other) => other.Generation >= generation ? other : read);
        }

        var now = Now();
        var seen = session.SeenAt;
        if (now - session.CreatedAt >= Lifetime.TotalMilliseconds || now - seen >= IdleLifetime.TotalMilliseconds)
            return null;

        // Not awaited: a read neither waits for a write nor fails because the disk is full.
        if (now - seen >= SeenPrecision.TotalMilliseconds && session.TryMoveSeen(seen, now))
            _ = WriteSeenAsync(hash, now);
        return session.Identity;
    }

    /// <summary>Ends a session; an unknown one is no error.</summary>
    public async Task EndAsync(string value, CancellationToken cancel)
    {
        if (Hash(value) is not { } hash)
            return;

        await users.ChangeAsync(
            (connection, transaction) =>
                Users.Execute(connection, transaction, "DELETE FROM sessions WHERE token = $token", ("$token", hash)),
            cancel);
    }

    /// <summary>Gives the browser the cookie; RFC 6265bis 5.6.7: Lax keeps it from requests that other sites cause.</summary>
    public static void SetCookie(HttpContext http, string value) =>
        http.Response.Cookies.Append(Cookie, value, CookieFor(http, Lifetime));

    public static void ClearCookie(HttpContext http) => http.Response.Cookies.Delete(Cookie, CookieFor(http, null));

    private static CookieOptions CookieFor(HttpContext http, TimeSpan? age) => new()
    {
        Path = "/",
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        MaxAge = age,
    };

    private Task<Session?> ReadAsync(byte[] hash, long generation, CancellationToken cancel) =>
        index.ReadAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    """
                    SELECT u.id, u.email, u.role, s.created_at, s.seen_at
                    FROM sessions s JOIN users u ON u.id = s.user
                    WHERE s.token = $token AND u.is_active = 1
                    """;
                command.Parameters.AddWithValue("$token", hash);
                using var rows = command.ExecuteReader();
                if (!rows.Read() || Roles.Parse(rows.GetString(2)) is not { } role)
                    return null;

                var identity = new Identity(rows.GetInt64(0), rows.GetString(1), role, AuthScheme.Cookie);
                return new Session(identity, rows.GetInt64(3), generation) { SeenAt = rows.GetInt64(4) };
            },
            cancel);

    private async Task WriteSeenAsync(byte[] hash, long now)
    {
        try
        {
            await writer.WriteAsync(
                (connection, transaction) => Users.Execute(
                    connection, transaction, "UPDATE sessions SET seen_at = $now WHERE token = $token",
                    ("$now", now), ("$token", hash)),
                CancellationToken.None);
            Volatile.Write(ref _isSeenFailing, 0);
        }
        catch (ChannelClosedException)
        {
            // The archive is being closed.
        }
        catch (Exception e)
        {
            // Nobody awaits this, so it is told here, and once: every session would say the same.
            if (Interlocked.Exchange(ref _isSeenFailing, 1) == 0)
                Log.SeenNotWritten(logger, e.Message);
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    // What is not a token of ours costs no query.
    private static byte[]? Hash(string value)
    {
        // TryDecodeFromChars throws at other characters; it only says no where there is no room.
        Span<byte> token = stackalloc byte[TokenLength];
        return value.Length == Base64Url.GetEncodedLength(TokenLength) && Base64Url.IsValid(value)
            && Base64Url.TryDecodeFromChars(value, token, out var written) && written == TokenLength
                ? SHA256.HashData(token)
                : null;
    }

    private sealed class Session(Identity identity, long createdAt, long generation)
    {
        private long _seenAt;

        public Identity Identity { get; } = identity;

        public long CreatedAt { get; } = createdAt;

        public long Generation { get; } = generation;

        public long SeenAt
        {
            get => Volatile.Read(ref _seenAt);
            init => _seenAt = value;
        }

        /// <summary>True for one of all that try at once.</summary>
        public bool TryMoveSeen(long from, long to) => Interlocked.CompareExchange(ref _seenAt, to, from) == from;
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error, "When sessions were used cannot be written down, so they may end early: {Reason}")]
        public static partial void SeenNotWritten(ILogger logger, string reason);
    }
}
