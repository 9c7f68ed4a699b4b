using System.Globalization;
using NeurDicom.Export;
using NeurDicom.Index;

namespace NeurDicom.Commands;

/// <summary>What leaves the archive.</summary>
internal sealed partial class FolderDoor
{
    public override Task<long> CountInstancesAsync(CancellationToken cancel) =>
        _archive.Index.ReadAsync(
            connection =>
            {
                using var row = Rows.Of(connection, "SELECT instances FROM totals");
                return row.Read() ? row.Int64(0) : 0;
            },
            cancel);

    public override Task<IReadOnlyList<long>> FindAsync(Level level, string key, bool isId, CancellationToken cancel)
    {
        var (table, column) = level switch
        {
            Level.Patient => ("patients", "patient_id"),
            Level.Study => ("studies", "study_instance_uid"),
            _ => ("series", "series_instance_uid"),
        };
        return _archive.Index.ReadAsync<IReadOnlyList<long>>(
            connection =>
            {
                using var rows = Rows.Of(
                    connection, $"SELECT id FROM {table} WHERE {(isId ? "id" : column)} = ?1 ORDER BY id LIMIT 10");
                if (isId)
                    rows.Bind(1, long.Parse(key, CultureInfo.InvariantCulture));
                else
                    rows.Bind(1, key);
                var ids = new List<long>();
                while (rows.Read())
                    ids.Add(rows.Int64(0));
                return ids;
            },
            cancel);
    }

    public override async Task ExportAsync(
        ExportSelection selection, Stream output, Action<long, long> begin, CancellationToken cancel)
    {
        var (instances, bytes) = await new ExportRows(_archive.Index).CountAsync(selection, cancel);
        begin(instances, bytes);
        foreach (var path in selection.AuditedPaths)
            _archive.Audit.Add(AuditEvent.OfCommand("export") with { Method = "GET", Path = path });
        await new FileSetExport(_archive)
            .WriteZipAsync(selection, output, deflates: false, TimeProvider.System, cancel);
    }
}
