using Microsoft.Data.Sqlite;
using NeurDicom.Archive;
using NeurDicom.Index;

namespace NeurDicom.Accounts;

/// <summary>The rows of <c>users</c>, and of the sessions and tokens that a change of an account ends.</summary>
internal sealed class Users(ArchiveIndex index, ArchiveWriter writer, TimeProvider time)
{
    private const string Columns = "id, email, name, surname, role, is_active, password, version";

    private long _generation;

    /// <summary>
    /// Grows with every change of accounts or sessions. What was read under an older one is read again; one process
    /// owns the archive, so nobody else changes them.
    /// </summary>
    public long Generation => Volatile.Read(ref _generation);

    public Task<Account?> FindAsync(long id, CancellationToken cancel) =>
        index.ReadAsync(
            connection => Find(connection, null, $"SELECT {Columns} FROM users WHERE id = $key", id), cancel);

    public Task<Account?> FindAsync(string email, CancellationToken cancel) =>
        index.ReadAsync(
            connection => Find(connection, null, $"SELECT {Columns} FROM users WHERE email = $key", email), cancel);

    /// <summary>The accounts behind an id, and how many there are in all.</summary>
    public Task<(IReadOnlyList<Account> Accounts, long Total)> ListAsync(
        long after, int limit, CancellationToken cancel) =>
        index.ReadAsync<(IReadOnlyList<Account>, long)>(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT {Columns} FROM users WHERE id > $after ORDER BY id LIMIT $limit";
                command.Parameters.AddWithValue("$after", after);
                command.Parameters.AddWithValue("$limit", limit);
                using var rows = command.ExecuteReader();
                var accounts = new List<Account>();
                while (rows.Read())
                    accounts.Add(Read(rows));
                return (accounts, Scalar(connection, null, "SELECT count(*) FROM users"));
            },
            cancel);

    public Task<bool> AnyAsync(CancellationToken cancel) =>
        index.ReadAsync(connection => Scalar(connection, null, "SELECT EXISTS (SELECT 1 FROM users)") == 1, cancel);

    /// <summary>Adds an account. Its password is already hashed.</summary>
    public Task<(AccountOutcome Outcome, Account? Account)> CreateAsync(
        AccountChange account, CancellationToken cancel) =>
        ChangeAsync<(AccountOutcome, Account?)>(
            (connection, transaction) =>
            {
                var other = Find(
                    connection, transaction, $"SELECT {Columns} FROM users WHERE email = $key", account.Email);
                if (other is not null)
                    return (AccountOutcome.NameTaken, null);

                var id = Scalar(
                    connection, transaction,
                    """
                    INSERT INTO users (email, name, surname, role, is_active, password, date_joined)
                    VALUES ($email, $name, $surname, $role, $is_active, $password, $now)
                    RETURNING id
                    """,
                    ("$email", account.Email), ("$name", account.Name), ("$surname", account.Surname),
                    ("$role", (account.Role ?? Role.Reader).ToText()), ("$is_active", account.IsActive ?? true),
                    ("$password", account.Password ?? throw new ArgumentException("An account needs a password.")),
                    ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()));
                return (AccountOutcome.Done, Get(connection, transaction, id));
            },
            cancel);

    /// <summary>
    /// Changes an account. A new name, password, role or state ends its sessions and tokens, and voids remembered
    /// credentials.
    /// </summary>
    /// <param name="version">The version the change was decided on, or null for any.</param>
    public Task<(AccountOutcome Outcome, Account? Account)> UpdateAsync(
        long id, AccountChange change, long? version, CancellationToken cancel) =>
        ChangeAsync<(AccountOutcome, Account?)>(
            (connection, transaction) =>
            {
                if (Get(connection, transaction, id) is not { } old)
                    return (AccountOutcome.NotFound, null);
                if (version is not null && version != old.Version)
                    return (AccountOutcome.Changed, null);

                var other = Find(
                    connection, transaction, $"SELECT {Columns} FROM users WHERE email = $key", change.Email);
                if (other is not null && other.Id != id)
                    return (AccountOutcome.NameTaken, null);

                var changed = old with
                {
                    Email = change.Email,
                    Name = change.Name,
                    Surname = change.Surname,
                    Role = change.Role ?? old.Role,
                    IsActive = change.IsActive ?? old.IsActive,
                    Password = change.Password ?? old.Password,
                };
                if (IsAdmin(old) && !IsAdmin(changed) && !HasOtherAdmin(connection, transaction, id))
                    return (AccountOutcome.LastAdmin, null);

                var voids = old != changed with { Name = old.Name, Surname = old.Surname };
                if (voids)
                    EndProofs(connection, transaction, id);

                Execute(
                    connection, transaction,
                    """
                    UPDATE users
                    SET email = $email, name = $name, surname = $surname, role = $role, is_active = $is_active,
                        password = $password, version = $version
                    WHERE id = $id
                    """,
                    ("$email", changed.Email), ("$name", changed.Name), ("$surname", changed.Surname),
                    ("$role", changed.Role.ToText()), ("$is_active", changed.IsActive), ("$password", changed.Password),
                    ("$version", old.Version + (voids ? 1 : 0)), ("$id", id));
                return (AccountOutcome.Done, Get(connection, transaction, id));
            },
            cancel);

    /// <summary>Stores the same password under a stronger hash; nothing else changes and nothing is voided.</summary>
    public Task RehashAsync(Account account, string password, CancellationToken cancel) =>
        ChangeAsync(
            (connection, transaction) => Execute(
                connection, transaction, "UPDATE users SET password = $password WHERE id = $id AND version = $version",
                ("$password", password), ("$id", account.Id), ("$version", account.Version)),
            cancel);

    public Task<AccountOutcome> DeleteAsync(long id, CancellationToken cancel) =>
        ChangeAsync(
            (connection, transaction) =>
            {
                if (Get(connection, transaction, id) is not { } account)
                    return AccountOutcome.NotFound;
                if (IsAdmin(account) && !HasOtherAdmin(connection, transaction, id))
                    return AccountOutcome.LastAdmin;

                EndProofs(connection, transaction, id);
                Execute(connection, transaction, "DELETE FROM users WHERE id = $id", ("$id", id));
                return AccountOutcome.Done;
            },
            cancel);

    /// <summary>
    /// Runs a change in the writer's transaction; whatever was read before it is read again after it.
    /// </summary>
    public async Task<T> ChangeAsync<T>(Func<SqliteConnection, SqliteTransaction, T> change, CancellationToken cancel)
    {
        try
        {
            return await writer.WriteAsync(change, cancel);
        }
        finally
        {
            // Also when the caller has gone: the change may have been committed all the same.
            Interlocked.Increment(ref _generation);
        }
    }

    public static int Execute(
        SqliteConnection connection, SqliteTransaction? transaction, string sql,
        params (string Name, object Value)[] values)
    {
        using var command = Command(connection, transaction, sql, values);
        return command.ExecuteNonQuery();
    }

    private static long Scalar(
        SqliteConnection connection, SqliteTransaction? transaction, string sql,
        params (string Name, object Value)[] values)
    {
        using var command = Command(connection, transaction, sql, values);
        return (long)command.ExecuteScalar()!; // Every statement it is called with gives one row.
    }

    private static SqliteCommand Command(
        SqliteConnection connection, SqliteTransaction? transaction, string sql, (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    // Who changes a password because somebody knows it must not have to think of the tokens that somebody made.
    private static void EndProofs(SqliteConnection connection, SqliteTransaction transaction, long id)
    {
        Execute(connection, transaction, "DELETE FROM sessions WHERE user = $id", ("$id", id));
        Execute(connection, transaction, "DELETE FROM tokens WHERE user = $id", ("$id", id));
    }

    private static bool IsAdmin(Account account) => account is { IsActive: true, Role: Role.Admin };

    private static bool HasOtherAdmin(SqliteConnection connection, SqliteTransaction transaction, long id) =>
        Scalar(
            connection, transaction,
            "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND is_active = 1 AND id <> $id)",
            ("$id", id)) == 1;

    private static Account? Get(SqliteConnection connection, SqliteTransaction transaction, long id) =>
        Find(connection, transaction, $"SELECT {Columns} FROM users WHERE id = $key", id);

    private static Account? Find(SqliteConnection connection, SqliteTransaction? transaction, string sql, object key)
    {
        using var command = Command(connection, transaction, sql, [("$key", key)]);
        using var rows = command.ExecuteReader();
        return rows.Read() ? Read(rows) : null;
    }

    private static Account Read(SqliteDataReader rows) => new(
        rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetString(3),
        Roles.Parse(rows.GetString(4)) ?? throw new InvalidOperationException("A role the program does not know."),
        rows.GetBoolean(5), rows.GetString(6), rows.GetInt64(7));
}
