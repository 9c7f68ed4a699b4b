using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using NeurDicom.Dicom;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

/// <summary>The whole way over HTTP: store, patients, studies, series, instances, tags, file, delete.</summary>
public sealed class WalkTests
{
    [Fact]
    public async Task Real_files_are_found_again_from_the_patient_down()
    {
        var files = SharedSamples.Files("mr-lgg");
        await using var server = await ArchiveServer.StartAsync();
        (await StoreAsync(server, files)).ShouldAllBe(entry => entry!["outcome"]!.ToString() == "stored");

        var patients = (await server.GetJsonAsync("/api/patients")).AsArray();
        patients.Count.ShouldBe(2);
        patients[0]!.ToJsonString().ShouldBe(
            """{"id":1,"patient_id":"LGG-277","patient_name":"LGG-277","patient_sex":"F","patient_age":"033Y","patient_birthdate":null,"images_count":40,"issuer_of_patient_id":"","studies_count":1}""");

        var study = (await server.GetJsonAsync("/api/patients/1/studies"))[0]!;
        study["study_id"]!.ToString().ShouldBe("");
        study["study_description"]!.ToString().ShouldBe("MRI Hd wo&w");
        study["study_date"]!.ToString().ShouldBe("1990-06-14");
        study["modalities"]!.ToJsonString().ShouldBe("""["MR"]""");
        study["series"]![0]!["images_count"]!.GetValue<int>().ShouldBe(40);

        var series = (await server.GetJsonAsync("/api/studies/1/series"))[0]!;
        series["patient_position"]!.ToString().ShouldBe("HFS");
        var instances = (await server.GetJsonAsync("/api/series/1/instances")).AsArray();
        instances.Select(instance => instance!["instance_number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, 40));

        // As recorded from the original but for the image's place, and for what was added.
        var instance = await server.GetJsonAsync("/api/instances/1");
        instance["pixel_spacing"]!.ToString().ShouldBe("['0.781253', '0.781250']");
        instance["parent"]!.ToJsonString().ShouldBe(
            """{"patient":{"patient_name":"LGG-277","patient_id":"LGG-277"},"study":{"study_date":"1990-06-14"},"series":{"id":1,"modality":"MR"}}""");
        instance["rows"]!.GetValue<int>().ShouldBe(256);
        instance["bits_stored"]!.GetValue<int>().ShouldBe(16);
        (await server.Http.GetByteArrayAsync(instance["image"]!.ToString(), TestContext.Current.CancellationToken))
            .ShouldBe(File.ReadAllBytes(files[0]));

        (await StoreAsync(server, files)).ShouldAllBe(entry => entry!["outcome"]!.ToString() == "already_stored");
        (await server.GetJsonAsync("/api/statistics"))["instances"]!.GetValue<int>().ShouldBe(100);
    }

    [Fact]
    public async Task Tags_are_those_of_the_original_and_what_it_dropped()
    {
        var files = SharedSamples.Files("mr-lgg");
        await using var server = await ArchiveServer.StartAsync();
        await StoreAsync(server, files.Take(1));

        var tags = (await server.GetJsonAsync("/api/instances/1/tags")).AsObject();

        tags.First().Key.ShouldBe("Accession Number");
        tags["Acquisition Matrix"]!.ToJsonString().ShouldBe("[0,256,192,0]");
        tags["Echo Time"]!.GetValue<double>().ShouldBe(30.0);
        tags["Patient's Name"]!.ToString().ShouldBe("LGG-277");
        tags["Specific Character Set"]!.ToString().ShouldBe("ISO_IR 100");
        tags["Laterality"]!.ToString().ShouldBe("");
        tags["Image Type"]!.AsArray().Count.ShouldBeGreaterThan(1);
        tags["Pixel Spacing"]!.AsArray().Select(value => value!.GetValue<double>()).ShouldBe([0.781253, 0.78125]);
        tags["De-identification Method Code Sequence"]![0]!["Code Value"]!.ToString().ShouldNotBeEmpty();
        tags.ContainsKey("Pixel Data").ShouldBeFalse();
    }

    [Fact]
    public async Task Tags_are_dicom_json_where_that_is_asked_for()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile().Write());

        using var plain = await server.GetAsync("/api/instances/1/tags");
        using var dicom = await server.GetAsync("/api/instances/1/tags", ("Accept", "application/dicom+json"));
        using var again = await server.GetAsync(
            "/api/instances/1/tags", ("Accept", "application/dicom+json"), ("If-None-Match", dicom.Headers.ETag!.Tag));
        using var neither = await server.GetAsync("/api/instances/1/tags", ("Accept", "text/html"));
        using var any = await server.GetAsync("/api/instances/1/tags", ("Accept", "text/html, */*;q=0.1"));

        plain.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        dicom.Content.Headers.ContentType!.ToString().ShouldBe("application/dicom+json");
        dicom.Headers.Vary.ShouldContain("Accept");
        dicom.Headers.ETag.ShouldNotBe(plain.Headers.ETag);
        JsonNode.Parse(await Text(dicom))!["00100020"]!.ToJsonString().ShouldBe("""{"vr":"LO","Value":["PICTURE"]}""");
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        neither.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        any.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
    }

