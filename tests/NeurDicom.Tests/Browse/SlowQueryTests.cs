using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

/// <summary>Queries that take longer than they may, over HTTP.</summary>
public sealed class SlowQueryTests
{
    // The clock is looked at after 20,000 of SQLite's steps, so with no time at all short queries still come through.
    private static readonly Settings NoTime = new() { RestPort = 0, RequireAuth = false, QuerySeconds = 0 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_that_takes_too_long_is_503_that_says_what_to_add()
    {
        await using var server = await ArchiveServer.StartAsync(NoTime);
        server.ExpectLog("A query took too long and was stopped: /api/patients");
        await FillAsync(server);

        using var response = await server.GetAsync("/api/patients?patient_name=contains:nobody&patient_id=contains:P");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        problem["status"]!.GetValue<int>().ShouldBe(503);
        problem["detail"]!.ToString().ShouldBe(
            "The query took too long and was stopped. Add a condition that names few rows: study_date or accession_number.");
    }

    [Fact]
    public async Task A_name_that_few_have_is_looked_for_among_patients()
    {
        await using var server = await ArchiveServer.StartAsync(NoTime);
        using (var connection = server.Archive.Index.OpenForWriting())
        {
            NeurDicom.Index.ArchiveIndex.Execute(connection, """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100)
                INSERT INTO patients (id, patient_id, issuer, name_search) SELECT n, 'P' || n, '', 'doe^jane' || n FROM numbers;
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000)
                INSERT INTO studies (study_instance_uid, patient, study_date) SELECT '1.' || n, n % 100 + 1, '20260101' FROM numbers
                """);
        }

        foreach (var (name, found) in new[] { ("contains:nobody", 0), ("*ane77", 500), ("doe*ane77", 500) })
        {
            using var response = await server.GetAsync($"/api/studies?patient_name={name}&order=-study_date&limit=5");

            response.StatusCode.ShouldBe(HttpStatusCode.OK, name);
            response.Headers.GetValues("X-Total-Count").Single().ShouldBe(found.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task The_order_is_mentioned_where_one_was_asked_for()
    {
        await using var server = await ArchiveServer.StartAsync(NoTime);
        server.ExpectLog("A query took too long and was stopped: /api/patients");
        await FillAsync(server);

        using var response = await server.GetAsync("/api/patients?patient_age=contains:x&order=-patient_birthdate");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["message"]!.ToString().ShouldEndWith(", or leave out the order.");
    }

    [Fact]
    public async Task More_than_ten_thousand_are_not_counted()
    {
        await using var server = await ArchiveServer.StartAsync();
        await FillAsync(server);

        using var many = await server.GetAsync("/api/patients?patient_name=contains:doe&limit=2");
        using var few = await server.GetAsync("/api/patients?patient_name=contains:doe^1999&limit=2");

        many.Headers.GetValues("X-Total-Count").ShouldBe(["10000+"]);
        few.Headers.GetValues("X-Total-Count").ShouldBe(["11"]);
    }

    [Fact]
    public async Task A_page_is_sent_though_the_time_for_its_count_is_up()
    {
        await using var server = await ArchiveServer.StartAsync(NoTime);
        await FillAsync(server);

        using var response = await server.GetAsync("/api/patients?patient_name=contains:doe&limit=2");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("X-Total-Count").ShouldBe(["2+"]);
        response.Headers.GetValues("Link").Single().ShouldContain("after=");
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!.AsArray().Count.ShouldBe(2);
    }

    // A client that goes away may not be seen while its query runs (Server.cs): then the limit has to end it.
    [Fact]
    public async Task Clients_that_go_away_hold_nobody_up_beyond_the_limit()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, QuerySeconds = 1 });
        server.ExpectLog("A query took too long and was stopped: /api/patients");
        // A table without end.
        await WriteAsync(server, """
            ALTER TABLE patients RENAME TO real_patients;
            CREATE VIEW patients AS
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                SELECT i AS id, 'P' || i AS patient_id, '' AS issuer, NULL AS study, 'Doe' AS patient_name, 'doe' || i AS name_search,
                    'O' AS patient_sex, NULL AS patient_age, NULL AS patient_birthdate, 0 AS studies_count, 0 AS series_count,
                    0 AS images_count, 0 AS size FROM n;
            """);

        for (var i = 0; i < 2 * Math.Max(4, 2 * Environment.ProcessorCount); i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, Cancel);
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes("GET /api/patients?patient_name=contains:nobody HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancel);
            client.Client.LingerState = new LingerOption(true, 0);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        HttpResponseMessage response;
        do
            response = await server.Http.GetAsync(new Uri("/api/statistics", UriKind.Relative), patience.Token);
        while (response.StatusCode == HttpStatusCode.ServiceUnavailable);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.LogText.ShouldMatch("A query took too long and was stopped: /api/patients|Client went away GET /api/patients");
    }

    private static Task<int> FillAsync(ArchiveServer server) => WriteAsync(server, """
        INSERT INTO patients (patient_id, issuer, patient_name, name_search)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        SELECT 'P' || i, '', 'Doe^' || i, 'doe^' || i FROM n;
        UPDATE totals SET patients = 20000;
        """);

    private static Task<int> WriteAsync(ArchiveServer server, string sql) => server.Archive.Writer.WriteAsync(
        (connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return command.ExecuteNonQuery();
        },
        Cancel);
}
