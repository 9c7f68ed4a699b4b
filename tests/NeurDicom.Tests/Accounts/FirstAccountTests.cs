using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class FirstAccountTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly DataFolder _folder = DataFolder.Open(Directory.CreateTempSubdirectory("neurdicom-first-").FullName);
    private readonly InstanceArchive _archive;
    private readonly PasswordQueue _queue = new();
    private readonly Users _users;
    private readonly Credentials _credentials;
    private readonly FirstAccount _first;

    public FirstAccountTests()
    {
        _archive = InstanceArchive.Open(_folder, new Settings(), _time, NullLoggerFactory.Instance);
        _users = new Users(_archive.Index, _archive.Writer, _time);
        _credentials = new Credentials(_users, _queue, new SignInSlowdown(_time), _time);
        _first = new FirstAccount(_users, _credentials, _folder);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        _queue.Dispose();
        _folder.Dispose();
        Directory.Delete(_folder.Path, recursive: true);
    }

    [Fact]
    public async Task A_new_archive_gets_an_admin_with_a_generated_password()
    {
        var password = (await _first.EnsureAsync(null, Cancel)).ShouldNotBeNull();

        password.ShouldMatch("^([a-z2-9]{5}-){3}[a-z2-9]{5}$");
        File.ReadAllText(_first.PasswordFile).ShouldBe(password + "\n");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(_first.PasswordFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var check = await _credentials.CheckAsync("admin", password, null, Cancel);
        check.Account.ShouldNotBeNull().Role.ShouldBe(Role.Admin);
    }

    [Fact]
    public async Task The_password_is_shown_once()
    {
        await _first.EnsureAsync(null, Cancel);
        var text = File.ReadAllText(_first.PasswordFile);

        (await _first.EnsureAsync(null, Cancel)).ShouldBeNull();
        (await _first.EnsureAsync("another password", Cancel)).ShouldBeNull();

        File.ReadAllText(_first.PasswordFile).ShouldBe(text);
        (await _credentials.CheckAsync("admin", "another password", null, Cancel)).Account.ShouldBeNull();
    }

    [Fact]
    public async Task A_given_password_is_written_nowhere()
    {
        (await _first.EnsureAsync("given by the environment", Cancel)).ShouldBeNull();

        File.Exists(_first.PasswordFile).ShouldBeFalse();
        (await _credentials.CheckAsync("admin", "given by the environment", null, Cancel)).Account.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_given_password_that_cannot_be_one_stops_the_start()
    {
        await Should.ThrowAsync<DataFolderException>(() => _first.EnsureAsync("short", Cancel));

        (await _users.AnyAsync(Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_file_goes_when_the_first_admin_changes_the_password()
    {
        await _first.EnsureAsync(null, Cancel);

        _first.ForgetPassword(2);
        File.Exists(_first.PasswordFile).ShouldBeTrue();
        _first.ForgetPassword(1);
        File.Exists(_first.PasswordFile).ShouldBeFalse();
        _first.ForgetPassword(1);
    }

    [Fact]
    public async Task A_session_ends_when_it_is_idle_or_old()
    {
        await _first.EnsureAsync("given by the environment", Cancel);
        var account = (await _users.FindAsync("admin", Cancel)).ShouldNotBeNull();
        var sessions = new Sessions(_archive.Index, _archive.Writer, _users, _time);

        var idle = (await sessions.StartAsync(account, Cancel)).ShouldNotBeNull();
        _time.Advance(Sessions.IdleLifetime - TimeSpan.FromMinutes(1));
        (await sessions.FindAsync(idle, Cancel)).ShouldNotBeNull();
        _time.Advance(Sessions.IdleLifetime);
        (await sessions.FindAsync(idle, Cancel)).ShouldBeNull();

        var old = (await sessions.StartAsync(account, Cancel)).ShouldNotBeNull();
        var started = _time.GetUtcNow();
        while (_time.GetUtcNow() - started < Sessions.Lifetime - TimeSpan.FromHours(1))
        {
            (await sessions.FindAsync(old, Cancel)).ShouldNotBeNull();
            _time.Advance(TimeSpan.FromHours(1));
        }

        _time.Advance(TimeSpan.FromHours(2));
        (await sessions.FindAsync(old, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_outlives_the_process()
    {
        await _first.EnsureAsync("given by the environment", Cancel);
        var account = (await _users.FindAsync("admin", Cancel)).ShouldNotBeNull();
        var token = await new Sessions(_archive.Index, _archive.Writer, _users, _time).StartAsync(account, Cancel);

        var after = new Sessions(_archive.Index, _archive.Writer, new Users(_archive.Index, _archive.Writer, _time), _time);

        (await after.FindAsync(token.ShouldNotBeNull(), Cancel)).ShouldNotBeNull().Name.ShouldBe("admin");
    }

    [Fact]
    public async Task A_password_that_changed_meanwhile_starts_no_session()
    {
        await _first.EnsureAsync("given by the environment", Cancel);
        var verified = (await _users.FindAsync("admin", Cancel)).ShouldNotBeNull();
        var sessions = new Sessions(_archive.Index, _archive.Writer, _users, _time);

        await _users.UpdateAsync(
            1, new AccountChange("admin", "", "", Password: PasswordHash.Create("a new password")), null, Cancel);

        (await sessions.StartAsync(verified, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task A_carried_over_hash_is_strengthened_at_the_first_sign_in()
    {
        const string Encoded = "pbkdf2_sha256$150000$x1Y2z3$6MVY2jb+DuOdkes+06bLYE6KFWioUmsLQtYl58W/Wbc=";
        await _users.CreateAsync(new AccountChange("ada", "", "", Role.Reader, true, Encoded), Cancel);

        (await _credentials.CheckAsync("ada", "userpw", null, Cancel)).Account.ShouldNotBeNull();

        var stored = (await _users.FindAsync("ada", Cancel)).ShouldNotBeNull().Password;
        stored.ShouldStartWith("pbkdf2_sha256$1500000$");
        PasswordHash.Verify("userpw", stored).ShouldBeTrue();
    }
}
