using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>Patients: NEURDICOM.md 4.2, and the members that API.md adds.</summary>
internal sealed class PatientQueries() : LevelQueries(Level.Patient)
{
    public const int ColumnCount = 9;

    public const string Columns = """
        patients.id, patients.patient_id, patients.patient_name, patients.patient_sex, patients.patient_age,
        patients.patient_birthdate, patients.images_count, patients.issuer, patients.studies_count
        """;

    protected override string ListColumns => Columns;

    protected override void Write(JsonOutput json, in Rows row, SqliteConnection connection, bool isDetail)
    {
        WriteObject(json, row, 0);
    }

    public static void WriteObject(JsonOutput json, in Rows row, int column)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row, column);
        json.WriteText("patient_id"u8, row, column + 1);
        json.WriteText("patient_name"u8, row, column + 2);
        json.WriteText("patient_sex"u8, row, column + 3);
        json.WriteText("patient_age"u8, row, column + 4);
        json.WriteDay("patient_birthdate"u8, row, column + 5);
        json.WriteNumber("images_count"u8, row, column + 6);
        json.WriteText("issuer_of_patient_id"u8, row, column + 7);
        json.WriteNumber("studies_count"u8, row, column + 8);
        json.WriteEndObject();
    }
}
