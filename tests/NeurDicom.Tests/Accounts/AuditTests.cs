using System.Net;
using System.Text.Json.Nodes;
using NeurDicom.Accounts;
using NeurDicom.Commands;
using NeurDicom.Index;
using NeurDicom.Tests.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

public sealed class AuditTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_are_noted_with_who_what_when_and_where()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Reader);
        var ada = await server.SessionOfAsync("ada");
        await StoreAsync(server, "1.2.1");

        foreach (var path in (string[])["/api/patients?patient_name=nobody*", "/api/instances/1/tags", "/api/instances/1/tags", "/api/studies/1"])
            (await server.AskAsync("GET", path, null, ada)).Dispose();
        var rows = await AuditAsync(server, "who=ada");

        rows.Select(row => $"{row["event"]} {row["method"]} {row["path"]} {row["status"]} x{row["count"]}").ShouldBe(
            ["read GET /api/studies/1 200 x1", "read GET /api/instances/1/tags 200 x2", "query GET /api/patients 200 x1"],
            ignoreOrder: true);
        var tags = rows.Single(row => row["path"]!.ToString().EndsWith("tags", StringComparison.Ordinal));
        tags["how"]!.ToString().ShouldBe("cookie");
        tags["address"]!.ToString().ShouldBe("127.0.0.1");
        tags["user"]!.GetValue<long>().ShouldBe(2);
        tags["level"]!.ToString().ShouldBe("instance");
        tags["uid"]!.ToString().ShouldBe("1.2.1");
        tags["patient"]!.GetValue<long>().ShouldBe(1);
        tags["study_instance_uid"]!.ToString().ShouldBe("1.2.100");
        tags["outcome"]!.ToString().ShouldBe("success");
        DateTimeOffset.Parse(tags["at"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Stores_and_deletions_are_noted_in_their_own_transaction()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Writer);
        var ada = await server.SessionOfAsync("ada");
        foreach (var uid in (string[])["1.2.1", "1.2.2"])
            await StoreAsync(server, uid, ada);

        using var deleted = await server.AskAsync("DELETE", "/api/patients/1", null, ada);
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        // Not through the trail, which may be half a second late.
        var rows = await RowsAsync(server, "SELECT event || ' ' || level || ' ' || ifnull(study_instance_uid, '') || ' ' || sum(count) || ' ' || who FROM audit WHERE event IN ('store', 'delete') GROUP BY event, level ORDER BY 1");

        rows.ShouldBe(["delete patient  2 ada", "delete study 1.2.100 2 ada", "store study 1.2.100 2 ada"]);
    }

    // Its rows are gone when the trail is written; who looked at it just before is known all the same.
    [Fact]
    public async Task What_was_read_before_it_was_deleted_keeps_its_uid()
    {
        await using var server = await AccountClient.StartAsync();
        var admin = await server.SessionOfAsync();
        await StoreAsync(server, "1.2.1", admin);

        using var read = await server.AskAsync("GET", "/api/instances/1/file", null, admin);
        using var deleted = await server.AskAsync("DELETE", "/api/instances/1", null, admin);

        (await AuditAsync(server, "study=1.2.100")).Select(row => row["event"]!.ToString()).ShouldBe(
            ["delete", "read", "store"], ignoreOrder: true);
    }

    [Fact]
    public async Task No_name_of_a_patient_and_no_password_gets_into_the_trail()
    {
        await using var server = await AccountClient.StartAsync();
        var admin = await server.SessionOfAsync();
        await StoreAsync(server, "1.2.1", admin, "Geheim^Name");
        (await server.AskAsync("GET", "/api/patients?patient_name=Geheim*", null, admin)).Dispose();
        (await server.AskAsync("GET", "/api/Geheim", null, admin)).Dispose();
        (await server.AskAsync("GET", "/api/patients/Geheim", null, admin)).Dispose();
        (await server.AskAsync("GET", "/api/instances/1/tags", null, admin)).Dispose();
        (await server.SignInAsync(new { email = "Geheim password", password = "x" })).Dispose();
        (await server.AskAsync("GET", "/api/patients", null, AccountClient.BasicHeader("Geheim", "x"))).Dispose();

        var rows = await AuditAsync(server, "");

        rows.Length.ShouldBeGreaterThan(4);
        new JsonArray(rows).ToJsonString().ShouldNotContain("Geheim", Case.Insensitive);
        rows.Count(row => row["event"]!.ToString() == "sign_in").ShouldBe(1);
    }

    [Fact]
    public async Task Sign_ins_refusals_and_changes_of_accounts_are_noted()
    {
        await using var server = await AccountClient.StartAsync();
        var id = await server.CreateAsync("ada", Role.Reader);
        var ada = await server.CookieOfAsync("ada", AccountClient.Password);
        (await server.SignInAsync(new { email = "ada", password = "wrong" })).Dispose();
        (await server.SignInAsync(new { email = "nobody", password = "wrong" })).Dispose();
        (await server.AskAsync("GET", "/api/instances/1/file")).Dispose();
        (await server.AskAsync("DELETE", "/api/studies/1", null, ada)).Dispose();
        (await server.AskAsync("POST", "/api/tokens", new { name = "x" }, ada)).Dispose();
        (await server.AskAsync("PUT", $"/api/users/{id}", new { email = "ada", name = "", surname = "", role = "writer" }, await server.SessionOfAsync())).Dispose();
        (await server.AskAsync("POST", "/api/users/logout", null, await server.SessionOfAsync("ada"))).Dispose();

        var rows = await AuditAsync(server, "");

        rows.Select(row => $"{row["event"]} {row["who"]} {row["path"]} {row["status"]}").ShouldBe(
            [
                "sign_in ada /api/users/auth 200", "sign_in ada  401", "sign_in   401", "refused   401",
                "delete ada /api/studies/1 403", "token ada /api/tokens 201", "account admin /api/users/2 200",
                "sign_out ada /api/users/logout 200",
            ],
            ignoreOrder: true);
        rows.Single(row => row["status"]!.GetValue<int>() == 401 && row["who"] is not null)["user"]!.GetValue<long>().ShouldBe(id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_export_names_what_left_the_archive(bool withServer)
    {
        var folder = Directory.CreateTempSubdirectory("neurdicom-audit-");
        var zip = folder.FullName + ".zip";
        try
        {
            await using (var server = await AccountClient.StartAsync(folder: folder.FullName))
            {
                await StoreAsync(server, "1.2.1");
                if (withServer)
                    (await server.AskAsync("GET", "/api/archive?study=1&patient=1", null, await server.SessionOfAsync())).Dispose();
            }

            if (!withServer)
            {
                (await CommandLine.RunAsync(
                    ["export", "--study", "1", "--patient", "id:1", zip, "--data", folder.FullName],
                    new System.Collections.Hashtable(), TextWriter.Null, TextWriter.Null)).ShouldBe(ExitCode.Ok);
            }

            await using var again = await ArchiveServer.StartAsync(folder: folder.FullName);
            (await RowsAsync(again, "SELECT who || ' ' || how || ' ' || level || ' ' || ifnull(study_instance_uid, '') FROM audit WHERE event = 'export' ORDER BY level"))
                .ShouldBe(withServer ? ["admin cookie patient ", "admin cookie study 1.2.100"] : ["local command patient ", "local command study 1.2.100"]);
        }
        finally
        {
            File.Delete(zip);
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Pages_are_noted_as_the_api_is()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Reader);
        await StoreAsync(server, "1.2.1");
        var html = ("Accept", "text/html");
        (await server.AskAsync("GET", "/studies/1", null, html)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var form = new FormUrlEncodedContent([new("name", "ada"), new("password", AccountClient.Password), new("next", "/")]);
        using var signedIn = await server.SendAsync(HttpMethod.Post, "/sign-in", form);
        var ada = ("Cookie", signedIn.SessionCookie());
        foreach (var path in (string[])["/", "/studies/1", "/account"])
            (await server.AskAsync("GET", path, null, ada, html)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        (await server.AskAsync("POST", "/studies/1/delete", null, ada)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await server.AskAsync("POST", "/sign-out", null, ada)).Dispose();

        (await AuditAsync(server, "who=ada")).Concat(await AuditAsync(server, "event=refused"))
            .Select(row => $"{row["event"]} {row["path"]} {row["status"]} {row["study"]}").ShouldBe(
                ["sign_in /sign-in 303 ", "query / 200 ", "read /studies/1 200 1", "delete /studies/1/delete 403 1", "sign_out /sign-out 303 ", "refused  401 "],
                ignoreOrder: true);
    }

    [Theory]
    [InlineData("event=read", 1)]
    [InlineData("who=admin&event=query", 1)]
    [InlineData("who=eve", 0)]
    [InlineData("patient=1", 2)]
    [InlineData("patient=2", 0)]
    [InlineData("study=1", 2)]
    [InlineData("study=1.2.100", 2)]
    [InlineData("since=2020-01-01", 4)]
    [InlineData("until=2020-01-01T00:00:00Z", 0)]
    [InlineData("since=2020-01-01&until=2099-01-01", 4)]
    [InlineData("since=2099-01-01", 0)]
    [InlineData("address=127.0.0.1", 4)]
    [InlineData("outcome=refused", 0)]
    public async Task The_trail_is_filtered(string query, int expected)
    {
        await using var server = await AccountClient.StartAsync();
        var admin = await server.SessionOfAsync();
        await StoreAsync(server, "1.2.1", admin);
        (await server.AskAsync("GET", "/api/instances/1/tags", null, admin)).Dispose();
        (await server.AskAsync("GET", "/api/patients", null, admin)).Dispose();

        (await AuditAsync(server, query)).Length.ShouldBe(expected);
    }

    [Fact]
    public async Task The_trail_is_paged_from_the_newest_on()
    {
        await using var server = await AccountClient.StartAsync();
        var admin = await server.SessionOfAsync();
        for (var i = 1; i <= 3; i++)
            (await server.AskAsync("GET", $"/api/studies/{i}", null, admin)).Dispose();

        using var first = await server.AskAsync("GET", "/api/audit?limit=2&event=read", null, admin);
        first.Headers.Contains("Link").ShouldBeTrue();
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        using var second = await server.AskAsync("GET", next, null, admin);

        var ids = (await first.JsonAsync()).AsArray().Concat((await second.JsonAsync()).AsArray()).Select(row => row!["id"]!.GetValue<long>()).ToList();
        ids.Count.ShouldBe(3);
        ids.ShouldBe(ids.OrderDescending());
        second.Headers.Contains("Link").ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_wrong_with_a_question_is_named()
    {
        await using var server = await AccountClient.StartAsync();

        using var wrong = await server.AskAsync(
            "GET", "/api/audit?since=x&patient=y&study=1.a&outcome=z&limit=0&after=q&nonsense=1", null, await server.SessionOfAsync());

        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.JsonAsync())["errors"]!.AsObject().Count.ShouldBe(7);
    }

    [Fact]
    public async Task Only_admins_see_the_trail_and_that_is_noted_too()
    {
        await using var server = await AccountClient.StartAsync();
        await server.CreateAsync("ada", Role.Writer);

        using var refused = await server.AskAsync("GET", "/api/audit", null, await server.SessionOfAsync("ada"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        _ = await AuditAsync(server, "");

        (await AuditAsync(server, "event=audit")).Select(row => $"{row["who"]} {row["status"]}").ShouldBe(
            ["ada 403", "admin 200"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_trail_is_on_the_disk_within_a_second_and_at_the_stop()
    {
        var folder = Directory.CreateTempSubdirectory("neurdicom-audit-");
        try
        {
            await using (var server = await AccountClient.StartAsync(folder: folder.FullName))
            {
                var admin = await server.SessionOfAsync();
                (await server.AskAsync("GET", "/api/studies/1", null, admin)).Dispose();
                await Task.Delay(1000, Cancel);
                (await RowsAsync(server, "SELECT path FROM audit")).ShouldBe(["/api/studies/1"]);
                (await server.AskAsync("GET", "/api/studies/2", null, admin)).Dispose();
            }

            await using var again = await ArchiveServer.StartAsync(folder: folder.FullName);
            (await RowsAsync(again, "SELECT path FROM audit ORDER BY seq")).ShouldBe(["/api/studies/1", "/api/studies/2"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A scan of the archive, or somebody who wants to push the older rows out.
    [Fact]
    public async Task A_flood_of_reads_becomes_a_row_for_each_study()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(SmallFile.Create("1.2.1"));
        var audit = server.Archive.Audit;
        await audit.WriteAsync();

        for (var i = 0; i < 1200; i++)
            audit.Add(new AuditEvent("read", "ada", 2, "cookie", IPAddress.Loopback, "GET", $"/api/instances/1/frames/{i}", 200));
        for (var i = 0; i < 5000; i++)
            audit.Add(new AuditEvent("refused", $"guess {i}", null, "none", new IPAddress(i), null, null, 401, IsClaim: true));
        await audit.WriteAsync();

        (await RowsAsync(server, "SELECT study_instance_uid || ' ' || sum(count) FROM audit WHERE event = 'read'")).ShouldBe(["1.2.100 1200"]);
        (await RowsAsync(server, "SELECT count(*) || '' FROM audit WHERE event = 'read'")).Select(int.Parse).Single().ShouldBeLessThan(600);
        (await RowsAsync(server, "SELECT sum(count) || '' FROM audit WHERE event = 'refused'")).ShouldBe(["5000"]);
    }

    // Numbers that a caller makes up must not fill the disk either, nor names and paths the memory.
    [Fact]
    public async Task A_flood_of_what_is_not_there_becomes_one_row()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(SmallFile.Create("1.2.1"));
        var audit = server.Archive.Audit;
        await audit.WriteAsync();
        var long_one = new string('0', 100_000);

        for (var i = 0; i < 1000; i++)
        {
            audit.Add(new AuditEvent("read", "ada", 2, "cookie", null, "GET", $"/api/instances/{i + 10}", 404));
            audit.Add(new AuditEvent("read", "ada", 2, "cookie", null, "GET", $"/api/studies/1/x{i}", 200));
            audit.Add(new AuditEvent("sign_in", $"{i}{long_one}", null, "none", null, null, null, 401, IsClaim: true));
        }

        await audit.WriteAsync();

        (await RowsAsync(server, "SELECT event || ' ' || status || ' ' || sum(count) FROM audit WHERE event <> 'upload' AND event <> 'store' GROUP BY event, status ORDER BY 1"))
            .ShouldBe(["read 200 1000", "read 404 1000", "sign_in 401 1000"]);
        // The timer may have written in between, and what is few is written as it is.
        (await RowsAsync(server, "SELECT count(*) || '' FROM audit")).Select(int.Parse).Single().ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task What_has_no_room_is_counted()
    {
        await using var server = await ArchiveServer.StartAsync();
        var audit = server.Archive.Audit;

        // Three times as many, for the timer may write in between.
        for (var i = 0; i < 150_000; i++)
            audit.Add(new AuditEvent("read", "ada", 2, "cookie", IPAddress.Loopback, "GET", $"/api/studies/{i}", 404));
        await audit.WriteAsync();

        (await RowsAsync(server, "SELECT count || '' FROM audit WHERE event = 'lost'")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Old_and_surplus_rows_go()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, AuditDays = 30, AuditRows = 10_000 });
        var old = TimeProvider.System.GetUtcNow().AddDays(-31).ToUnixTimeMilliseconds();
        await RunAsync(server, $"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
            INSERT INTO audit (at, until, count, event, how, address, status) SELECT {old}, {old}, 1, 'old', '', '', 200 FROM n
            """);
        await RunAsync(server, """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
            INSERT INTO audit (at, until, count, event, how, address, status) SELECT 9000000000000, 9000000000000, 1, 'many', '', '', 200 FROM n
            """);

        (await server.GetAsync("/api/patients")).Dispose();
        await server.Archive.Audit.WriteAsync();

        (await RowsAsync(server, "SELECT event FROM audit WHERE event = 'old'")).ShouldBeEmpty();
        (await RowsAsync(server, "SELECT count(*) || '' FROM audit")).ShouldBe(["10000"]);
    }

    [Fact]
    public async Task A_trail_that_cannot_be_written_stops_no_read_and_is_made_up_for()
    {
        await using var server = await ArchiveServer.StartAsync();
        server.ExpectLog("The audit trail cannot be written");
        await RunAsync(server, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");

        using var response = await server.GetAsync("/api/patients");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await server.Archive.Audit.WriteAsync();
        await server.Archive.Audit.WriteAsync();
        await RunAsync(server, "DROP TRIGGER full");
        await server.Archive.Audit.WriteAsync();

        (await RowsAsync(server, "SELECT path || ' ' || count FROM audit")).ShouldBe(["/api/patients 1"]);
    }

    [Theory]
    [InlineData("/api/series/17/instances", Level.Series, 17)]
    [InlineData("/api/instances/5", Level.Instance, 5)]
    [InlineData("/studies/3", Level.Study, 3)]
    public void A_path_names_what_it_is_about(string path, object level, long id)
    {
        AuditRows.FindResource(path).ShouldBe(((Level)level, id));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/api")]
    [InlineData("/api/patients")]
    [InlineData("/api/patients/")]
    [InlineData("/api/patients/x")]
    [InlineData("/api/instances/upload")]
    [InlineData("/api/users/5")]
    [InlineData("/api/patients/99999999999999999999")]
    public void Other_paths_name_nothing(string? path)
    {
        AuditRows.FindResource(path).ShouldBeNull();
    }

    private static async Task StoreAsync(
        ArchiveServer server, string uid, (string Name, string Value)? session = null, string patientName = "Some^One")
    {
        using var content = new ByteArrayContent(SmallFile.Create(uid, patientName: patientName));
        content.Headers.ContentType = new("application/dicom");
        using var stored = await server.SendAsync(
            HttpMethod.Post, "/api/instances", content, session ?? await server.SessionOfAsync());
        stored.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The rows that a question gives, without those of the admin who asks and of uploads.</summary>
    private static async Task<JsonNode[]> AuditAsync(ArchiveServer server, string query)
    {
        using var response = await server.AskAsync("GET", $"/api/audit?{query}", null, await server.SessionOfAsync());
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        return [.. (await response.JsonAsync()).AsArray().Select(row => row!.DeepClone())];
    }

    private static Task<int> RunAsync(ArchiveServer server, string sql) => server.Archive.Writer.WriteAsync(
        (connection, transaction) =>
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return command.ExecuteNonQuery();
        },
        Cancel);

    private static Task<List<string>> RowsAsync(ArchiveServer server, string sql) => server.Archive.Index.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var rows = command.ExecuteReader();
            var all = new List<string>();
            while (rows.Read())
                all.Add(rows.GetString(0));
            return all;
        },
        Cancel);
}
