using Microsoft.Data.Sqlite;
using NeurDicom.Store;

namespace NeurDicom.Archive;

/// <summary>The only writer of the archive.</summary>
internal sealed class ArchiveWriter
{
    /// <summary>Takes a patient, study, series or instance away, with everything below it.</summary>
    public Task<DeleteResult> DeleteAsync(Level level, long id, Sender sender, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <summary>
    /// Writes small rows of others in the next batch's transaction, in a savepoint of its own: what it throws undoes
    /// only itself. The answer comes after the commit.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, T> write, CancellationToken cancel) =>
        throw new NotImplementedException();
}
