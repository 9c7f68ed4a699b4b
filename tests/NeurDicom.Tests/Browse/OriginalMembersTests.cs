using System.Net;
using System.Text.Json.Nodes;
using NeurDicom.Dicom;
using NeurDicom.Tests.Accounts;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Browse;

/// <summary>What the original's answers promised and did not hold.</summary>
public sealed class OriginalMembersTests
{
    // golden.md 3, rows 44 and 45; NEURDICOM.md, defect 6: misspelt keywords, and fields that did not exist.
    [Fact]
    public async Task Members_that_were_always_empty_have_their_values()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile()
            .Text(Tag.PatientBirthDate, "DA", "19700131")
            .Text(Tag.StudyDate, "DA", "20260401").Text(Tag.StudyTime, "TM", "091500")
            .Text(Tag.AccessionNumber, "SH", "A-17").Text(Tag.ReferringPhysicianName, "PN", "Doe^Jane")
            .Text(Tag.SeriesDescription, "LO", "Head").Text(Tag.SeriesTime, "TM", "091700")
            .Text(Tag.PixelAspectRatio, "IS", "4\\3").Write());

        (await server.GetJsonAsync("/api/patients/1"))["patient_birthdate"]!.ToString().ShouldBe("1970-01-31");
        var study = await server.GetJsonAsync("/api/studies/1");
        study["study_date"]!.ToString().ShouldBe("2026-04-01");
        study["study_time"]!.ToString().ShouldBe("09:15:00");
        study["accession_number"]!.ToString().ShouldBe("A-17");
        study["referring_physician_name"]!.ToString().ShouldBe("Doe^Jane");
        var series = await server.GetJsonAsync("/api/series/1");
        series["series_description"]!.ToString().ShouldBe("Head");
        series["series_time"]!.ToString().ShouldBe("09:17:00");
        (await server.GetJsonAsync("/api/instances/1"))["pixel_aspect_ratio"]!.ToString().ShouldContain("4");
    }

    // golden.md 3, row 46: the text is Python's, which old clients take apart; numbers are in the tags.
    [Fact]
    public async Task Pixel_spacing_is_the_originals_text_and_numbers_in_the_tags()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.StoreAsync(new PictureFile().Text(Tag.PixelSpacing, "DS", "0.5\\0.25").Write());

        (await server.GetJsonAsync("/api/instances/1"))["pixel_spacing"]!.ToString().ShouldBe("['0.5', '0.25']");
        (await server.GetJsonAsync("/api/instances/1/tags"))["Pixel Spacing"]!.ToJsonString().ShouldBe("[0.5,0.25]");
    }

    // golden.md 3, row 48: the order changed with every update.
    [Fact]
    public async Task Lists_stay_in_the_order_of_ids()
    {
        await using var server = await ArchiveServer.StartAsync(
            new Settings { RestPort = 0, RequireAuth = false, Duplicates = DuplicatePolicy.Keep });
        for (var number = 1; number <= 5; number++)
            await server.StoreAsync(Numbered(number));

        await server.StoreAsync(Numbered(2, "CT"));

        var ids = (await server.GetJsonAsync("/api/instances")).AsArray().Select(row => row!["id"]!.GetValue<int>());
        ids.ShouldBe([1, 2, 3, 4, 5]);

        static byte[] Numbered(int number, string modality = "OT") =>
            new PictureFile().Text(Tag.SopInstanceUid, "UI", $"2.25.{number}").Text(Tag.Modality, "CS", modality).Write();
    }

    // golden.md 3, row 13; NEURDICOM.md, defect 32.
    [Fact]
    public async Task Files_need_sign_in_and_media_is_gone()
    {
        await using var server = await AccountClient.StartAsync();
        var session = await server.SessionOfAsync();

        using var open = await server.AskAsync("GET", "/api/instances/1/file");
        using var media = await server.AskAsync("GET", "/media/instances/1.dcm", null, session);

        open.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        media.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    // golden.md 3, row 49: Python's json takes NaN; a number was taken for a text.
    [Theory]
    [InlineData("""{"email": NaN, "password": "long enough"}""")]
    [InlineData("""{"email": Infinity, "password": "long enough"}""")]
    [InlineData("""{"email": 12, "password": "long enough"}""")]
    public async Task What_is_no_json_or_no_text_is_refused(string body)
    {
        await using var server = await AccountClient.StartAsync();
        var (name, value) = await server.SessionOfAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await server.SendAsync(HttpMethod.Post, "/api/users", content, (name, value));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["status"]!.GetValue<int>().ShouldBe(400);
    }

    // NEURDICOM.md, defect 35: an address had 30 characters at most, and a password could be anything.
    [Theory]
    [InlineData(254, "eight888", HttpStatusCode.Created)]
    [InlineData(255, "eight888", HttpStatusCode.BadRequest)]
    [InlineData(31, "seven77", HttpStatusCode.BadRequest)]
    public async Task A_sign_in_name_is_long_enough_and_a_password_too(int length, string password, HttpStatusCode status)
    {
        await using var server = await AccountClient.StartAsync();
        var email = new string('a', length - 6) + "@x.org";

        using var response = await server.AskAsync("POST", "/api/users", new { email, password }, await server.SessionOfAsync());

        response.StatusCode.ShouldBe(status);
    }
}
