using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NeurDicom.Archive;

namespace NeurDicom.Accounts;

/// <summary>
/// Writes down when sessions and tokens were last used. Nobody waits for it: a read neither waits for a write nor fails
/// because the disk is full.
/// </summary>
internal sealed partial class LastUse(ArchiveWriter writer, ILogger<LastUse> logger)
{
    /// <summary>How late the index may know: not every request may cost a write.</summary>
    public static readonly TimeSpan Precision = TimeSpan.FromMinutes(5);

    private int _isFailing;

    /// <param name="update">A statement with <c>$now</c> and <c>$key</c>.</param>
    public void Write(string update, byte[] key, long now) => _ = WriteAsync(update, key, now);

    private async Task WriteAsync(string update, byte[] key, long now)
    {
        try
        {
            await writer.WriteAsync(
                (connection, transaction) => Users.Execute(
                    connection, transaction, update, ("$now", now), ("$key", key)),
                CancellationToken.None);
            Volatile.Write(ref _isFailing, 0);
        }
        catch (ChannelClosedException)
        {
            // The archive is being closed.
        }
        catch (Exception e)
        {
            // Nobody awaits this, so it is told here, and once: every session would say the same.
            if (Interlocked.Exchange(ref _isFailing, 1) == 0)
                Log.NotWritten(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "When sessions and tokens were used cannot be written down, so sessions may end early: {Reason}")]
        public static partial void NotWritten(ILogger logger, string reason);
    }
}
