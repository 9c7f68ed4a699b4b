using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using NeurDicom.Index;

namespace NeurDicom.Archive;

/// <summary>What <see cref="Verification"/> found of one version, or of a file that belongs to none.</summary>
/// <param name="Name">The SOP Instance UID, or the path of a file that belongs to no version.</param>
/// <param name="Version">1, 2, … within the instance; null for such a file.</param>
/// <param name="Problem">Null where all is well.</param>
internal sealed record VersionCheck(string Name, int? Version, long Size, string? Problem);

/// <summary>How far a verification is.</summary>
/// <param name="Files">Checked so far, with those that are damaged and those that belong to no version.</param>
/// <param name="Total">How many versions there were when it began.</param>
/// <param name="Found">What is damaged; null where the step only tells how far it is.</param>
/// <param name="IsLast">Everything was checked.</param>
internal sealed record VerificationStep(
    long Files, long Bytes, long Damaged, long Total, VersionCheck? Found = null, bool IsLast = false);

/// <summary>
/// Reads every stored version again and compares it with what was written down when it was stored: file, metadata and
/// the headers of their records. Memory does not grow with the archive; stores and deletions go on beside it.
/// </summary>
internal sealed class Verification(InstanceArchive archive)
{
    private const int PageSize = 500;
    private const int BufferSize = 1 << 20;

    /// <summary>Damage beyond this is counted and no longer named.</summary>
    public const int MostNamed = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The same on threads of the pool, a step now and then and one for everything that is damaged. Cancelled, it ends
    /// without the last step.
    /// </summary>
    public async IAsyncEnumerable<VerificationStep> StepsAsync(
        TimeProvider time, [EnumeratorCancellation] CancellationToken cancel)
    {
        var steps = Channel.CreateBounded<VerificationStep>(64);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var work = Task.Run(() => WorkAsync(steps.Writer, time, ended.Token), CancellationToken.None);
        try
        {
            await foreach (var step in steps.Reader.ReadAllAsync(CancellationToken.None))
                yield return step;
        }
        finally
        {
            await ended.CancelAsync();
            await work;
        }
    }

    private async Task WorkAsync(ChannelWriter<VerificationStep> steps, TimeProvider time, CancellationToken cancel)
    {
        Exception? failure = null;
        try
        {
            var (files, bytes, damaged, told) = (0L, 0L, 0L, time.GetTimestamp());
            var total = await CountAsync(cancel);
            await foreach (var check in RunAsync(cancel))
            {
                files++;
                bytes += check.Size;
                damaged += check.Problem is null ? 0 : 1;
                var found = check.Problem is not null && damaged <= MostNamed ? check : null;
                if (found is null && time.GetElapsedTime(told) < Interval)
                    continue;
                told = time.GetTimestamp();
                await steps.WriteAsync(new VerificationStep(files, bytes, damaged, total, found), cancel);
            }

            await steps.WriteAsync(new VerificationStep(files, bytes, damaged, total, IsLast: true), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            failure = e; // Thrown where the steps are read.
        }

        steps.Complete(failure);
    }

    /// <summary>
    /// One result for each version, in the order of storing, then one for each file that belongs to none.
    /// </summary>
    public async IAsyncEnumerable<VersionCheck> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        archive.Files.ForgetAll();
        var after = 0L;
        while (await PageAsync(after, cancel) is { Count: > 0 } page)
        {
            foreach (var (version, instance, number, uid, size) in page)
            {
                after = version;
                if (await CheckAsync(instance, number, uid, size, cancel) is { } check)
                    yield return check;
            }
        }

        foreach (var orphan in await OrphansAsync(cancel))
            yield return orphan;
    }

    private Task<long> CountAsync(CancellationToken cancel) => archive.Index.ReadAsync(
        connection =>
        {
            using var rows = Rows.Of(connection, "SELECT versions FROM totals");
            return rows.Read() ? rows.Int64(0) : 0;
        },
        cancel);

    private Task<List<(long Version, long Instance, int Number, string Uid, long Size)>> PageAsync(
        long after, CancellationToken cancel) =>
        archive.Index.ReadAsync(
            connection =>
            {
                using var rows = Rows.Of(connection, """
                    SELECT v.id, v.instance, v.number, i.sop_instance_uid, v.size
                    FROM versions v JOIN instances i ON i.id = v.instance WHERE v.id > ? ORDER BY v.id LIMIT ?
                    """).Bind(1, after).Bind(2, PageSize);
                var page = new List<(long, long, int, string, long)>();
                while (rows.Read())
                    page.Add((rows.Int64(0), rows.Int64(1), (int)rows.Int64(2), rows.Text(3)!, rows.Int64(4)));
                return page;
            },
            cancel);

    private async Task<VersionCheck?> CheckAsync(
        long instance, int number, string uid, long size, CancellationToken cancel)
    {
        try
        {
            using var stored = await archive.OpenAsync(instance, number, cancel);
            // Deleted since the page was read.
            return stored is null ? null : new VersionCheck(uid, number, size, Problem(stored, cancel));
        }
        catch (MissingBytesException e)
        {
            return new VersionCheck(
                uid, number, size, e.InnerException is null ? "the file is cut off" : "the file is missing");
        }
        catch (IOException e)
        {
            return new VersionCheck(uid, number, size, $"the file cannot be read: {e.Message}");
        }
    }

    private static string? Problem(StoredInstance stored, CancellationToken cancel)
    {
        if (!HashOf(stored, cancel).AsSpan().SequenceEqual(stored.Sha256.Span))
            return "the bytes are not the ones that were stored";
        if (stored.HeaderProblem() is { } header)
            return header;
        try
        {
            if (stored.ReadMetadata() is { Size: > 0 } metadata)
                metadata.ToJson();
        }
        catch (InvalidDataException)
        {
            return "the metadata are not the ones that were stored";
        }

        return null;
    }

    private static byte[] HashOf(StoredInstance stored, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var offset = 0L; offset < stored.Size;)
            {
                cancel.ThrowIfCancellationRequested();
                var read = stored.Read(buffer, offset);
                hash.AppendData(buffer, 0, read);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>
    /// Large files that no row knows. Names are read before rows, so that a file stored meanwhile is none.
    /// </summary>
    private async Task<List<VersionCheck>> OrphansAsync(CancellationToken cancel)
    {
        var files = Directory.GetFiles(archive.Folder.LargeFolder);
        var orphans = new List<VersionCheck>();
        foreach (var file in files)
        {
            // Once it is seen to exist, its length is known too.
            var seen = new FileInfo(file);
            if (!await IsKnownAsync(seen.Name, cancel) && seen.Exists)
                orphans.Add(new VersionCheck($"large/{seen.Name}", null, seen.Length, "belongs to no instance"));
        }

        return orphans;
    }

    private Task<bool> IsKnownAsync(string name, CancellationToken cancel) => archive.Index.ReadAsync(
        connection =>
        {
            using var rows = Rows.Of(connection, """
                SELECT 1 FROM versions WHERE id = ?1 UNION ALL SELECT 1 FROM open_files WHERE version = ?1
                UNION ALL SELECT 1 FROM frees WHERE version = ?1
                """).Bind(1, name);
            return rows.Read();
        },
        cancel);
}
