namespace NeurDicom.Tests.Archive;

/// <summary>Queries that count the rows whose counters are wrong: all must give 0.</summary>
internal static class CounterChecks
{
    public static readonly (string What, string Sql)[] All =
    [
        ("series", """
            SELECT count(*) FROM series s WHERE images_count <> (SELECT count(*) FROM instances WHERE series = s.id)
              OR images_count = 0
              OR size <> (SELECT coalesce(sum(v.size), 0) FROM instances i JOIN versions v ON v.instance = i.id WHERE i.series = s.id)
            """),
        ("studies", """
            SELECT count(*) FROM studies t WHERE series_count <> (SELECT count(*) FROM series WHERE study = t.id)
              OR series_count = 0
              OR images_count <> (SELECT sum(images_count) FROM series WHERE study = t.id)
              OR size <> (SELECT sum(size) FROM series WHERE study = t.id)
            """),
        ("patients", """
            SELECT count(*) FROM patients p WHERE studies_count <> (SELECT count(*) FROM studies WHERE patient = p.id)
              OR studies_count = 0
              OR series_count <> (SELECT sum(series_count) FROM studies WHERE patient = p.id)
              OR images_count <> (SELECT sum(images_count) FROM studies WHERE patient = p.id)
              OR size <> (SELECT sum(size) FROM studies WHERE patient = p.id)
            """),
        ("totals", """
            SELECT count(*) FROM totals WHERE patients <> (SELECT count(*) FROM patients)
              OR studies <> (SELECT count(*) FROM studies)
              OR series <> (SELECT count(*) FROM series)
              OR instances <> (SELECT count(*) FROM instances)
              OR versions <> (SELECT count(*) FROM versions)
              OR size <> (SELECT coalesce(sum(size), 0) FROM versions)
              OR next_version <= (SELECT coalesce(max(id), 0) FROM versions)
            """),
        ("current versions", """
            SELECT count(*) FROM instances i WHERE NOT EXISTS
                (SELECT 1 FROM versions v WHERE v.id = i.version AND v.instance = i.id)
            """),
        ("segments", """
            SELECT count(*) FROM segments g WHERE live <> (
                SELECT coalesce(sum(metadata_offset + metadata_length
                    - CASE WHEN segment IS NULL THEN metadata_offset - 160 ELSE offset - 80 END), 0)
                FROM versions WHERE metadata_segment = g.id)
            """),
    ];
}
