using NeurDicom.Index;

namespace NeurDicom.Export;

/// <summary>What is exported: patients, studies and series by their ids; everything where nothing is named.</summary>
internal sealed record ExportSelection
{
    /// <summary>Ids that one selection may name.</summary>
    public const int MostIds = 1000;

    public IReadOnlyList<long> Patients { get; init; } = [];

    public IReadOnlyList<long> Studies { get; init; } = [];

    public IReadOnlyList<long> Series { get; init; } = [];

    public static ExportSelection Everything { get; } = new();

    public bool IsEverything => Patients.Count + Studies.Count + Series.Count == 0;

    /// <summary>What is exported, as the paths by which the audit trail knows patients, studies and series.</summary>
    public IReadOnlyList<string> AuditedPaths => IsEverything
        ? ["/api/archive"]
        :
        [
            .. Patients.Select(id => FormattableString.Invariant($"/api/patients/{id}/archive")),
            .. Studies.Select(id => FormattableString.Invariant($"/api/studies/{id}/archive")),
            .. Series.Select(id => FormattableString.Invariant($"/api/series/{id}/archive")),
        ];

    public static ExportSelection Of(Level level, long id) => level switch
    {
        Level.Patient => new ExportSelection { Patients = [id] },
        Level.Study => new ExportSelection { Studies = [id] },
        _ => new ExportSelection { Series = [id] },
    };
}
