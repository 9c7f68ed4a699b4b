using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NeurDicom.Index;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Index;

/// <summary>Lists, filters and pages over rows that are written by hand.</summary>
public sealed class ListTests : IDisposable
{
    private static readonly PatientQueries Patients = new();
    private static readonly StudyQueries Studies = new();
    private static readonly SeriesQueries Series = new();
    private static readonly InstanceQueries Instances = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("neurdicom-lists").FullName;
    private readonly ArchiveIndex _index;

    public ListTests()
    {
        var file = Path.Combine(_folder, "index.db");
        _index = ArchiveIndex.Open(file, TimeSpan.FromSeconds(10), TimeProvider.System, NullLogger.Instance);
        using var connection = _index.OpenForWriting();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO patients (id, patient_id, issuer, patient_name, name_search, patient_sex, patient_birthdate, studies_count, images_count)
            VALUES (1, 'P-1', '', 'Müller^Anna', 'muller^anna', 'F', '19700101', 2, 4),
                   (2, 'P-2', 'H', 'MULLER^Bernd', 'muller^bernd', 'M', '', 1, 1),
                   (3, '', '', '山田^太郎', '山田^太郎', NULL, '1970', 1, 0),
                   (4, 'P[4]', '', NULL, NULL, 'O', NULL, 0, 0);
            INSERT INTO studies (id, study_instance_uid, patient, study_id, study_date, study_time, study_description, accession_number, modalities, series_count, images_count)
            VALUES (1, '1.1', 1, '', '20200101', '090541', 'Head 100%', 'A1', 'MR\SR', 2, 3),
                   (2, '1.2', 1, 's', '20210615', '0905', 'head_neck', 'A2', 'CT', 1, 1),
                   (3, '1.3', 2, NULL, NULL, NULL, NULL, NULL, 'MR', 1, 1),
                   (4, '1.4', 3, NULL, '', '', 'Abdomen', '', '', 0, 0);
            INSERT INTO series (id, series_instance_uid, study, modality, series_number, body_part_examined, images_count)
            VALUES (1, '2.1', 1, 'MR', '2', 'BRAIN', 2), (2, '2.2', 1, 'SR', '10', NULL, 1),
                   (3, '2.3', 2, 'CT', '1', 'BRAIN', 1), (4, '2.4', 3, 'MR', NULL, 'KNEE', 1);
            INSERT INTO instances (id, sop_instance_uid, series, version, sop_class_uid, instance_number, rows, columns, pixel_spacing)
            VALUES (1, '3.1', 1, 1, '9.1', 2, 256, 128, '0.781253\0.781250'), (2, '3.2', 1, 2, '9.1', 1, 256, 128, '0.5'),
                   (3, '3.3', 2, 3, '9.2', NULL, NULL, NULL, NULL), (4, '3.4', 3, 4, '9.1', 7, 512, 512, NULL),
                   (5, '3.5', 4, 5, '9.1', NULL, 64, 64, '');
            INSERT INTO versions (id, instance, number, transfer_syntax, sha256, size, stored_at, offset, metadata_segment, metadata_offset, metadata_length, metadata_size, metadata_crc32)
            SELECT id, id, 1, '1.2.840.10008.1.2.1', x'00ff', 1000 + id, 1700000000123, 0, 0, 0, 0, 0, 0 FROM instances;
            UPDATE totals SET patients = 4, studies = 4, series = 4, instances = 5;
            """;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _index.Dispose();
        Directory.Delete(_folder, true);
    }

    [Theory]
    [InlineData("patient_name=MÜLLER^anna", "1")]
    [InlineData("patient_name=muller*", "1 2")]
    [InlineData("patient_name=*bernd", "2")]
    [InlineData("patient_name=m?ller^anna", "1")]
    [InlineData("patient_name=muller", "")]
    [InlineData("patient_name=startswith:Mull", "1 2")]
    [InlineData("patient_name=contains:^A", "1")]
    [InlineData("patient_name=contains:*", "")]
    [InlineData("patient_name=exact:müller^anna", "1")]
    [InlineData("patient_name=山*", "3")]
    [InlineData("patient_id=p-1", "")]
    [InlineData("patient_id=P-1", "1")]
    [InlineData("patient_id=P[4]", "4")]
    [InlineData("patient_id=P[*", "4")]
    [InlineData("patient_id=", "3")]
    [InlineData("patient_sex=f", "1")]
    [InlineData("patient_sex=F&patient_id=P-2", "")]
    [InlineData("patient_birthdate=1970-01-01", "1")]
    [InlineData("modality=MR", "1 2")]
    [InlineData("modality=MR&body_part_examined=KNEE", "2")]
    [InlineData("modality=SR&body_part_examined=BRAIN", "")]
    [InlineData("accession_number=A2", "1")]
    [InlineData("study_date=20200101-20201231&modality=CT", "")]
    [InlineData("sop_instance_uid=3.5", "2")]
    public async Task Patients_are_found_by(string query, string ids)
    {
        (await Ids(Patients, query)).ShouldBe(ids);
    }

    [Theory]
    [InlineData("study_date=20200101", "1")]
    [InlineData("study_date=2020-01-01-2020-12-31", "1")]
    [InlineData("study_date=20200102-", "2")]
    [InlineData("study_date=-20210615", "1 2")]
    [InlineData("study_description=head 100%", "1")]
    [InlineData("study_description=HEAD*", "1 2")]
    [InlineData("study_description=head%", "")]
    [InlineData("study_description=contains:_", "2")]
    [InlineData("study_description=contains:100%", "1")]
    [InlineData("patient_name=muller*", "1 2 3")]
    [InlineData("modality=MR&patient_sex=F", "1")]
    [InlineData("modality=M?", "1 3")]
    [InlineData("series_instance_uid=2.3", "2")]
    public async Task Studies_are_found_by(string query, string ids)
    {
        (await Ids(Studies, query)).ShouldBe(ids);
    }

    [Theory]
    [InlineData("instance_number=7", "4")]
    [InlineData("modality=MR", "1 2 5")]
    [InlineData("patient_id=P-1&sop_class_uid=9.1", "1 2 4")]
    [InlineData("order=instance_number", "3 5 2 1 4")]
    [InlineData("order=-instance_number", "4 1 2 5 3")]
    [InlineData("order=-id", "5 4 3 2 1")]
    [InlineData("order=patient_name", "1 2 3 4 5")]
    [InlineData("order=-study_date", "4 3 2 1 5")]
    [InlineData("order=series_number&modality=MR", "5 1 2")]
    public async Task Instances_are_found_and_ordered_by(string query, string ids)
    {
        (await Ids(Instances, query)).ShouldBe(ids);
    }

    [Theory]
    [InlineData("order=id")]
    [InlineData("order=-id")]
    [InlineData("order=instance_number")]
    [InlineData("order=-instance_number")]
    [InlineData("order=-study_date")]
    [InlineData("order=study_date")]
    [InlineData("order=patient_name")]
    [InlineData("order=-body_part_examined")]
    [InlineData("order=series_number")]
    public async Task Pages_follow_each_other_without_gap_or_repeat(string order)
    {
        foreach (var size in new[] { 1, 2, 3 })
        {
            var walked = new List<string>();
            string? after = "";
            for (var pages = 0; after is not null; pages++)
            {
                pages.ShouldBeLessThan(6);
                var (rows, page) = await List(Instances, $"{order}&limit={size}" + after);
                walked.AddRange(rows.Select(row => row!["id"]!.ToString()));
                after = page.Next is { } next ? "&after=" + next : null;
                page.Total.ShouldBe(5);
            }

            string.Join(' ', walked).ShouldBe(await Ids(Instances, order));
        }
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("colour=red", "colour")]
    [InlineData("offset=3", "offset")]
    [InlineData("order=colour", "order")]
    [InlineData("order=modality", "order")]
    [InlineData("study_date=yesterday", "study_date")]
    [InlineData("study_date=-", "study_date")]
    [InlineData("study_date=20201301", "study_date")]
    [InlineData("after=!", "after")]
    [InlineData("after=AAAA", "after")]
    [InlineData("instance_number=1", "instance_number")]
    public void What_a_list_does_not_understand_is_named(string query, string parameter)
    {
        var errors = new Dictionary<string, string[]>();

        ListRequest.Parse(Level.Patient, null, Parse(query), errors);

        errors.Keys.ShouldBe([parameter]);
    }

    [Fact]
    public void A_cursor_belongs_to_its_order()
    {
        var errors = new Dictionary<string, string[]>();
        var cursor = new Cursor("-id", null, 3).ToString();

        ListRequest.Parse(Level.Patient, null, Parse($"order=id&after={cursor}"), errors);

        errors.Keys.ShouldBe(["after"]);
    }

    [Theory]
    [InlineData("99999999999999999999")]
    [InlineData("1001")]
    public void A_larger_limit_is_clamped(string limit)
    {
        var errors = new Dictionary<string, string[]>();

        ListRequest.Parse(Level.Patient, null, Parse($"limit={limit}"), errors).Limit.ShouldBe(1000);

        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_filtered_list_counts_what_it_has()
    {
        var (rows, page) = await List(Instances, "modality=MR&limit=1");

        rows.Count.ShouldBe(1);
        page.Total.ShouldBe(3);
        page.IsMore.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(2, 2, true)]
    [InlineData(3, 3, false)]
    public async Task A_filtered_list_is_counted_up_to_a_limit(int mostCounted, int total, bool isMore)
    {
        var (_, page) = await List(new InstanceQueries { MostCounted = mostCounted }, "modality=MR&limit=1");

        page.Total.ShouldBe(total);
        page.IsMore.ShouldBe(isMore);
    }

    [Fact]
    public void An_unknown_parameter_is_told_which_there_are()
    {
        var errors = new Dictionary<string, string[]>();

        ListRequest.Parse(Level.Patient, null, Parse("colour=red"), errors);

        errors["colour"].Single().ShouldStartWith("There is no such parameter here; there are limit, after, order, accession_number, ");
        errors["colour"].Single().ShouldContain(" study_date, ");
        errors["colour"].Single().ShouldNotContain("instance_number");
    }

    [Fact]
    public async Task Children_are_those_of_their_parent_in_its_order()
    {
        var (rows, page) = await List(Instances, "", parent: 1, asDetails: true);

        string.Join(' ', rows.Select(row => row!["id"]!.ToString())).ShouldBe("2 1");
        page.Total.ShouldBe(2);
    }

    [Fact]
    public async Task A_parent_that_is_not_there_has_no_list()
    {
        (await _index.ReadAsync(
            connection => Series.WriteList(connection, new ListRequest { Parent = 99 }, new JsonOutput(), false),
            TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task A_patient_has_the_members_of_the_original_and_ours()
    {
        var text = await Detail(Patients, 1);

        text.ShouldBe("""
            {"id":1,"patient_id":"P-1","patient_name":"Müller^Anna","patient_sex":"F","patient_age":null,
            "patient_birthdate":"1970-01-01","images_count":4,"issuer_of_patient_id":"","studies_count":2}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task A_study_has_its_patient_and_series()
    {
        var text = await Detail(Studies, 1);

        text.ShouldBe("""
            {"id":1,"study_id":"","study_instance_uid":"1.1","study_description":"Head 100%","patient":
            {"id":1,"patient_id":"P-1","patient_name":"Müller^Anna","patient_sex":"F","patient_age":null,
            "patient_birthdate":"1970-01-01","images_count":4,"issuer_of_patient_id":"","studies_count":2},
            "modalities":["MR","SR"],"images_count":3,"series":[
            {"id":1,"series_instance_uid":"2.1","series_number":"2","modality":"MR","patient_position":null,
            "body_part_examined":"BRAIN","protocol_name":null,"images_count":2,"series_description":null,
            "series_date":null,"series_time":null,"manufacturer":null,"station_name":null},
            {"id":2,"series_instance_uid":"2.2","series_number":"10","modality":"SR","patient_position":null,
            "body_part_examined":null,"protocol_name":null,"images_count":1,"series_description":null,
            "series_date":null,"series_time":null,"manufacturer":null,"station_name":null}],
            "study_date":"2020-01-01","study_time":"09:05:41","accession_number":"A1","referring_physician_name":null}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task An_instance_names_its_parents_and_its_file()
    {
        var text = await Detail(Instances, 1);

        text.ShouldBe("""
            {"id":1,"sop_instance_uid":"3.1","rows":256,"columns":128,"smallest_image_pixel_value":null,
            "largest_image_pixel_value":null,"color_space":null,"pixel_aspect_ratio":null,
            "pixel_spacing":"['0.781253', '0.781250']","photometric_interpretation":null,"image":"/api/instances/1/file",
            "instance_number":2,"parent":{"patient":{"patient_name":"Müller^Anna","patient_id":"P-1"},"study":
            {"study_date":"2020-01-01"},"series":{"id":1,"modality":"MR"}},"sop_class_uid":"9.1",
            "transfer_syntax_uid":"1.2.840.10008.1.2.1","frames":null,"bits_allocated":null,"bits_stored":null,
            "size":1001,"sha256":"00ff","stored_at":"2023-11-14T22:13:20.123Z"}
            """.ReplaceLineEndings("").Replace("'", "\\u0027", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dates_that_are_none_stand_as_they_are()
    {
        JsonNode.Parse(await Detail(Patients, 3))!["patient_birthdate"]!.ToString().ShouldBe("1970");
        JsonNode.Parse(await Detail(Patients, 2))!["patient_birthdate"].ShouldBeNull();
        JsonNode.Parse(await Detail(Studies, 2))!["study_time"]!.ToString().ShouldBe("0905");
    }

    private async Task<string> Detail(LevelQueries queries, long id)
    {
        using var json = new JsonOutput();
        (await _index.ReadAsync(
            connection => queries.WriteDetail(connection, id, json), TestContext.Current.CancellationToken)).ShouldBeTrue();
        return System.Text.Encoding.UTF8.GetString(json.Written);
    }

    private async Task<string> Ids(LevelQueries queries, string query)
    {
        var (rows, page) = await List(queries, query);
        var ids = string.Join(' ', rows.Select(row => row!["id"]!.ToString()));

        // Wherever the statement begins, the answer is the same.
        foreach (var few in new[] { -1, 1, 2 })
        {
            var (others, other) = await List(WithFew(queries, few), query);
            string.Join(' ', others.Select(row => row!["id"]!.ToString())).ShouldBe(ids, $"{query}, {few}");
            other.Total.ShouldBe(page.Total);
        }

        return ids;
    }

    private static LevelQueries WithFew(LevelQueries queries, int few)
    {
        int[] limits = [few, few, few, few];
        return queries switch
        {
            PatientQueries => new PatientQueries { Few = limits },
            StudyQueries => new StudyQueries { Few = limits },
            SeriesQueries => new SeriesQueries { Few = limits },
            _ => new InstanceQueries { Few = limits },
        };
    }

    private async Task<(JsonArray Rows, ListPage Page)> List(
        LevelQueries queries, string query, long? parent = null, bool asDetails = false)
    {
        var errors = new Dictionary<string, string[]>();
        var request = ListRequest.Parse(queries.Level, parent is null ? null : queries.ChildOrder, Parse(query), errors);
        errors.ShouldBeEmpty();
        using var json = new JsonOutput();
        var page = await _index.ReadAsync(
            connection => queries.WriteList(connection, request with { Parent = parent }, json, asDetails),
            TestContext.Current.CancellationToken);
        return (JsonNode.Parse(json.Written)!.AsArray(), page.ShouldNotBeNull());
    }

    private static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> Parse(string query)
    {
        return query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .GroupBy(pair => pair[0], pair => pair[1])
            .Select(group => KeyValuePair.Create<string, IReadOnlyList<string>>(group.Key, group.ToList()));
    }
}
