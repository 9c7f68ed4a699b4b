using System.Collections.Frozen;

namespace NeurDicom.Index;

/// <summary>How the values of a field are compared.</summary>
internal enum FieldKind
{
    /// <summary>Case counts, as in PS3.4 C.2.2.2.1.</summary>
    Identifier,

    /// <summary>Without regard to the case of Latin letters.</summary>
    Text,

    /// <summary>Without case and accents, against a folded column.</summary>
    Name,

    /// <summary>A day, or from one day to another with either side open.</summary>
    Date,

    Number,
}

/// <summary>Something that lists can be filtered and ordered by.</summary>
/// <param name="Name">The member's name in the REST API.</param>
/// <param name="Column">Table and column.</param>
/// <param name="OrderColumn">The column to order by, where that is another one.</param>
/// <param name="IndexedWhere">
/// The condition of a partial index, which a query has to repeat; no empty value meets it.
/// </param>
internal sealed record Field(
    string Name, Level Level, FieldKind Kind, string Column, string? OrderColumn = null, string? IndexedWhere = null)
{
    public static readonly FrozenDictionary<string, Field> ByName = new[]
    {
        new Field("patient_name", Level.Patient, FieldKind.Name, "patients.name_search"),
        new Field("patient_id", Level.Patient, FieldKind.Identifier, "patients.patient_id",
            IndexedWhere: "patients.patient_id <> ''"),
        new Field("issuer_of_patient_id", Level.Patient, FieldKind.Identifier, "patients.issuer"),
        new Field("patient_sex", Level.Patient, FieldKind.Text, "patients.patient_sex"),
        new Field("patient_age", Level.Patient, FieldKind.Text, "patients.patient_age"),
        new Field("patient_birthdate", Level.Patient, FieldKind.Date, "patients.patient_birthdate"),

        new Field("study_instance_uid", Level.Study, FieldKind.Identifier, "studies.study_instance_uid"),
        new Field("study_id", Level.Study, FieldKind.Identifier, "studies.study_id"),
        new Field("study_date", Level.Study, FieldKind.Date, "studies.study_date"),
        new Field("study_description", Level.Study, FieldKind.Text, "studies.study_description"),
        new Field("accession_number", Level.Study, FieldKind.Identifier, "studies.accession_number"),
        new Field("referring_physician_name", Level.Study, FieldKind.Name,
            "fold(studies.referring_physician_name)", "studies.referring_physician_name"),

        new Field("series_instance_uid", Level.Series, FieldKind.Identifier, "series.series_instance_uid"),
        new Field("modality", Level.Series, FieldKind.Identifier, "series.modality"),
        new Field("series_number", Level.Series, FieldKind.Text, "series.series_number",
            "CAST(series.series_number AS INTEGER)"),
        new Field("series_description", Level.Series, FieldKind.Text, "series.series_description"),
        new Field("series_date", Level.Series, FieldKind.Date, "series.series_date"),
        new Field("manufacturer", Level.Series, FieldKind.Text, "series.manufacturer"),
        new Field("station_name", Level.Series, FieldKind.Text, "series.station_name"),
        new Field("patient_position", Level.Series, FieldKind.Text, "series.patient_position"),
        new Field("body_part_examined", Level.Series, FieldKind.Text, "series.body_part_examined"),
        new Field("protocol_name", Level.Series, FieldKind.Text, "series.protocol_name"),

        new Field("sop_instance_uid", Level.Instance, FieldKind.Identifier, "instances.sop_instance_uid"),
        new Field("sop_class_uid", Level.Instance, FieldKind.Identifier, "instances.sop_class_uid"),
        new Field("instance_number", Level.Instance, FieldKind.Number, "instances.instance_number"),
        new Field("rows", Level.Instance, FieldKind.Number, "instances.rows"),
        new Field("columns", Level.Instance, FieldKind.Number, "instances.columns"),
        new Field("frames", Level.Instance, FieldKind.Number, "instances.frames"),
        new Field("photometric_interpretation", Level.Instance, FieldKind.Text, "instances.photometric_interpretation"),
    }.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>Whether an index leads from its values to rows.</summary>
    public bool IsIndexed => Name is "patient_name" or "patient_id" or "study_instance_uid" or "accession_number"
        or "study_date" or "series_instance_uid" or "modality" or "sop_instance_uid";

    /// <summary>The column that <c>order</c> sorts by.</summary>
    public string SortColumn => OrderColumn ?? Column;
}
