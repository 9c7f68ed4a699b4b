using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NeurDicom.Dicom;
using NeurDicom.Index;

namespace NeurDicom.Archive;

/// <summary>The opened archive: bytes and rows of one data folder.</summary>
internal sealed class InstanceArchive : IAsyncDisposable
{
    private readonly SegmentFiles _files;
    private readonly Leases _leases;

    private InstanceArchive(
        DataFolder folder, ArchiveIndex index, SegmentFiles files, Leases leases, ArchiveWriter writer,
        AuditTrail audit)
    {
        Audit = audit;
        Folder = folder;
        Index = index;
        Writer = writer;
        _files = files;
        _leases = leases;
    }

    public DataFolder Folder { get; }

    public ArchiveIndex Index { get; }

    public ArchiveWriter Writer { get; }

    /// <summary>Who did what with patient data.</summary>
    public AuditTrail Audit { get; }

    internal SegmentFiles Files => _files;

    /// <summary>
    /// Opens what lies in the folder and clears away what a crash left. The folder stays the caller's.
    /// </summary>
    /// <exception cref="DataFolderException">A newer program wrote it, or its index is none.</exception>
    public static InstanceArchive Open(
        DataFolder folder, Settings settings, TimeProvider clock, ILoggerFactory logs, ArchiveSizes? sizes = null)
    {
        var logger = logs.CreateLogger<InstanceArchive>();
        var index = ArchiveIndex.Open(folder.IndexFile, TimeSpan.FromSeconds(settings.QuerySeconds), clock, logger);
        var files = new SegmentFiles(folder);
        var leases = new Leases();
        var connection = index.OpenForWriting();
        try
        {
            var repaired = Repaired.Run(connection, files, logger);
            var writer = new ArchiveWriter(
                connection, repaired, files, leases, settings, sizes ?? ArchiveSizes.Default,
                new DiskSpace(folder, settings, clock), clock, logs.CreateLogger<ArchiveWriter>());
            var audit = new AuditTrail(
                index, writer, new AuditRetention(settings.AuditDays, settings.AuditRows), clock,
                logs.CreateLogger<AuditTrail>());
            return new InstanceArchive(folder, index, files, leases, writer, audit);
        }
        catch (Exception e)
        {
            connection.Dispose();
            files.Dispose();
            index.Dispose();
            if (e is SqliteException)
                throw new DataFolderException($"The index {folder.IndexFile} cannot be written: {e.Message}", e);
            throw;
        }
    }

    /// <summary>
    /// The bytes of an instance's current or given version, held until disposed of; null where there is none.
    /// </summary>
    /// <param name="instance">The instance's id.</param>
    /// <param name="version">1, 2, … within the instance; null for the current one.</param>
    public async Task<StoredInstance?> OpenAsync(long instance, int? version, CancellationToken cancel)
    {
        var ticket = _leases.BeginOpening();
        try
        {
            return await Index.ReadAsync(connection => Open(connection, instance, version), cancel);
        }
        finally
        {
            _leases.EndOpening(ticket);
        }
    }

    /// <summary>Reads everything again and compares it with its hashes.</summary>
    public IAsyncEnumerable<VersionCheck> VerifyAsync(CancellationToken cancel) =>
        new Verification(this).RunAsync(cancel);

    /// <summary>Taken by who verifies for others: two readers of everything would only slow each other down.</summary>
    public SemaphoreSlim Verifying { get; } = new(1);

    public async ValueTask DisposeAsync()
    {
        await Audit.DisposeAsync();
        await Writer.DisposeAsync();
        _files.Dispose();
        Index.Dispose();
        Verifying.Dispose();
    }

    private StoredInstance? Open(SqliteConnection connection, long instance, int? version)
    {
        using var rows = Rows.Of(connection, version is null ? CurrentVersion : NumberedVersion).Bind(1, instance);
        if (version is { } number)
            rows.Bind(2, number);
        if (!rows.Read())
            return null;

        var place = new VersionPlace(
            rows.Int64(0), rows.IsNull(1) ? null : rows.Int64(1), rows.Int64(2), rows.Int64(3), rows.Int64(4),
            rows.Int64(5),
            (int)rows.Int64(6), rows.Int64(7), (uint)rows.Int64(8));
        _leases.Hold(place.Version);
        try
        {
            return new StoredInstance(_files, _leases, place)
            {
                Id = instance,
                Version = (int)rows.Int64(9),
                TransferSyntax = rows.Text(10)!,
                Sha256 = rows.Bytes(11).ToArray(),
                SopInstanceUid = Uid.Parse(rows.Text(12)!),
                StoredAt = DateTimeOffset.FromUnixTimeMilliseconds(rows.Int64(13)),
            };
        }
        catch (Exception e)
        {
            _leases.Release(place.Version);
            if (e is FileNotFoundException or DirectoryNotFoundException)
                throw new MissingBytesException($"The file of version {place.Version} is missing.", e);
            throw;
        }
    }

    private const string Columns =
        $"SELECT {InstanceRows.PlaceColumns}, v.number, v.transfer_syntax, v.sha256, i.sop_instance_uid, "
        + "v.stored_at FROM instances i ";

    private const string CurrentVersion = Columns + "JOIN versions v ON v.id = i.version WHERE i.id = ?";

    private const string NumberedVersion =
        Columns + "JOIN versions v ON v.instance = i.id WHERE i.id = ? AND v.number = ?";
}
