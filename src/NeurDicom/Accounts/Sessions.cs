using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using NeurDicom.Index;

namespace NeurDicom.Accounts;

/// <summary>One of an account's sessions, as its owner sees it.</summary>
/// <param name="Id">The beginning of the stored hash: it names the session and opens nothing.</param>
internal sealed record SessionEntry(
    string Id, long CreatedAt, long SeenAt, long ExpiresAt, string Address, string Agent);

/// <summary>
/// The sessions behind the cookie <c>neurdicom.auth</c>; see <see cref="SecretText"/> for what it holds.
/// </summary>
internal sealed class Sessions
{
    public const string Cookie = "neurdicom.auth";

    /// <summary>A session ends a week after sign-in, whatever happens …</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>… and after half a day in which nobody used it.</summary>
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromHours(12);

    private const int MaxPerUser = 100;
    private const int MaxAgentLength = 200;
    private const int IdLength = 8;

    private readonly ArchiveIndex _index;
    private readonly Users _users;
    private readonly TimeProvider _time;
    private readonly ProofCache _known;

    public Sessions(ArchiveIndex index, Users users, LastUse lastUse, TimeProvider time)
    {
        (_index, _users, _time) = (index, users, time);
        _known = new ProofCache(
            users, lastUse, time, "UPDATE sessions SET seen_at = $now WHERE token = $key", ReadAsync);
    }

