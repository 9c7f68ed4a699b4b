using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using NeurDicom.Index;

namespace NeurDicom.Export;

/// <summary>A series that is exported, with its parents.</summary>
internal readonly record struct ExportSeries(long Patient, long Study, long Series);

/// <summary>
/// The rows of a selection, in the order of a DICOMDIR: patient by patient, study by study, series by series, and in a
/// series by instance number. Read page by page, so that nothing is held however large it is.
/// </summary>
internal sealed class ExportRows(ArchiveIndex index)
{
    private const int PageSize = 1000;

    /// <summary>Which of the selected things do not exist.</summary>
    public async Task<IReadOnlyList<string>> FindMissingAsync(ExportSelection selection, CancellationToken cancel)
    {
        var missing = new List<string>();
        foreach (var (word, table, ids) in ((string, string, IReadOnlyList<long>)[])
            [
                ("patient", "patients", selection.Patients),
                ("study", "studies", selection.Studies),
                ("series", "series", selection.Series),
            ])
        {
            foreach (var id in ids)
            {
                var isThere = await index.ReadAsync(
                    connection =>
                    {
                        using var row = Rows.Of(connection, $"SELECT 1 FROM {table} WHERE id = ?1").Bind(1, id);
                        return row.Read();
                    },
                    cancel);
                if (!isThere)
                    missing.Add(FormattableString.Invariant($"{word} {id}"));
            }
        }

        return missing;
    }

    /// <summary>
    /// Instances and bytes of a selection, as the writer counts them; what is named twice counts twice.
    /// </summary>
    public async Task<(long Instances, long Bytes)> CountAsync(ExportSelection selection, CancellationToken cancel)
    {
        if (selection.IsEverything)
            return await SumAsync("SELECT instances, size FROM totals", [0], cancel);

        var sums = await Task.WhenAll(
            SumAsync("SELECT images_count, size FROM patients WHERE id = ?1", selection.Patients, cancel),
            SumAsync("SELECT images_count, size FROM studies WHERE id = ?1", selection.Studies, cancel),
            SumAsync("SELECT images_count, size FROM series WHERE id = ?1", selection.Series, cancel));
        return (sums.Sum(sum => sum.Instances), sums.Sum(sum => sum.Bytes));
    }

    public async IAsyncEnumerable<ExportSeries> SeriesAsync(
        ExportSelection selection, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (selection.IsEverything)
        {
            await foreach (var series in PagesAsync(EverySeries, null, cancel))
                yield return series;
            yield break;
        }

        // Whatever was named, in whatever order: each series once, beside its siblings.
        var named = new SortedSet<(long Patient, long Study, long Series)>();
        foreach (var (sql, ids) in ((string, IReadOnlyList<long>)[])
            [
                (SeriesOfPatient, selection.Patients),
                (SeriesOfStudy, selection.Studies),
                (OneSeries, selection.Series),
            ])
        {
            foreach (var id in ids)
            {
                await foreach (var series in PagesAsync(sql, id, cancel))
                    named.Add((series.Patient, series.Study, series.Series));
            }
        }

        foreach (var (patient, study, series) in named)
            yield return new ExportSeries(patient, study, series);
    }

    /// <summary>The ids of a series' instances; those without a number come first.</summary>
    public async IAsyncEnumerable<long> InstancesAsync(long series, [EnumeratorCancellation] CancellationToken cancel)
    {
        var after = 0L;
        long? number = null;
        var isNumbered = false;
        while (true)
        {
            var page = await index.ReadAsync(
                connection => ReadInstances(connection, series, isNumbered, number, after), cancel);
            foreach (var (id, _) in page)
                yield return id;
            if (page.Count == PageSize)
                (after, number) = page[^1];
            else if (isNumbered)
                yield break;
            else
                (isNumbered, after, number) = (true, 0, null);
        }
    }

    private static List<(long Id, long? Number)> ReadInstances(
        SqliteConnection connection, long series, bool isNumbered, long? number, long after)
    {
        using var rows = Rows.Of(
            connection, !isNumbered ? WithoutNumber : number is null ? WithNumber : WithLaterNumber).Bind(1, series);
        if (!isNumbered)
            rows.Bind(2, after);
        else if (number is { } last)
            rows.Bind(2, last).Bind(3, after);
        var page = new List<(long, long?)>();
        while (rows.Read())
            page.Add((rows.Int64(0), rows.IsNull(1) ? null : rows.Int64(1)));
        return page;
    }

    private async IAsyncEnumerable<ExportSeries> PagesAsync(
        string sql, long? id, [EnumeratorCancellation] CancellationToken cancel)
    {
        var last = new ExportSeries(0, 0, 0);
        while (true)
        {
            var from = last;
            var page = await index.ReadAsync(
                connection =>
                {
                    using var rows = Rows.Of(connection, sql)
                        .Bind(1, from.Patient).Bind(2, from.Study).Bind(3, from.Series);
                    if (id is { } one)
                        rows.Bind(4, one);
                    var found = new List<ExportSeries>();
                    while (rows.Read())
                        found.Add(new ExportSeries(rows.Int64(0), rows.Int64(1), rows.Int64(2)));
                    return found;
                },
                cancel);
            foreach (var series in page)
                yield return last = series;
            if (page.Count < PageSize)
                yield break;
        }
    }

    private async Task<(long Instances, long Bytes)> SumAsync(
        string sql, IReadOnlyList<long> ids, CancellationToken cancel)
    {
        var (instances, bytes) = (0L, 0L);
        foreach (var id in ids)
        {
            var (count, size) = await index.ReadAsync(
                connection =>
                {
                    using var row = Rows.Of(connection, sql);
                    if (sql.Contains('?', StringComparison.Ordinal))
                        row.Bind(1, id);
                    return row.Read() ? (row.Int64(0), row.Int64(1)) : (0, 0);
                },
                cancel);
            instances += count;
            bytes += size;
        }

        return (instances, bytes);
    }

    private const string From =
        "SELECT studies.patient, series.study, series.id FROM studies JOIN series ON series.study = studies.id "
        + "WHERE (studies.patient, series.study, series.id) > (?1, ?2, ?3)";

    private const string Order = " ORDER BY studies.patient, series.study, series.id LIMIT 1000";

    // CROSS JOIN keeps the order of the loops: along studies_by_patient and series_by_study, so nothing is sorted.
    private const string EverySeries =
        "SELECT studies.patient, series.study, series.id FROM studies CROSS JOIN series ON series.study = studies.id "
        + "WHERE (studies.patient, studies.id) >= (?1, ?2) "
        + "AND (studies.patient, series.study, series.id) > (?1, ?2, ?3)"
        + " ORDER BY studies.patient, studies.id, series.id LIMIT 1000";

    private const string SeriesOfPatient = From + " AND studies.patient = ?4" + Order;

    private const string SeriesOfStudy = From + " AND studies.id = ?4" + Order;

    private const string OneSeries = From + " AND series.id = ?4" + Order;

    private const string WithoutNumber =
        "SELECT id, instance_number FROM instances WHERE series = ?1 AND instance_number IS NULL AND id > ?2 "
        + "ORDER BY id LIMIT 1000";

    private const string WithNumber =
        "SELECT id, instance_number FROM instances WHERE series = ?1 AND instance_number IS NOT NULL "
        + "ORDER BY instance_number, id LIMIT 1000";

    private const string WithLaterNumber =
        "SELECT id, instance_number FROM instances WHERE series = ?1 AND (instance_number, id) > (?2, ?3) "
        + "ORDER BY instance_number, id LIMIT 1000";
}
