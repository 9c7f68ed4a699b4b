using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class SessionsTests : IAsyncDisposable
{
    private const string Hash = "pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM=";

    private readonly AccountArchive _archive = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    [Fact]
    public async Task A_session_ends_when_it_is_idle_or_old()
    {
        var account = await CreateAsync();
        var sessions = _archive.CreateSessions();

        var idle = (await sessions.StartAsync(account, Cancel)).ShouldNotBeNull();
        _archive.Time.Advance(Sessions.IdleLifetime - TimeSpan.FromMinutes(1));
        (await sessions.FindAsync(idle, Cancel)).ShouldNotBeNull();
        _archive.Time.Advance(Sessions.IdleLifetime);
        (await sessions.FindAsync(idle, Cancel)).ShouldBeNull();

        var old = (await sessions.StartAsync(account, Cancel)).ShouldNotBeNull();
        var started = _archive.Time.GetUtcNow();
        while (_archive.Time.GetUtcNow() - started < Sessions.Lifetime - TimeSpan.FromHours(1))
        {
            (await sessions.FindAsync(old, Cancel)).ShouldNotBeNull();
            _archive.Time.Advance(TimeSpan.FromHours(1));
        }

        _archive.Time.Advance(TimeSpan.FromHours(2));
        (await sessions.FindAsync(old, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_outlives_the_process()
    {
        var account = await CreateAsync();
        var token = await _archive.CreateSessions().StartAsync(account, Cancel);

        var after = _archive.CreateSessions(_archive.CreateUsers());

        (await after.FindAsync(token.ShouldNotBeNull(), Cancel)).ShouldNotBeNull().Name.ShouldBe("ada");
    }

    [Fact]
    public async Task A_password_that_changed_meanwhile_starts_no_session()
    {
        var verified = await CreateAsync();
        var sessions = _archive.CreateSessions();

        await _archive.Users.UpdateAsync(
            1, new AccountChange("ada", "", "", Password: Hash + "="), null, Cancel);

        (await sessions.StartAsync(verified, Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public void The_cookie_is_for_https_only_where_https_is(string scheme, bool secure)
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = scheme;

        Sessions.SetCookie(http, "value");

        var cookie = http.Response.Headers.SetCookie.ToString();
        cookie.Contains("; secure", StringComparison.Ordinal).ShouldBe(secure);
        cookie.ShouldContain("; httponly");
        cookie.ShouldContain("; samesite=lax");
    }

    [Fact]
    public async Task One_account_has_at_most_a_hundred_sessions()
    {
        var account = await CreateAsync();
        var sessions = _archive.CreateSessions();
        var tokens = new List<string>();
        for (var i = 0; i < 102; i++)
        {
            tokens.Add((await sessions.StartAsync(account, Cancel)).ShouldNotBeNull());
            _archive.Time.Advance(TimeSpan.FromSeconds(1));
        }

        (await sessions.FindAsync(tokens[1], Cancel)).ShouldBeNull();
        (await sessions.FindAsync(tokens[2], Cancel)).ShouldNotBeNull();
    }

    private async Task<Account> CreateAsync()
    {
        var (_, account) = await _archive.Users.CreateAsync(new AccountChange("ada", "", "", Role.Reader, true, Hash), Cancel);
        return account.ShouldNotBeNull();
    }
}
