using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Archive;
using NeurDicom.Dicom;
using NeurDicom.Dicom.Json;
using NeurDicom.Index;

namespace NeurDicom.Tests.Archive;

/// <summary>An archive in a temporary folder, and arrivals made of nothing.</summary>
internal sealed class ArchiveFixture : IAsyncDisposable
{
    public static readonly Sender Tester = new("tester", "test");

    private readonly Settings _settings;
    private readonly ArchiveSizes _sizes;
    private DataFolder _folder;
    private bool _isOpen = true;

    public ArchiveFixture(Settings? settings = null, ArchiveSizes? sizes = null, string? path = null)
    {
        Path = path ?? Directory.CreateTempSubdirectory("neurdicom-test-").FullName;
        _settings = settings ?? new Settings();
        _sizes = sizes ?? ArchiveSizes.Default;
        _folder = DataFolder.Open(Path);
        Archive = Open();
    }

    public string Path { get; }

    public InstanceArchive Archive { get; private set; }

    public ArchiveWriter Writer => Archive.Writer;

    public async Task ReopenAsync()
    {
        await CloseAsync();
        await ReopenAfterCloseAsync();
    }

    public Task ReopenAfterCloseAsync()
    {
        _folder = DataFolder.Open(Path);
        try
        {
            Archive = Open();
            _isOpen = true;
        }
        catch
        {
            _folder.Dispose();
            throw;
        }

        return Task.CompletedTask;
    }

    /// <summary>Of an archive that is closed.</summary>
    public void SetSchemaVersion(int version)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.IndexFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA user_version = {version}";
        command.ExecuteNonQuery();
    }

    public async Task CloseAsync()
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        await Archive.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>An arrival whose bytes follow from its name and content; equal arguments give equal bytes.</summary>
    public static Arrival Arrive(
        string sop, string series = "1.2.1", string study = "1.2", string patient = "P1", string content = "", int size = 300)
    {
        var bytes = new byte[size];
        new Random(HashCode.Combine(1)).NextBytes(bytes);
        Encoding.ASCII.GetBytes($"{sop} {content} ").CopyTo(bytes, 0);
        return new Arrival
        {
            Attributes = new InstanceAttributes
            {
                SopInstanceUid = Uid.Parse(sop),
                SeriesInstanceUid = Uid.Parse(series),
                StudyInstanceUid = Uid.Parse(study),
                SopClassUid = "1.2.840.10008.5.1.4.1.1.2",
                TransferSyntaxUid = "1.2.840.10008.1.2.1",
                PatientId = patient,
                PatientName = "Nobody^Known",
                Modality = "CT",
                InstanceNumber = 1,
            },
            Sha256 = SHA256.HashData(bytes),
            Size = bytes.Length,
            Bytes = bytes,
            Metadata = MetadataBlock.Create(Encoding.ASCII.GetBytes($$"""{"sop":"{{sop}}"}""")),
        };
    }

    public async Task<StoreResult> StoreAsync(Arrival arrival) =>
        await Writer.StoreAsync(arrival, Tester, CancellationToken.None);

    /// <summary>An arrival in a file of its own, as a large one comes.</summary>
    public async Task<Arrival> ArriveLargeAsync(string sop, string content = "", int size = 3 << 20)
    {
        var small = Arrive(sop, content: content, size: size);
        var large = await LargeFile.CreateAsync(Writer, Archive.Files, CancellationToken.None);
        await large.WriteAsync(small.Bytes, CancellationToken.None);
        large.Flush();
        return new Arrival
        {
            Attributes = small.Attributes,
            Sha256 = small.Sha256,
            Size = small.Size,
            Large = large,
            Metadata = small.Metadata,
        };
    }

    public async Task<byte[]?> ReadAsync(long instance, int? version = null)
    {
        using var stored = await Archive.OpenAsync(instance, version, CancellationToken.None);
        if (stored is null)
            return null;
        var bytes = new MemoryStream();
        await stored.OpenBytes().CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public Task<long> CountAsync(string sql) => Archive.Index.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return (long)(command.ExecuteScalar() ?? 0L);
        },
        CancellationToken.None);

    public Task<List<string>> TextsAsync(string sql) => Archive.Index.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var texts = new List<string>();
            while (reader.Read())
                texts.Add(reader.IsDBNull(0) ? "" : reader.GetString(0));
            return texts;
        },
        CancellationToken.None);

    /// <summary>Every counter that differs from what it counts.</summary>
    public async Task<string> WrongCountersAsync()
    {
        var wrong = new List<string>();
        foreach (var (what, sql) in CounterChecks.All)
        {
            if (await CountAsync(sql) is var count and not 0)
                wrong.Add($"{what}: {count}");
        }

        return string.Join("; ", wrong);
    }

    /// <summary>Waits until everything that was deleted is freed.</summary>
    public async Task FreedAsync()
    {
        var watch = Stopwatch.StartNew();
        while (await CountAsync("SELECT count(*) FROM frees") > 0)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(20))
                throw new TimeoutException("What was deleted is not freed.");
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Path, recursive: true);
    }

    private InstanceArchive Open() =>
        InstanceArchive.Open(_folder, _settings, TimeProvider.System, NullLoggerFactory.Instance, _sizes);
}
