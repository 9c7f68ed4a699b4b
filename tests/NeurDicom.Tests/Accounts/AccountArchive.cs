using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using Xunit;

namespace NeurDicom.Tests.Accounts;

/// <summary>The accounts of an archive in a temporary folder, without a server, by a clock that the test moves.</summary>
internal sealed class AccountArchive : IAsyncDisposable
{
    private readonly InstanceArchive _archive;

    public AccountArchive()
    {
        _archive = InstanceArchive.Open(Folder, new Settings(), Time, NullLoggerFactory.Instance);
        Slowdown = new SignInSlowdown(Time);
        Users = CreateUsers();
        Credentials = new Credentials(Users, Queue, Slowdown, Time);
        First = new FirstAccount(Users, Credentials, Folder);
    }

    public DataFolder Folder { get; } = DataFolder.Open(Directory.CreateTempSubdirectory("neurdicom-accounts-").FullName);

    public ManualTime Time { get; } = new();

    public PasswordQueue Queue { get; } = new(cores: 1);

    public SignInSlowdown Slowdown { get; }

    public Users Users { get; }

    public Credentials Credentials { get; }

    public FirstAccount First { get; }

    public Users CreateUsers() => new(_archive.Index, _archive.Writer, Time);

    public Sessions CreateSessions(Users? users = null, ILogger<LastUse>? logger = null) =>
        new(_archive.Index, users ?? Users, new LastUse(_archive.Writer, logger ?? NullLogger<LastUse>.Instance), Time);

    public Tokens CreateTokens() =>
        new(_archive.Index, Users, new LastUse(_archive.Writer, NullLogger<LastUse>.Instance), Time);

    /// <summary>Runs SQL behind everything that waits to be written.</summary>
    /// <returns>The first value of its last row, or null.</returns>
    public Task<object?> RunAsync(string sql) => _archive.Writer.WriteAsync(
        (connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return command.ExecuteScalar();
        },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        Queue.Dispose();
        Folder.Dispose();
        Directory.Delete(Folder.Path, recursive: true);
    }
}