    [Fact]
    public async Task Tags_follow_the_current_version_and_end_with_the_instance()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, Duplicates = DuplicatePolicy.Keep });
        var file = new PictureFile();
        await server.StoreAsync(file.Write());
        for (var i = 0; i < 2; i++)
            (await server.GetJsonAsync("/api/instances/1/tags"))["Modality"]!.ToString().ShouldBe("OT");

        await server.StoreAsync(file.Text(Tag.Modality, "CS", "CT").Write());
        for (var i = 0; i < 2; i++)
            (await server.GetJsonAsync("/api/instances/1/tags"))["Modality"]!.ToString().ShouldBe("CT");

        await server.SendAsync(HttpMethod.Delete, "/api/instances/1");
        using var gone = await server.GetAsync("/api/instances/1/tags");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tags_show_the_character_set_of_the_file_wherever_it_stands(bool isDeflated)
    {
        await using var server = await ArchiveServer.StartAsync();
        var picture = new PictureFile { TransferSyntax = isDeflated ? "1.2.840.10008.1.2.1.99" : "1.2.840.10008.1.2.1" }
            .Text(Tag.SpecificCharacterSet, "CS", "ISO_IR 101");
        var file = picture.Write();
        // Behind group 0002: where deflation begins, and where 4,000 bytes of private information end (PS3.10 7.1).
        var dataSet = file.AsSpan().IndexOf("\x08\0\x05\0CS"u8);
        byte[] stored = isDeflated
            ? [.. file[..dataSet], .. Deflate(file[dataSet..])]
            : WithLongMeta(file, dataSet, 4000);
        (await server.StoreAsync(stored))["outcome"]!.ToString().ShouldBe("stored");

        var tags = await server.GetJsonAsync("/api/instances/1/tags");

        tags["Specific Character Set"]!.ToString().ShouldBe("ISO_IR 101");
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var deflate = new DeflateStream(target, CompressionLevel.Fastest))
            deflate.Write(bytes);
        return target.ToArray();
    }

    // Private Information (0002,0102), and the group's length with it.
    private static byte[] WithLongMeta(byte[] file, int dataSet, int length)
    {
        byte[] changed =
        [
            .. file[..dataSet], 2, 0, 0, 1, (byte)'U', (byte)'I', 4, 0, .. "1.2\0"u8,
            2, 0, 2, 1, (byte)'O', (byte)'B', 0, 0, .. BitConverter.GetBytes(length), .. new byte[length], .. file[dataSet..],
        ];
        BitConverter.GetBytes(BitConverter.ToInt32(file, 140) + 24 + length).CopyTo(changed, 140);
        return changed;
    }

    [Theory]
    [InlineData("/api/patients/1")]
    [InlineData("/api/studies/1")]
    [InlineData("/api/series/1")]
    [InlineData("/api/instances/1")]
    public async Task Deleting_answers_an_empty_200_and_takes_what_lies_below(string path)
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile().Write());

        using var first = await server.SendAsync(HttpMethod.Delete, path);
        using var second = await server.SendAsync(HttpMethod.Delete, path);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await Text(first)).ShouldBeEmpty();
        second.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.GetJsonAsync("/api/instances")).AsArray().ShouldBeEmpty();
        using var file = await server.GetAsync("/api/instances/1/file");
        file.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Changes_are_read_from_cursor_to_cursor()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile().Text(Tag.SopInstanceUid, "UI", "2.25.1").Write());
        await server.StoreAsync(new PictureFile().Text(Tag.SopInstanceUid, "UI", "2.25.2").Write());

        var all = (await server.GetJsonAsync("/api/changes")).AsArray();
        var behindFirst = (await server.GetJsonAsync($"/api/changes?since={all[0]!["cursor"]}")).AsArray();
        using var page = await server.GetAsync("/api/changes?limit=1");
        using var unknown = await server.GetAsync("/api/changes?since=17");

        all.Where(change => change!["level"]!.ToString() == "instance").Select(change => change!["uid"]!.ToString())
            .ShouldBe(["2.25.1", "2.25.2"]);
        all[0]!["kind"]!.ToString().ShouldBe("stored");
        all[0]!["who"]!.ToString().ShouldBe("anonymous");
        all[0]!["how"]!.ToString().ShouldBe("rest");
        behindFirst.Count.ShouldBe(all.Count - 1);
        var next = page.Headers.GetValues("Link").Single();
        next.ShouldStartWith($"</api/changes?since={all[0]!["cursor"]}&limit=1>");
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await server.SendAsync(HttpMethod.Delete, "/api/instances/1");
        var later = (await server.GetJsonAsync($"/api/changes?since={all[^1]!["cursor"]}")).AsArray();
        later.ShouldContain(change => change!["kind"]!.ToString() == "deleted" && change["uid"]!.ToString() == "2.25.1");
    }

    [Fact]
    public async Task A_page_links_to_the_next_one()
    {
        await using var server = await ArchiveServer.StartAsync();
        for (var i = 1; i <= 5; i++)
            await server.StoreAsync(new PictureFile().Write());

        var ids = new List<int>();
        var url = "/api/instances?limit=2&order=-id";
        while (url is not null)
        {
            using var page = await server.GetAsync(url);
            page.Headers.GetValues("X-Total-Count").ShouldBe(["5"]);
            ids.AddRange(JsonNode.Parse(await Text(page))!.AsArray().Select(row => row!["id"]!.GetValue<int>()));
            url = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        ids.ShouldBe([5, 4, 3, 2, 1]);
    }

    [Fact]
    public async Task The_log_of_a_whole_run_holds_no_patient()
    {
        await using var server = await ArchiveServer.StartAsync();
        var file = new PictureFile()
            .Text(Tag.PatientName, "PN", "Geheimrat^Wilhelmine").Text(Tag.PatientID, "LO", "PID-4711").Text(Tag.PatientBirthDate, "DA", "19380517");
        await server.StoreAsync(file.Write());
        await server.StoreAsync(file.Text(Tag.Modality, "CS", "CT").Write());
        await server.StoreAsync(file.Text(Tag.Modality, "CS", null).Text(Tag.StudyInstanceUid, "UI", null).Write());
        await server.StoreAsync(file.Write()[..^20]);
        await StoreAsync(server, SharedSamples.Files("mr-lgg").Take(3));

        foreach (var path in new[]
            {
                "/api/patients?patient_name=Geheimrat*", "/api/patients?patient_id=PID-4711&colour=Geheimrat", "/api/patients/1",
                "/api/studies?patient_name=contains:Geheimrat&study_date=Geheimrat", "/api/studies", "/api/instances/1", "/api/instances/1/tags",
                "/api/instances/1/file", "/api/instances/99/tags", "/api/changes", "/api/Geheimrat?x=LGG-277",
            })
        {
            using var response = await server.GetAsync(path);
            _ = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        }

        await server.SendAsync(HttpMethod.Delete, "/api/patients/1");

        server.LogText.ShouldContain("/api/patients");
        foreach (var secret in new[] { "Wilhelmine", "PID-4711", "19380517", "1938-05-17", "LGG-" })
            server.LogText.ShouldNotContain(secret);
        server.LogText.Replace("/api/Geheimrat", "", StringComparison.Ordinal).ShouldNotContain("Geheimrat");
        foreach (var change in (await server.GetJsonAsync("/api/changes")).AsArray())
            change!.ToJsonString().ShouldNotContain("Wilhelmine");
    }

    private static async Task<JsonArray> StoreAsync(ArchiveServer server, IEnumerable<string> files)
    {
        using var form = new MultipartFormDataContent();
        foreach (var file in files)
            form.Add(new StreamContent(File.OpenRead(file)), "file", Path.GetFileName(file));
        using var response = await server.SendAsync(HttpMethod.Post, "/api/instances/upload", form);
        return JsonNode.Parse(await Text(response))!["instances"]!.AsArray();
    }

    private static Task<string> Text(HttpResponseMessage response)
    {
        return response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
