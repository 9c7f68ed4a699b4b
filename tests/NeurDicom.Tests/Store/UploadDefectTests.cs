using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NeurDicom.Dicom;
using NeurDicom.Tests.Commands;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Store;

/// <summary>What the original does wrong when it stores, one by one, and what is right.</summary>
public sealed class UploadDefectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_file_of_one_field_is_stored()
    {
        await using var server = await ArchiveServer.StartAsync();

        var (status, answer) = await UploadAsync(server, ("files", SmallFile.Create("1.2.1")), ("files", SmallFile.Create("1.2.2")));

        status.ShouldBe(HttpStatusCode.OK);
        answer["instances"]!.AsArray().Select(entry => entry!["outcome"]!.ToString()).ShouldBe(["stored", "stored"]);
        (await CountAsync(server)).ShouldBe(2);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n", 400, "holds no files")]
    [InlineData(null, "", 400, "has no body")]
    [InlineData("application/json", "{}", 415, "Content-Type")]
    [InlineData("application/octet-stream", "x", 415, "Content-Type")]
    [InlineData("application/x-www-form-urlencoded", "x=1", 415, "Content-Type")]
    [InlineData(null, "x", 415, "does not say")]
    [InlineData("multipart/form-data; boundary=xyz", "hello", 400, "multipart")]
    [InlineData("multipart/form-data", "hello", 400, "boundary")]
    [InlineData("multipart/form-data; boundary=b", "", 400, "has no body")]
    [InlineData("application/zip", "", 400, "has no body")]
    public async Task What_brings_no_file_is_told_so(string? type, string body, int status, string reason)
    {
        await using var server = await ArchiveServer.StartAsync();
        foreach (var path in (string[])["/api/instances", "/api/instances/upload"])
        {
            using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
            if (type is not null)
                content.Headers.TryAddWithoutValidation("Content-Type", type);

            using var response = await server.SendAsync(HttpMethod.Post, path, content);

            ((int)response.StatusCode).ShouldBe(status);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            (await AnswerAsync(response))["detail"]!.ToString().ShouldContain(reason);
        }
    }

    [Fact]
    public async Task The_answer_names_id_uid_and_outcome_of_each_file()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(SmallFile.Create("1.2.1"));

        var (_, answer) = await UploadAsync(server, ("a", SmallFile.Create("1.2.1")), ("b", SmallFile.Create("1.2.2")));

        answer["instances"]!.AsArray().Select(entry => (entry!["id"]!.GetValue<int>(), entry["sop_instance_uid"]!.ToString(), entry["outcome"]!.ToString()))
            .ShouldBe([(1, "1.2.1", "already_stored"), (2, "1.2.2", "stored")]);
    }

    [Theory]
    [InlineData("a letter", "not_dicom")]
    [InlineData("", "empty")]
    public async Task What_is_no_dicom_is_refused_with_a_reason(string text, string name)
    {
        await using var server = await ArchiveServer.StartAsync();

        var (status, answer) = await UploadAsync(server, (name, Encoding.ASCII.GetBytes(text)));

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer["instances"]![0]!["outcome"]!.ToString().ShouldBe("refused");
        answer["instances"]![0]!["reason"]!.ToString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData(nameof(Tag.PatientID))]
    [InlineData(nameof(Tag.Modality))]
    [InlineData(nameof(Tag.Rows))]
    [InlineData(nameof(Tag.InstanceNumber))]
    [InlineData(nameof(Tag.PatientPosition))]
    [InlineData(nameof(Tag.PixelData))]
    public async Task What_is_optional_may_be_absent(string keyword)
    {
        await using var server = await ArchiveServer.StartAsync();
        var tag = (Tag)typeof(Tag).GetProperty(keyword)!.GetValue(null)!;
        var file = new PictureFile().Pixels(new int[64]).Bytes(tag, "UN", null).Write();

        var (status, answer) = await UploadAsync(server, ("file", file));

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        (await CountAsync(server)).ShouldBe(1);
    }

    [Theory]
    [InlineData(nameof(Tag.SopInstanceUid), null)]
    [InlineData(nameof(Tag.StudyInstanceUid), null)]
    [InlineData(nameof(Tag.SeriesInstanceUid), null)]
    [InlineData(nameof(Tag.SopInstanceUid), "1.2.840.10008.1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25.26")]
    public async Task A_uid_that_is_missing_or_too_long_is_told_and_leaves_nothing(string keyword, string? uid)
    {
        await using var server = await ArchiveServer.StartAsync();
        var tag = (Tag)typeof(Tag).GetProperty(keyword)!.GetValue(null)!;

        var (status, answer) = await UploadAsync(server, ("file", new PictureFile().Text(tag, "UI", uid).Write()));

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer["instances"]![0]!["reason"]!.ToString().ShouldContain("UID");
        var totals = await server.GetJsonAsync("/api/statistics");
        foreach (var what in (string[])["patients", "studies", "series", "instances"])
            totals[what]!.GetValue<int>().ShouldBe(0);
        Directory.EnumerateFiles(Path.Combine(server.Folder, "large")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_of_any_length_is_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile().Text(Tag.PatientName, "PN", new string('N', 150)).Write();

        (await UploadAsync(server, ("file", file))).Status.ShouldBe(HttpStatusCode.OK);

        (await server.GetJsonAsync("/api/patients"))[0]!["patient_name"]!.ToString().Length.ShouldBe(150);
    }

    [Fact]
    public async Task A_bad_file_beside_a_good_one_does_not_hide_it()
    {
        await using var server = await ArchiveServer.StartAsync();

        var (status, answer) = await UploadAsync(server, ("a", SmallFile.Create("1.2.1")), ("b", "a letter"u8.ToArray()));

        status.ShouldBe(HttpStatusCode.Accepted);
        answer["instances"]!.AsArray().Select(entry => entry!["outcome"]!.ToString()).ShouldBe(["stored", "refused"]);
    }

    [Fact]
    public async Task Half_a_file_never_takes_the_place_of_a_whole_one()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, Duplicates = DuplicatePolicy.Keep });
        var file = new PictureFile().Pixels(new int[64]).Write();
        await server.StoreAsync(file);

        (await UploadAsync(server, ("file", file[..^60]))).Status.ShouldBe(HttpStatusCode.BadRequest);

        (await server.Http.GetByteArrayAsync("/api/instances/1/file", Cancel)).ShouldBe(file);
    }

    [Fact]
    public async Task Other_bytes_under_a_known_uid_never_replace_the_file_silently()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile();
        var first = file.Write();
        await server.StoreAsync(first);

        var (status, _) = await UploadAsync(server, ("file", file.Text(Tag.Modality, "CS", "CT").Write()));

        status.ShouldBe(HttpStatusCode.Conflict);
        (await server.Http.GetByteArrayAsync("/api/instances/1/file", Cancel)).ShouldBe(first);
    }

    [Fact]
    public async Task More_than_a_hundred_megabytes_are_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile().Short(Tag.Rows, 5500).Short(Tag.Columns, 10_000).Bytes(Tag.PixelData, "OW", new byte[110_000_000]).Write();

        var (status, answer) = await UploadAsync(server, ("file", file));

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        (await server.GetJsonAsync("/api/instances/1"))["size"]!.GetValue<long>().ShouldBe(file.Length);
    }

    [Fact]
    public async Task Zeros_behind_a_file_hold_nobody_up()
    {
        await using var server = await ArchiveServer.StartAsync();
        byte[] file = [.. new PictureFile().Pixels(new int[64]).Write(), .. new byte[100_000_000]];

        var store = server.StoreAsync(file);
        while (!store.IsCompleted)
        {
            // The original is blocked for 13 seconds.
            using var other = await server.GetAsync("/api/patients").WaitAsync(TimeSpan.FromSeconds(5), Cancel);
            other.StatusCode.ShouldBe(HttpStatusCode.OK);
            await Task.Delay(50, Cancel);
        }

        (await store)["outcome"]!.ToString().ShouldBeOneOf("stored", "refused");
    }

    [Fact]
    public async Task A_data_set_without_preamble_is_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = SmallFile.Create("1.2.1");
        // Without preamble, prefix and meta information: Explicit VR Little Endian by its looks.
        var start = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x08, 0, 0x16, 0]);

        var (status, answer) = await UploadAsync(server, ("file", file[start..]));

        status.ShouldBe(HttpStatusCode.OK, answer.ToString());
        answer["instances"]![0]!["sop_instance_uid"]!.ToString().ShouldBe("1.2.1");
    }

    [Fact]
    public async Task Negative_pixel_values_are_stored()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile().Short(Tag.PixelRepresentation, 1).Bytes(new Tag(0x00280106), "SS", [0x00, 0xFC])
            .Bytes(new Tag(0x00280107), "SS", [0xFF, 0xFF]).Pixels(new int[64]).Write();

        (await UploadAsync(server, ("file", file))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Many_senders_of_one_study_make_one_patient()
    {
        await using var server = await ArchiveServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(1, 40).Select(i => UploadAsync(server, ("file", SmallFile.Create($"1.2.{(i + 1) / 2}")))));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        var totals = await server.GetJsonAsync("/api/statistics");
        foreach (var (what, count) in ((string, int)[])[("patients", 1), ("studies", 1), ("series", 1), ("instances", 20)])
            totals[what]!.GetValue<int>().ShouldBe(count);
    }

    [Fact]
    public async Task An_instance_is_written_once()
    {
        await using var server = await ArchiveServer.StartAsync();

        await UploadAsync(server, ("file", SmallFile.Create("1.2.1")));

        (await server.GetJsonAsync("/api/changes")).AsArray().Select(change => change!["kind"]?.ToString() ?? change["what"]?.ToString())
            .ShouldBe(["stored"]);
    }

    [Fact]
    public async Task Duplicates_leave_no_file_open()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are read from Linux's /proc.");
        await using var server = await ArchiveServer.StartAsync();
        var large = new PictureFile().Short(Tag.Rows, 1024).Short(Tag.Columns, 1024).Bytes(Tag.PixelData, "OW", new byte[2 << 20]).Write();

        for (var i = 0; i < 5; i++)
            await server.StoreAsync(large);

        var folder = Path.Combine(server.Folder, "large");
        Directory.GetFiles(folder).Length.ShouldBe(1);
        Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget)
            .Where(target => target?.StartsWith(folder, StringComparison.Ordinal) is true).ShouldBeEmpty();
    }

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> UploadAsync(
        ArchiveServer server, params (string Field, byte[] File)[] files)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (field, file) in files)
        {
            var part = new ByteArrayContent(file);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            form.Add(part, field, field + ".dcm");
        }

        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", form);
        return (response.StatusCode, await AnswerAsync(response));
    }

    private static async Task<JsonNode> AnswerAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

    private static async Task<int> CountAsync(ArchiveServer server) =>
        int.Parse((await server.GetJsonAsync("/api/statistics"))["instances"]!.ToString(), CultureInfo.InvariantCulture);
}
