using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class CredentialsTests : IAsyncDisposable
{
    private readonly AccountArchive _archive = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    [Fact]
    public async Task A_carried_over_hash_is_strengthened_at_the_first_sign_in()
    {
        const string Encoded = "pbkdf2_sha256$150000$x1Y2z3$6MVY2jb+DuOdkes+06bLYE6KFWioUmsLQtYl58W/Wbc=";
        await _archive.Users.CreateAsync(new AccountChange("ada", "", "", Role.Reader, true, Encoded), Cancel);

        (await _archive.Credentials.CheckAsync("ada", "userpw", null, Cancel)).Account.ShouldNotBeNull();

        var stored = (await _archive.Users.FindAsync("ada", Cancel)).ShouldNotBeNull().Password;
        stored.ShouldStartWith("pbkdf2_sha256$1500000$");
        PasswordHash.Verify("userpw", stored).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_room_for_a_hash_the_caller_is_sent_away_and_counted()
    {
        using var gate = new ManualResetEventSlim();
        var busy = Enumerable.Range(0, 9).Select(_ => _archive.Queue.TryRunAsync(
            () =>
            {
                gate.Wait(Cancel);
                return true;
            },
            Cancel)).ToList();

        for (var i = 0; i < 5; i++)
            (await _archive.Credentials.CheckAsync("ada", $"guess {i}", null, Cancel)).RetryAfter.ShouldNotBeNull();
        gate.Set();
        await Task.WhenAll(busy);

        // A flood of guesses that nobody hashes must not be a way to try them against what is remembered.
        _archive.Slowdown.Wait("ada", null).ShouldNotBeNull();
    }

    // Somebody who mistypes a password at the same address used to stop the scripts of that account.
    [Fact]
    public async Task A_remembered_pair_is_let_in_although_others_guessed()
    {
        await _archive.Users.CreateAsync(
            new AccountChange("ada", "", "", Role.Reader, true, PasswordHash.Create("userpw")), Cancel);
        (await _archive.Credentials.CheckAsync("ada", "userpw", null, Cancel)).Account.ShouldNotBeNull();
        for (var i = 0; i < 5; i++)
            _archive.Slowdown.Begin("ada", null).ShouldBeNull();

        (await _archive.Credentials.CheckAsync("ada", "wrong", null, Cancel)).RetryAfter.ShouldNotBeNull();
        (await _archive.Credentials.CheckAsync("ada", "userpw", null, Cancel)).Account.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_remembered_does_not_help_who_guesses_quickly()
    {
        await _archive.Users.CreateAsync(
            new AccountChange("ada", "", "", Role.Reader, true, PasswordHash.Create("userpw")), Cancel);
        (await _archive.Credentials.CheckAsync("ada", "userpw", null, Cancel)).Account.ShouldNotBeNull();
        for (var i = 0; i < 5; i++)
            _archive.Slowdown.Begin("ada", null).ShouldBeNull();

        for (var i = 0; i < 5; i++)
            (await _archive.Credentials.CheckAsync("ada", $"guess {i}", null, Cancel)).Account.ShouldBeNull();

        (await _archive.Credentials.CheckAsync("ada", "userpw", null, Cancel)).RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_was_remembered_is_void_once_the_account_changed()
    {
        var (_, account) = await _archive.Users.CreateAsync(
            new AccountChange("ada", "", "", Role.Reader, true, PasswordHash.Create("userpw")), Cancel);
        (await _archive.Credentials.CheckAsync("ada", "userpw", null, Cancel)).Account.ShouldNotBeNull();

        await _archive.Users.UpdateAsync(
            account.ShouldNotBeNull().Id, new AccountChange("ada", "", "", IsActive: false), null, Cancel);

        (await _archive.Credentials.CheckAsync("ada", "userpw", null, Cancel)).Account.ShouldBeNull();
    }
}
