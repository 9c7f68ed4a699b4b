using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>
/// Studies, each with its patient and its series: NEURDICOM.md 4.2, and the members that API.md adds.
/// </summary>
internal sealed class StudyQueries() : LevelQueries(Level.Study)
{
    // A study with more series than this shows the rest under /api/studies/:id/series.
    private const int MostSeries = 1000;

    private const string Columns = $"""
        studies.id, studies.study_id, studies.study_instance_uid, studies.study_description, studies.modalities,
        studies.images_count, studies.study_date, studies.study_time, studies.accession_number,
        studies.referring_physician_name, {PatientQueries.Columns}
        """;

    private static readonly string SeriesOfStudy =
        $"SELECT {SeriesQueries.Columns} FROM series WHERE series.study = ?1 ORDER BY series.id LIMIT {MostSeries}";

    protected override string ListColumns => Columns;

    protected override Level ListReach => Level.Patient;

    protected override void Write(JsonOutput json, in Rows row, SqliteConnection connection, bool isDetail)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row, 0);
        json.WriteText("study_id"u8, row, 1);
        json.WriteText("study_instance_uid"u8, row, 2);
        json.WriteText("study_description"u8, row, 3);
        json.WritePropertyName("patient"u8);
        PatientQueries.WriteObject(json, row, 10);
        json.WriteValues("modalities"u8, row, 4);
        json.WriteNumber("images_count"u8, row, 5);

        json.WriteStartArray("series"u8);
        using (var series = Rows.Of(connection, SeriesOfStudy).Bind(1, row.Int64(0)))
        {
            while (series.Read())
                SeriesQueries.WriteObject(json, series);
        }

        json.WriteEndArray();
        json.WriteDay("study_date"u8, row, 6);
        json.WriteTime("study_time"u8, row, 7);
        json.WriteText("accession_number"u8, row, 8);
        json.WriteText("referring_physician_name"u8, row, 9);
        json.WriteEndObject();
    }
}
