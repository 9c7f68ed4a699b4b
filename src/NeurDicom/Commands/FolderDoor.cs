using Microsoft.Extensions.Logging;
using NeurDicom.Archive;
using NeurDicom.Index;
using NeurDicom.Store;

namespace NeurDicom.Commands;

/// <summary>The archive without a server: this process owns the data folder as long as the command runs.</summary>
internal sealed partial class FolderDoor : ArchiveDoor
{
    private const int PageSize = 1000;

    private readonly ILoggerFactory _logs;
    private readonly DataFolder _folder;
    private readonly InstanceArchive _archive;
    private readonly InstanceIngest _ingest;

    private FolderDoor(ILoggerFactory logs, DataFolder folder, InstanceArchive archive)
    {
        (_logs, _folder, _archive) = (logs, folder, archive);
        _ingest = new InstanceIngest(archive.Writer);
    }

    public static FolderDoor Take(Settings settings, TextWriter error)
    {
        var logs = LoggerFactory.Create(builder => builder.AddProvider(new WarningsTo(error)));
        DataFolder? folder = null;
        try
        {
            folder = DataFolder.Open(settings.Data);
            return new FolderDoor(logs, folder, InstanceArchive.Open(folder, settings, TimeProvider.System, logs));
        }
        catch
        {
            folder?.Dispose();
            logs.Dispose();
            throw;
        }
    }

    public override async Task<StoreAnswer> StoreAsync(Stream bytes, long? length, CancellationToken cancel)
    {
        var result = await _ingest.StoreAsync(bytes, length, Sender.Local, cancel);
        return new StoreAnswer(result.Outcome, result.Reason, result.Warnings);
    }

    public override async Task<long> ClearAsync(CancellationToken cancel)
    {
        var deleted = 0L;
        while (true)
        {
            var ids = await _archive.Index.ReadAsync(
                connection =>
                {
                    using var command = connection.CreateCommand();
                    command.CommandText = "SELECT id FROM patients ORDER BY id LIMIT $limit";
                    command.Parameters.AddWithValue("$limit", PageSize);
                    using var rows = command.ExecuteReader();
                    var page = new List<long>();
                    while (rows.Read())
                        page.Add(rows.GetInt64(0));
                    return page;
                },
                cancel);
            if (ids.Count == 0)
                return deleted;

            foreach (var id in ids)
            {
                if ((await _archive.Writer.DeleteAsync(Level.Patient, id, Sender.Local, cancel)).Found)
                    deleted++;
            }
        }
    }

    public override IAsyncEnumerable<VerificationStep> VerifyAsync(CancellationToken cancel)
    {
        _archive.Audit.Add(AuditEvent.OfCommand("verify"));
        return new Verification(_archive).StepsAsync(TimeProvider.System, cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        _ingest.Dispose();
        await _archive.DisposeAsync();
        _folder.Dispose();
        _logs.Dispose();
    }

    // A command's output is its result; only what went wrong in the archive is worth a line beside it.
    private sealed class WarningsTo(TextWriter error) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter)
        {
            if (IsEnabled(logLevel))
                error.WriteLine($"neurdicom: {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }
}
