using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>Writes the feed of what happened: a row for everything that a transaction changed.</summary>
internal sealed class ChangeRows(SqliteConnection connection) : IDisposable
{
    public const string Stored = "stored";
    public const string Replaced = "replaced";
    public const string Conflict = "conflict";
    public const string Deleted = "deleted";

    private readonly Statement _insert = new(connection, """
        INSERT INTO changes (at, kind, level, uid, resource, parent, who, how, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    /// <param name="note">Never patient data.</param>
    public void Add(
        long at, string kind, Level level, string? uid, long resource, long? parent, Sender sender, string? note = null)
    {
        _insert.Bind(1, at)
            .Bind(2, kind)
            .Bind(3, level.ToWord())
            .Bind(4, uid)
            .Bind(5, resource)
            .Bind(6, parent)
            .Bind(7, sender.Who)
            .Bind(8, sender.How)
            .Bind(9, note)
            .Run();
    }

    public void Dispose() => _insert.Dispose();
}
