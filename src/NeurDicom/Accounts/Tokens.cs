using Microsoft.Data.Sqlite;
using NeurDicom.Index;

namespace NeurDicom.Accounts;

/// <summary>One token, without what opens the archive.</summary>
/// <param name="ExpiresAt">In milliseconds since 1970, as the others; null where it never expires.</param>
internal sealed record TokenEntry(
    long Id, string Name, long UserId, string Email, Role Role, long CreatedAt, long? ExpiresAt, long? UsedAt);

/// <summary>
/// Tokens for programs: <c>Authorization: Bearer …</c> (RFC 6750). Their text is shown once, see
/// <see cref="SecretText"/>. Whatever ends the sessions of an account ends its tokens too.
/// </summary>
internal sealed class Tokens
{
    /// <summary>In front of each, so that people and programs that look for leaked secrets see what it is.</summary>
    public const string Prefix = "neurdicom_";

    public const int MaxNameLength = 100;

    /// <summary>How many an account may have that have not expired.</summary>
    public const int MaxPerUser = 100;

    private const string Columns = "t.id, t.name, u.id, u.email, t.role, t.created_at, t.expires_at, t.used_at";

    private readonly ArchiveIndex _index;
    private readonly Users _users;
    private readonly TimeProvider _time;
    private readonly ProofCache _known;

    public Tokens(ArchiveIndex index, Users users, LastUse lastUse, TimeProvider time)
    {
        (_index, _users, _time) = (index, users, time);
        _known = new ProofCache(users, lastUse, time, "UPDATE tokens SET used_at = $now WHERE hash = $key", ReadAsync);
    }

    /// <summary>Who a token belongs to, with the lesser of its role and the account's; null for none of ours.</summary>
    public async ValueTask<Identity?> FindAsync(string text, CancellationToken cancel) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && SecretText.Hash(text.AsSpan(Prefix.Length)) is { } hash
            ? await _known.FindAsync(hash, cancel)
            : null;

    /// <summary>Makes a token. Null where the account has too many, or may not have it any more.</summary>
    /// <returns>The token, and its text, which is stored nowhere.</returns>
    public async Task<(TokenEntry Token, string Text)?> CreateAsync(
        long user, string name, Role role, long? expiresAt, CancellationToken cancel)
    {
        var (text, hash) = SecretText.Create();
        var now = Now();
        var token = await _users.ChangeAsync(
            (connection, transaction) =>
            {
                Users.Execute(
                    connection, transaction, "DELETE FROM tokens WHERE user = $user AND expires_at <= $now",
                    ("$user", user), ("$now", now));
                // The role was compared outside this transaction: the account may have a lesser one since.
                var made = Users.Execute(
                    connection, transaction,
                    """
                    INSERT INTO tokens (hash, user, name, role, created_at, expires_at)
                    SELECT $hash, id, $name, $role, $now, $expires FROM users
                    WHERE id = $user AND is_active = 1
                      AND CASE role WHEN 'admin' THEN 2 WHEN 'writer' THEN 1 ELSE 0 END >= $rank
                      AND (SELECT count(*) FROM tokens WHERE user = $user) < $most
                    """,
                    ("$hash", hash), ("$name", name), ("$role", role.ToText()), ("$rank", (int)role), ("$now", now),
                    ("$expires", (object?)expiresAt ?? DBNull.Value), ("$user", user), ("$most", MaxPerUser));
                return made == 0 ? null : Find(connection, "WHERE t.hash = $key", hash, transaction);
            },
            cancel);
        return token is null ? null : (token, Prefix + text);
    }

    public Task<TokenEntry?> FindAsync(long id, CancellationToken cancel) =>
        _index.ReadAsync(connection => Find(connection, "WHERE t.id = $key", id), cancel);

    /// <summary>Tokens behind an id, in their order; also those that have expired.</summary>
    /// <param name="user">Whose; null for everybody's.</param>
    public Task<IReadOnlyList<TokenEntry>> ListAsync(long? user, long after, int limit, CancellationToken cancel) =>
        _index.ReadAsync<IReadOnlyList<TokenEntry>>(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    $"""
                    SELECT {Columns} FROM tokens t JOIN users u ON u.id = t.user
                    WHERE t.id > $after {(user is null ? "" : "AND t.user = $user")} ORDER BY t.id LIMIT $limit
                    """;
                command.Parameters.AddWithValue("$after", after);
                command.Parameters.AddWithValue("$user", (object?)user ?? DBNull.Value);
                command.Parameters.AddWithValue("$limit", limit);
                using var rows = command.ExecuteReader();
                var tokens = new List<TokenEntry>();
                while (rows.Read())
                    tokens.Add(ReadEntry(rows));
                return tokens;
            },
            cancel);

    public Task RevokeAsync(long id, CancellationToken cancel) => _users.ChangeAsync(
        (connection, transaction) =>
            Users.Execute(connection, transaction, "DELETE FROM tokens WHERE id = $id", ("$id", id)),
        cancel);

    private Task<Proof?> ReadAsync(byte[] hash, long generation, CancellationToken cancel) =>
        _index.ReadAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    """
                    SELECT u.id, u.email, u.role, t.role, t.id, t.expires_at, t.used_at
                    FROM tokens t JOIN users u ON u.id = t.user WHERE t.hash = $hash AND u.is_active = 1
                    """;
                command.Parameters.AddWithValue("$hash", hash);
                using var rows = command.ExecuteReader();
                if (!rows.Read()
                    || Roles.Parse(rows.GetString(2)) is not { } own
                    || Roles.Parse(rows.GetString(3)) is not { } role)
                    return null;

                var identity = new Identity(
                    rows.GetInt64(0), rows.GetString(1), role < own ? role : own, AuthScheme.Token, rows.GetInt64(4));
                return new Proof(
                    identity, rows.IsDBNull(5) ? long.MaxValue : rows.GetInt64(5), long.MaxValue, generation)
                {
                    SeenAt = rows.IsDBNull(6) ? 0 : rows.GetInt64(6),
                };
            },
            cancel);

    private static TokenEntry? Find(
        SqliteConnection connection, string where, object key, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT {Columns} FROM tokens t JOIN users u ON u.id = t.user {where}";
        command.Parameters.AddWithValue("$key", key);
        using var rows = command.ExecuteReader();
        return rows.Read() ? ReadEntry(rows) : null;
    }

    private static TokenEntry ReadEntry(SqliteDataReader rows) => new(
        rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2), rows.GetString(3),
        Roles.Parse(rows.GetString(4)) ?? throw new InvalidOperationException("A role the program does not know."),
        rows.GetInt64(5), rows.IsDBNull(6) ? null : rows.GetInt64(6), rows.IsDBNull(7) ? null : rows.GetInt64(7));

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
