using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
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

    [Fact]
    public async Task A_full_disk_ends_no_session_and_is_logged_once()
    {
        var log = new CountingLogger();
        var sessions = _archive.CreateSessions(logger: log);
        var token = (await sessions.StartAsync(await CreateAsync(), Cancel)).ShouldNotBeNull();
        await _archive.RunAsync(
            "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");

        for (var i = 0; i < 3; i++)
        {
            _archive.Time.Advance(TimeSpan.FromMinutes(6));
            (await sessions.FindAsync(token, Cancel)).ShouldNotBeNull();
            await _archive.RunAsync("SELECT 1");
        }

        SpinWait.SpinUntil(() => log.Errors > 0, TimeSpan.FromSeconds(10));
        log.Errors.ShouldBe(1);
    }

    [Fact]
    public async Task Requests_at_one_time_write_once_that_a_session_is_used()
    {
        var token = (await _archive.CreateSessions().StartAsync(await CreateAsync(), Cancel)).ShouldNotBeNull();
        await _archive.RunAsync(
            "CREATE TABLE seen (at); CREATE TRIGGER seen AFTER UPDATE ON sessions BEGIN INSERT INTO seen VALUES (NEW.seen_at); END");
        const int rounds = 20;

        for (var round = 0; round < rounds; round++)
        {
            var sessions = _archive.CreateSessions();
            _archive.Time.Advance(TimeSpan.FromMinutes(6));
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => sessions.FindAsync(token, Cancel).AsTask())));
            await _archive.RunAsync("SELECT 1");
        }

        (await _archive.RunAsync("SELECT count(*) FROM seen")).ShouldBe((long)rounds);
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

    private sealed class CountingLogger : ILogger<LastUse>
    {
        private int _errors;

        public int Errors => Volatile.Read(ref _errors);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
                Interlocked.Increment(ref _errors);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
