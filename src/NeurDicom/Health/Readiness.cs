using Microsoft.Data.Sqlite;
using NeurDicom.Archive;
using NeurDicom.Index;

namespace NeurDicom.Health;

/// <summary>
/// Whether the archive can do its work at this moment.
/// Anybody may ask, so it is looked at once a second at most, and by one at a time.
/// </summary>
internal sealed class Readiness(InstanceArchive archive, TimeProvider time)
{
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);

    // A batch takes a tenth of a second; who waits so long waits for a disk that does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<IReadOnlyList<string>>? _last;
    private long _begun;

    /// <summary>What keeps it from its work, in sentences; empty where nothing does.</summary>
    public Task<IReadOnlyList<string>> FindProblemsAsync()
    {
        lock (_gate)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_begun) > Validity))
            {
                _begun = time.GetTimestamp();
                _last = Task.Run(LookAsync);
            }

            return _last;
        }
    }

    private async Task<IReadOnlyList<string>> LookAsync()
    {
        // What was opened before still answers there, and everything stored would be lost.
        if (!archive.Folder.IsInPlace())
            return ["The data folder is gone, or another one stands in its place."];

        var problems = new List<string>();
        if (!HasSpace())
            problems.Add("The disk is full up to its reserve: nothing more is stored.");
        if (!await ReadsAsync())
            problems.Add("The index does not answer.");
        if (archive.Writer.IsBroken)
            problems.Add("The archive stopped writing after its disk failed; see the log, then restart it.");
        else if (!await WritesAsync())
            problems.Add("The writer does not answer.");
        return problems;
    }

    private bool HasSpace()
    {
        try
        {
            return archive.Writer.Space.Has(1);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<bool> ReadsAsync()
    {
        try
        {
            return await archive.Index.ReadAsync(
                connection =>
                {
                    using var rows = Rows.Of(connection, "SELECT patients FROM totals");
                    return rows.Read();
                },
                CancellationToken.None).WaitAsync(Patience);
        }
        catch (Exception e) when (e is SqliteException or QueryLimitException or TimeoutException)
        {
            return false;
        }
    }

    // Nothing is written: the commit of nothing reaches no disk, and shows that the writer takes its turns.
    private async Task<bool> WritesAsync()
    {
        try
        {
            return await archive.Writer.WriteAsync((_, _) => true, CancellationToken.None).WaitAsync(Patience);
        }
        catch (Exception)
        {
            return false;
        }
    }
}
