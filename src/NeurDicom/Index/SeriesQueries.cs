using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>Series: NEURDICOM.md 4.2, and the members that API.md adds.</summary>
internal sealed class SeriesQueries() : LevelQueries(Level.Series)
{
    public const string Columns = """
        series.id, series.series_instance_uid, series.series_number, series.modality, series.patient_position,
        series.body_part_examined, series.protocol_name, series.images_count, series.series_description,
        series.series_date, series.series_time, series.manufacturer, series.station_name
        """;

    protected override string ListColumns => Columns;

    protected override void Write(JsonOutput json, in Rows row, SqliteConnection connection, bool isDetail)
    {
        WriteObject(json, row);
    }

    public static void WriteObject(JsonOutput json, in Rows row)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row, 0);
        json.WriteText("series_instance_uid"u8, row, 1);
        json.WriteText("series_number"u8, row, 2);
        json.WriteText("modality"u8, row, 3);
        json.WriteText("patient_position"u8, row, 4);
        json.WriteText("body_part_examined"u8, row, 5);
        json.WriteText("protocol_name"u8, row, 6);
        json.WriteNumber("images_count"u8, row, 7);
        json.WriteText("series_description"u8, row, 8);
        json.WriteDay("series_date"u8, row, 9);
        json.WriteTime("series_time"u8, row, 10);
        json.WriteText("manufacturer"u8, row, 11);
        json.WriteText("station_name"u8, row, 12);
        json.WriteEndObject();
    }
}
