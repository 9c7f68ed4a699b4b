using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class FirstAccountTests : IAsyncDisposable
{
    private readonly AccountArchive _archive = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    [Fact]
    public async Task A_new_archive_gets_an_admin_with_a_generated_password()
    {
        var password = (await _archive.First.EnsureAsync(null, Cancel)).ShouldNotBeNull();

        password.ShouldMatch("^([a-z2-9]{5}-){3}[a-z2-9]{5}$");
        File.ReadAllText(_archive.First.PasswordFile).ShouldBe(password + "\n");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(_archive.First.PasswordFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var check = await _archive.Credentials.CheckAsync("admin", password, null, Cancel);
        check.Account.ShouldNotBeNull().Role.ShouldBe(Role.Admin);
    }

    [Fact]
    public async Task The_password_is_shown_on_a_terminal_and_nowhere_else()
    {
        var password = (await _archive.First.EnsureAsync(null, Cancel)).ShouldNotBeNull();

        _archive.First.Announce(password, isTerminal: true).ShouldBe(
            $"Sign in as admin with the password {password} (shown once; also in {_archive.First.PasswordFile} until it is changed)");
        _archive.First.Announce(password, isTerminal: false).ShouldBe(
            $"Sign in as admin; the password lies in {_archive.First.PasswordFile} until it is changed");
        _archive.First.Announce(null, isTerminal: true).ShouldNotBeNull().ShouldNotContain(password);
        _archive.First.ForgetPassword(1);
        _archive.First.Announce(null, isTerminal: true).ShouldBeNull();
    }

    [Fact]
    public async Task The_password_is_shown_once()
    {
        await _archive.First.EnsureAsync(null, Cancel);
        var text = File.ReadAllText(_archive.First.PasswordFile);

        (await _archive.First.EnsureAsync(null, Cancel)).ShouldBeNull();
        (await _archive.First.EnsureAsync("another password", Cancel)).ShouldBeNull();

        File.ReadAllText(_archive.First.PasswordFile).ShouldBe(text);
        (await _archive.Credentials.CheckAsync("admin", "another password", null, Cancel)).Account.ShouldBeNull();
    }

    [Fact]
    public async Task A_given_password_is_written_nowhere()
    {
        (await _archive.First.EnsureAsync("given by the environment", Cancel)).ShouldBeNull();

        File.Exists(_archive.First.PasswordFile).ShouldBeFalse();
        (await _archive.Credentials.CheckAsync("admin", "given by the environment", null, Cancel)).Account.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_given_password_that_cannot_be_one_stops_the_start()
    {
        await Should.ThrowAsync<DataFolderException>(() => _archive.First.EnsureAsync("short", Cancel));

        (await _archive.Users.AnyAsync(Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_file_goes_when_the_first_admin_changes_the_password()
    {
        await _archive.First.EnsureAsync(null, Cancel);

        _archive.First.ForgetPassword(2);
        File.Exists(_archive.First.PasswordFile).ShouldBeTrue();
        _archive.First.ForgetPassword(1);
        File.Exists(_archive.First.PasswordFile).ShouldBeFalse();
        _archive.First.ForgetPassword(1);
    }
}
