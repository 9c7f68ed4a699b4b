using Microsoft.Data.Sqlite;
using NeurDicom.Index;
using NeurDicom.Tests.Archive;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Index;

public sealed class ArchiveIndexTests
{
    private const string Endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    [Fact]
    public async Task A_query_without_end_is_stopped_at_the_limit()
    {
        await using var archive = new ArchiveFixture(new Settings { QuerySeconds = 1 });

        (await Should.ThrowAsync<QueryLimitException>(() => archive.CountAsync(Endless))).Limit.ShouldBe(TimeSpan.FromSeconds(1));
        (await archive.CountAsync("SELECT 7")).ShouldBe(7);
    }

    [Fact]
    public async Task A_client_that_goes_away_takes_its_query_with_it()
    {
        await using var archive = new ArchiveFixture(new Settings { QuerySeconds = 60 });
        using var gone = new CancellationTokenSource(100);

        await Should.ThrowAsync<OperationCanceledException>(() => archive.Archive.Index.ReadAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = Endless;
                return command.ExecuteScalar();
            },
            gone.Token));
    }

    [Fact]
    public async Task A_query_cannot_write()
    {
        await using var archive = new ArchiveFixture();

        await Should.ThrowAsync<SqliteException>(() => archive.CountAsync("DELETE FROM totals RETURNING id"));
    }

    [Fact]
    public async Task Every_commit_flushes_the_log()
    {
        await using var archive = new ArchiveFixture();

        var modes = await archive.Writer.WriteAsync(
            (connection, transaction) =>
            {
                using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = "SELECT (SELECT journal_mode FROM pragma_journal_mode) || ' ' || (SELECT synchronous FROM pragma_synchronous)";
                return (string)command.ExecuteScalar()!;
            },
            CancellationToken.None);

        modes.ShouldBe("wal 2");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("Müller^日本")]
    public async Task Text_goes_in_and_out_as_it_is(string text)
    {
        await using var archive = new ArchiveFixture();

        var (isNull, length, back) = await archive.Writer.WriteAsync(
            (connection, _) =>
            {
                using var statement = new Statement(connection, "SELECT ?1 IS NULL, length(CAST(?1 AS BLOB)), CAST(?1 AS BLOB)");
                statement.Bind(1, text).Step();
                return (statement.GetInt64(0), statement.GetInt64(1), System.Text.Encoding.UTF8.GetString(statement.GetBytes(2)));
            },
            CancellationToken.None);

        isNull.ShouldBe(0);
        length.ShouldBe(System.Text.Encoding.UTF8.GetByteCount(text));
        back.ShouldBe(text);
    }
}