    /// <summary>Starts a session. Null when the account changed since its password was verified.</summary>
    /// <param name="http">Where it is started from; null in tests.</param>
    /// <returns>The cookie's value, which is stored nowhere.</returns>
    public async Task<string?> StartAsync(Account account, CancellationToken cancel, HttpContext? http = null)
    {
        var (text, hash) = SecretText.Create();
        var now = Now();
        var address = http?.Connection.RemoteIpAddress?.ToString() ?? "";
        var agent = http?.Request.Headers.UserAgent.ToString() ?? "";
        var started = await _users.ChangeAsync(
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
                    INSERT INTO sessions (token, user, created_at, seen_at, address, agent)
                    SELECT $token, id, $now, $now, $address, $agent
                    FROM users WHERE id = $user AND version = $version AND is_active = 1
                    """,
                    ("$token", hash), ("$now", now), ("$user", account.Id), ("$version", account.Version),
                    ("$address", address), ("$agent", agent[..Math.Min(agent.Length, MaxAgentLength)]));
            },
            cancel);
        return started == 1 ? text : null;
    }

    /// <summary>Who the cookie's value belongs to, or null.</summary>
    public async ValueTask<Identity?> FindAsync(string value, CancellationToken cancel) =>
        SecretText.Hash(value) is { } hash ? await _known.FindAsync(hash, cancel) : null;

    /// <summary>The sessions of an account that have not ended, the one used last first.</summary>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(long user, CancellationToken cancel) =>
        _index.ReadAsync<IReadOnlyList<SessionEntry>>(
            connection =>
            {
                var now = Now();
                using var command = connection.CreateCommand();
                command.CommandText =
                    """
                    SELECT token, created_at, seen_at, address, agent FROM sessions
                    WHERE user = $user AND created_at > $oldest AND seen_at > $idle
                    ORDER BY seen_at DESC, token
                    """;
                command.Parameters.AddWithValue("$user", user);
                command.Parameters.AddWithValue("$oldest", now - (long)Lifetime.TotalMilliseconds);
                command.Parameters.AddWithValue("$idle", now - (long)IdleLifetime.TotalMilliseconds);
                using var rows = command.ExecuteReader();
                var sessions = new List<SessionEntry>();
                while (rows.Read())
                    sessions.Add(ReadEntry(rows));
                return sessions;
            },
            cancel);

    /// <summary>
    /// How <see cref="SessionEntry.Id"/> names the session behind a cookie's value; null where it is no such value.
    /// </summary>
    public static string? IdOf(string? value) =>
        value is not null && SecretText.Hash(value) is { } hash ? IdOf(hash) : null;

    /// <summary>Ends the session behind a cookie's value; an unknown one is no error.</summary>
    public async Task EndAsync(string value, CancellationToken cancel)
    {
        if (SecretText.Hash(value) is not { } hash)
            return;

        await _users.ChangeAsync(
            (connection, transaction) =>
                Users.Execute(connection, transaction, "DELETE FROM sessions WHERE token = $token", ("$token", hash)),
            cancel);
    }

    /// <summary>Ends the session of this id, where it is one of the account's.</summary>
    /// <param name="user">The account; null for any.</param>
    public async Task<bool> EndAsync(string id, long? user, CancellationToken cancel)
    {
        if (id.Length != 2 * IdLength || !id.All(char.IsAsciiHexDigit))
            return false;
        var ended = await _users.ChangeAsync(
            (connection, transaction) => Users.Execute(
                connection, transaction,
                "DELETE FROM sessions WHERE substr(token, 1, $length) = $id AND ($user IS NULL OR user = $user)",
                ("$length", IdLength), ("$id", Convert.FromHexString(id)), ("$user", (object?)user ?? DBNull.Value)),
            cancel);
        return ended > 0;
    }

    /// <summary>Ends every session of an account.</summary>
    public Task EndAllAsync(long user, CancellationToken cancel) => _users.ChangeAsync(
        (connection, transaction) =>
            Users.Execute(connection, transaction, "DELETE FROM sessions WHERE user = $user", ("$user", user)),
        cancel);

    /// <summary>
    /// Gives the browser the cookie; RFC 6265bis 5.6.7: Lax keeps it from requests that other sites cause.
    /// </summary>
    public static void SetCookie(HttpContext http, string value) =>
        http.Response.Cookies.Append(Cookie, value, CookieFor(http, Lifetime));

    public static void ClearCookie(HttpContext http) => http.Response.Cookies.Delete(Cookie, CookieFor(http, null));

    /// <summary>Gives the browser the cookie of a new session and ends the one behind the cookie that it had.</summary>
    public async Task TakeOverAsync(HttpContext http, string value, CancellationToken cancel)
    {
        // The browser forgets that cookie, so nobody could end its session any more.
        if (http.Request.Cookies.TryGetValue(Cookie, out var old))
            await EndAsync(old, cancel);
        SetCookie(http, value);
    }

    /// <summary>Ends the session behind the browser's cookie, if there is one, and takes the cookie away.</summary>
    /// <returns>Whose session it was; null where there was none.</returns>
    public async Task<Identity?> LeaveAsync(HttpContext http, CancellationToken cancel)
    {
        Identity? user = null;
        if (http.Request.Cookies.TryGetValue(Cookie, out var session))
        {
            user = await FindAsync(session, cancel);
            await EndAsync(session, cancel);
        }

        ClearCookie(http);
        return user;
    }

    private static CookieOptions CookieFor(HttpContext http, TimeSpan? age) => new()
    {
        Path = "/",
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        MaxAge = age,
    };

    private Task<Proof?> ReadAsync(byte[] hash, long generation, CancellationToken cancel) =>
        _index.ReadAsync(
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
                return new Proof(
                    identity, rows.GetInt64(3) + (long)Lifetime.TotalMilliseconds, (long)IdleLifetime.TotalMilliseconds,
                    generation)
                {
                    SeenAt = rows.GetInt64(4),
                };
            },
            cancel);

    private static SessionEntry ReadEntry(SqliteDataReader rows) => new(
        IdOf(rows.GetFieldValue<byte[]>(0)), rows.GetInt64(1), rows.GetInt64(2),
        Math.Min(
            rows.GetInt64(1) + (long)Lifetime.TotalMilliseconds,
            rows.GetInt64(2) + (long)IdleLifetime.TotalMilliseconds),
        rows.GetString(3), rows.GetString(4));

    private static string IdOf(byte[] hash) => Convert.ToHexStringLower(hash, 0, IdLength);

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
