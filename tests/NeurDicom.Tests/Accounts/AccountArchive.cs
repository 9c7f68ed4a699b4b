using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Accounts;
using NeurDicom.Archive;

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

    public Sessions CreateSessions(Users? users = null) => new(_archive.Index, _archive.Writer, users ?? Users, Time);

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        Queue.Dispose();
        Folder.Dispose();
        Directory.Delete(Folder.Path, recursive: true);
    }
}
