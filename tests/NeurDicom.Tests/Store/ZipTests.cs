using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NeurDicom.Tests.Commands;
using Shouldly;
using Xunit;
using static NeurDicom.Tests.Store.RawZip;

namespace NeurDicom.Tests.Store;

/// <summary>ZIP archives over HTTP: what is stored of them, and what is not.</summary>
public sealed class ZipTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_instance_of_an_archive_is_stored_and_named()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip().Add("IMG/", [], deflated: false).Add("IMG/1.dcm", SmallFile.Create("1.2.1")).Add("IMG/2", SmallFile.Create("1.2.2"), deflated: false);

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        Names(answer).ShouldBe(["IMG/1.dcm", "IMG/2"]);
        Words(answer).ShouldBe(["stored", "stored"]);
        answer["skipped"]!.GetValue<int>().ShouldBe(1);
        (await server.Http.GetByteArrayAsync("/api/instances/2/file", Cancel)).ShouldBe(SmallFile.Create("1.2.2"));
    }

    [Fact]
    public async Task What_no_archive_lacks_is_passed_over()
    {
        await using var server = await ArchiveServer.StartAsync();
        byte[] directory =
        [
            .. new byte[128], .. "DICM"u8,
            .. SmallFile.Element(0x0002, 0x0000, "UL", BitConverter.GetBytes(56)),
            .. SmallFile.Text(0x0002, 0x0002, "UI", "1.2.840.10008.1.3.10"),
            .. SmallFile.Text(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1"),
        ];
        var zip = new RawZip().Add("cd/DICOMDIR", "x"u8.ToArray()).Add("cd/index", directory).Add("cd\\dicomdir", [1])
            .Add("__MACOSX/cd/._1", [1]).Add(".DS_Store", [1]).Add("cd/.hidden/1", [1]).Add("cd/", [], deflated: false)
            .Add("cd/1", SmallFile.Create("1.2.1"));

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        Names(answer).ShouldBe(["cd/1"]);
        answer["skipped"]!.GetValue<int>().ShouldBe(7);
    }

    [Fact]
    public async Task A_zip_among_the_files_of_a_form_is_unpacked()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip().Add("a", SmallFile.Create("1.2.1")).Add("b.txt", "no DICOM"u8.ToArray()).Build();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(SmallFile.Create("1.2.2")), "file0", "one.dcm" },
            { new ByteArrayContent(zip), "file1", "study.zip" },
            { new ByteArrayContent(SmallFile.Create("1.2.3")), "file2", "two.dcm" },
        };

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", form);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Names(answer).ShouldBe(["one.dcm", "study.zip/a", "study.zip/b.txt", "two.dcm"]);
        Words(answer).ShouldBe(["stored", "stored", "refused", "stored"]);
    }

    [Theory]
    [InlineData("application/zip")]
    [InlineData("Application/ZIP; charset=binary")]
    [InlineData("application/x-zip-compressed")]
    public async Task The_types_that_zip_goes_by_are_known(string type)
    {
        await using var server = await ArchiveServer.StartAsync();

        var (status, _) = await PostAsync(server, new RawZip().Add("a", SmallFile.Create("1.2.1")).Build(), type);

        status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Zip64_descriptors_comments_and_what_stands_before_are_read()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip { IsLong = true, Comment = "PK\x05\x06 and more text than an end record has"u8.ToArray(), Before = "#!/bin/sh\n"u8.ToArray() }
            .Add("a", SmallFile.Create("1.2.1"), new Lie(HasDescriptor: true))
            .Add("b", SmallFile.Create("1.2.2"), new Lie(HasDescriptor: true), deflated: false);

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        Words(answer).ShouldBe(["stored", "stored"]);
    }

    [Fact]
    public async Task Names_are_shown_and_never_paths()
    {
        await using var server = await ArchiveServer.StartAsync();
        string[] names = ["../../evil.dcm", "/etc/evil.dcm", "C:\\evil.dcm", "a\0b\n.dcm", "检查/一.dcm"];
        var zip = new RawZip();
        foreach (var (name, i) in names.Select((name, i) => (name, i)))
            zip.Add(name, SmallFile.Create($"1.2.{i + 1}"));
        zip.Add("", SmallFile.Create("1.2.9"), new Lie(NameBytes: [0x81, (byte)'.', (byte)'d']));

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        Names(answer).ShouldBe([.. names, "ü.d"]);
        Directory.EnumerateFiles(server.Folder, "*evil*", SearchOption.AllDirectories).ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(server.Folder, "..", ".."), "evil.dcm").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_unpacked_is_refused_entry_by_entry()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = SmallFile.Create("1.2.1");
        var inner = new RawZip().Add("x", file).Build();
        var zip = new RawZip()
            .Add("encrypted", file, new Lie(Flags: 1))
            .Add("aes", file, new Lie(Method: 99))
            .Add("lzma", file, new Lie(Method: 14))
            .Add("crc", file, new Lie(Crc32: 1))
            .Add("longer", file, new Lie(Size: 100))
            .Add("shorter", file, new Lie(Size: 100_000))
            .Add("garbage", file, new Lie(Method: 8), deflated: false)
            .Add("two lengths", file, new Lie(Size: 3), deflated: false)
            .Add("inner.zip", inner)
            .Add("empty", [])
            .Add("good", file);

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.Accepted);
        Words(answer).ShouldBe([.. Enumerable.Repeat("refused", 10), "stored"]);
        string[] reasons =
            ["encrypted", "encrypted", "method 14", "checksum", "longer", "shorter", "damaged", "two lengths", "within a ZIP", "empty"];
        foreach (var (reason, i) in reasons.Select((reason, i) => (reason, i)))
            answer["instances"]![i]!["reason"]!.ToString().ShouldContain(reason);
        (await server.GetJsonAsync("/api/statistics"))["instances"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Entries_that_share_bytes_are_refused()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip().Add("first", SmallFile.Create("1.2.1"));
        var second = zip.Position;
        zip.Add("second", SmallFile.Create("1.2.2"))
            .Add("again", SmallFile.Create("1.2.3"), new Lie(Offset: second))
            .Add("reaching", SmallFile.Create("1.2.4"), new Lie(CompressedSize: 100_000))
            .Add("beyond", SmallFile.Create("1.2.5"), new Lie(Offset: zip.Position + 1));

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.Accepted);
        Words(answer).ShouldBe(["stored", .. Enumerable.Repeat("refused", 4)]);
    }

    [Fact]
    public async Task A_bomb_is_refused_and_what_is_beside_it_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zeros = new byte[40 << 20];
        SmallFile.Create("1.2.1").CopyTo(zeros, 0);
        var zip = new RawZip().Add("bomb", zeros).Add("good", SmallFile.Create("1.2.2")).Build();
        zip.Length.ShouldBeLessThan(zeros.Length / 200);

        var (status, answer) = await PostAsync(server, zip);

        status.ShouldBe(HttpStatusCode.Accepted);
        Words(answer).ShouldBe(["refused", "stored"]);
        answer["instances"]![0]!["reason"]!.ToString().ShouldContain("200 times");
        Directory.GetFiles(Path.Combine(server.Folder, "large")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Many_small_bombs_are_a_bomb()
    {
        await using var server = await ArchiveServer.StartAsync();
        var blank = SmallFile.Wrap(SmallFile.Text(0x0008, 0x0018, "UI", "1.2.1"));
        var zip = new RawZip();
        for (var i = 0; i < 8; i++)
            zip.Add($"{i}", [.. blank, .. new byte[12 << 20]]);

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer["instances"]!.AsArray().Count(entry => entry!["reason"]!.ToString().Contains("200 times", StringComparison.Ordinal))
            .ShouldBeInRange(2, 4);
    }

    [Fact]
    public async Task Too_many_entries_are_refused_before_any_is_stored()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0, RequireAuth = false, MaxZipEntries = 2 });
        var zip = new RawZip();
        for (var i = 0; i < 3; i++)
            zip.Add($"{i}", SmallFile.Create($"1.2.{i + 1}"));

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer["detail"]!.ToString().ShouldContain("more than 2 entries");
        (await server.GetJsonAsync("/api/statistics"))["instances"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_hundred_thousand_entries_are_answered_one_by_one()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip { IsLong = true };
        for (var i = 0; i < 100_000; i++)
            zip.Add(i.ToString(CultureInfo.InvariantCulture), [1], deflated: false);

        var (status, answer) = await PostAsync(server, zip.Build());

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer["instances"]!.AsArray().Count.ShouldBe(100_000);
    }

    [Fact]
    public async Task Every_truncation_of_an_archive_is_refused_clearly()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip().Add("a", SmallFile.Create("1.2.1")).Add("b", SmallFile.Create("1.2.2")).Build();

        for (var length = 1; length < zip.Length; length += 13)
        {
            var (status, answer) = await PostAsync(server, zip[..length]);
            status.ShouldBe(HttpStatusCode.BadRequest);
            answer["detail"]!.ToString().ShouldContain("ZIP archive");
        }

        (await PostAsync(server, zip)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Every_changed_byte_ends_in_an_answer()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip { IsLong = true }.Add("a", SmallFile.Create("1.2.1")).Add("b", SmallFile.Create("1.2.2"), deflated: false).Build();
        var random = new Random(4711);

        for (var i = 0; i < 600; i++)
        {
            byte[] changed = [.. zip];
            for (var n = random.Next(1, 4); n > 0; n--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            ((int)(await PostAsync(server, changed)).Status).ShouldBeOneOf(200, 202, 400, 409, 413, 415);
        }
    }

    [Theory]
    [InlineData("no ZIP at all", "This is no ZIP archive.")]
    [InlineData("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "The ZIP archive holds no files to store.")]
    public async Task What_holds_nothing_says_so(string body, string reason)
    {
        await using var server = await ArchiveServer.StartAsync();

        var (status, answer) = await PostAsync(server, Encoding.Latin1.GetBytes(body));

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer["detail"]!.ToString().ShouldBe(reason);
    }

    [Fact]
    public async Task An_archive_that_does_not_fit_on_the_disk_is_refused()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, DiskReserve = long.MaxValue, DiskReservePercent = 100 });

        var (status, answer) = await PostAsync(server, new RawZip().Add("a", SmallFile.Create("1.2.1")).Build());

        status.ShouldBe(HttpStatusCode.InsufficientStorage);
        answer["detail"]!.ToString().ShouldContain("reserve");
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_no_file()
    {
        await using var server = await ArchiveServer.StartAsync();
        var zip = new RawZip().Add("a", SmallFile.Create("1.2.1")).Build();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, Cancel);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /api/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/zip\r\nContent-Length: 900000\r\n\r\n"), Cancel);
            await client.GetStream().WriteAsync(zip, Cancel);
            await Task.Delay(200, Cancel);
        }

        for (var i = 0; i < 100 && !server.LogText.Contains("499 POST /api/instances", StringComparison.Ordinal); i++)
            await Task.Delay(50, Cancel);
        server.LogText.ShouldContain("499 POST /api/instances");
        Directory.GetFiles(Path.Combine(server.Folder, "incoming")).ShouldBeEmpty();
        (await server.GetJsonAsync("/api/statistics"))["instances"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task What_a_killed_server_left_goes_at_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("neurdicom-test");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "incoming"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "incoming", "0123"), "half a ZIP", Cancel);

        await using (await ArchiveServer.StartAsync(folder: folder.FullName))
            Directory.GetFiles(Path.Combine(folder.FullName, "incoming")).ShouldBeEmpty();

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task While_an_archive_comes_its_file_has_no_name()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps the name until the file is closed.");
        await using var server = await ArchiveServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST /api/instances HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/zip\r\nContent-Length: 900000\r\n\r\nPK"), Cancel);
        await Task.Delay(200, Cancel);

        Directory.GetFiles(Path.Combine(server.Folder, "incoming")).ShouldBeEmpty();
    }

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(
        ArchiveServer server, byte[] zip, string type = "application/zip")
    {
        using var content = new ByteArrayContent(zip);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances", content);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!);
    }

    private static IEnumerable<string> Names(JsonNode answer) => answer["instances"]!.AsArray().Select(entry => entry!["file"]!.ToString());

    private static IEnumerable<string> Words(JsonNode answer) => answer["instances"]!.AsArray().Select(entry => entry!["outcome"]!.ToString());
}
