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

    public static ExportSelection Of(Level level, long id) => level switch
    {
        Level.Patient => new ExportSelection { Patients = [id] },
        Level.Study => new ExportSelection { Studies = [id] },
        _ => new ExportSelection { Series = [id] },
    };
}
