using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>
/// Instances: NEURDICOM.md 4.2, and the members that API.md adds. A single one also names its parents.
/// </summary>
internal sealed class InstanceQueries() : LevelQueries(Level.Instance)
{
    private const string Columns = """
        instances.id, instances.sop_instance_uid, instances.rows, instances.columns,
        instances.smallest_image_pixel_value, instances.largest_image_pixel_value, instances.color_space,
        instances.pixel_aspect_ratio, instances.pixel_spacing, instances.photometric_interpretation,
        instances.instance_number, instances.sop_class_uid, instances.frames, instances.bits_allocated,
        instances.bits_stored, versions.transfer_syntax, versions.size, versions.sha256, versions.stored_at
        """;

    private const string ParentColumns = """
        patients.patient_name, patients.patient_id, studies.study_date, series.id, series.modality
        """;

    public override Field ChildOrder => Field.ByName["instance_number"];

    protected override string ListColumns => Columns;

    protected override string DetailColumns => Columns + ", " + ParentColumns;

    protected override Level DetailReach => Level.Patient;

    protected override string OtherTables => " CROSS JOIN versions ON versions.id = instances.version";

    protected override void Write(JsonOutput json, in Rows row, SqliteConnection connection, bool isDetail)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row, 0);
        json.WriteText("sop_instance_uid"u8, row, 1);
        json.WriteNumber("rows"u8, row, 2);
        json.WriteNumber("columns"u8, row, 3);
        json.WriteNumber("smallest_image_pixel_value"u8, row, 4);
        json.WriteNumber("largest_image_pixel_value"u8, row, 5);
        json.WriteText("color_space"u8, row, 6);
        json.WritePythonList("pixel_aspect_ratio"u8, row, 7);
        json.WritePythonList("pixel_spacing"u8, row, 8);
        json.WriteText("photometric_interpretation"u8, row, 9);
        WriteImage(json, row.Int64(0));
        json.WriteNumber("instance_number"u8, row, 10);
        if (isDetail)
            WriteParent(json, row);

        json.WriteText("sop_class_uid"u8, row, 11);
        json.WriteText("transfer_syntax_uid"u8, row, 15);
        json.WriteNumber("frames"u8, row, 12);
        json.WriteNumber("bits_allocated"u8, row, 13);
        json.WriteNumber("bits_stored"u8, row, 14);
        json.WriteNumber("size"u8, row, 16);
        json.WriteHex("sha256"u8, row, 17);
        json.WriteInstant("stored_at"u8, row, 18);
        json.WriteEndObject();
    }

    private static void WriteImage(JsonOutput json, long id)
    {
        Span<byte> path = stackalloc byte[48];
        System.Text.Unicode.Utf8.TryWrite(path, $"/api/instances/{id}/file", out var written);
        json.WriteString("image"u8, path[..written]);
    }

    private static void WriteParent(JsonOutput json, in Rows row)
    {
        json.WriteStartObject("parent"u8);
        json.WriteStartObject("patient"u8);
        json.WriteText("patient_name"u8, row, 19);
        json.WriteText("patient_id"u8, row, 20);
        json.WriteEndObject();
        json.WriteStartObject("study"u8);
        json.WriteDay("study_date"u8, row, 21);
        json.WriteEndObject();
        json.WriteStartObject("series"u8);
        json.WriteNumber("id"u8, row, 22);
        json.WriteText("modality"u8, row, 23);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
