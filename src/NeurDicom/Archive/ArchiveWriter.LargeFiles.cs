using System.Threading.Channels;

namespace NeurDicom.Archive;

internal sealed partial class ArchiveWriter
{
    /// <summary>Says in the index that a large file is about to be written.</summary>
    /// <returns>The version's id, which names the file.</returns>
    internal Task<long> AnnounceLargeAsync(CancellationToken cancel) => WriteAsync(
        (_, _) =>
        {
            var version = _nextVersion++;
            _segments.AddOpenFile(version);
            return version;
        },
        cancel);

    /// <summary>The large file is gone again; nobody waits for that to be written down.</summary>
    internal void ForgetLarge(long version) => _ = ForgetLargeAsync(version);

    private async Task ForgetLargeAsync(long version)
    {
        try
        {
            await WriteAsync(
                (_, _) =>
                {
                    _segments.RemoveOpenFile(version);
                    return true;
                },
                CancellationToken.None);
        }
        catch (ChannelClosedException)
        {
            // The archive is closing; the next start looks after it.
        }
        catch (Exception e)
        {
            Log.LargeNotForgotten(_logger, version, e);
        }
    }
}
