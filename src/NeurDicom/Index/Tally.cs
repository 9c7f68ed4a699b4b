using Microsoft.Data.Sqlite;

namespace NeurDicom.Index;

/// <summary>
/// What a batch adds to the counters and takes from them, summed up and written once at the batch's end.
/// </summary>
internal sealed class Tally(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<long, Sums> _patients = [];
    private readonly Dictionary<long, Sums> _studies = [];
    private readonly Dictionary<long, Sums> _series = [];

    private readonly Statement _updatePatient = new(connection, """
        UPDATE patients SET studies_count = studies_count + ?, series_count = series_count + ?,
            images_count = images_count + ?, size = size + ? WHERE id = ?
        """);

    private readonly Statement _updateStudy = new(connection, """
        UPDATE studies SET series_count = series_count + ?, images_count = images_count + ?, size = size + ?
        WHERE id = ?
        """);

    private readonly Statement _updateSeries = new(connection, """
        UPDATE series SET images_count = images_count + ?, size = size + ? WHERE id = ?
        """);

    private readonly Statement _updateTotals = new(connection, """
        UPDATE totals SET patients = patients + ?, studies = studies + ?, series = series + ?,
            instances = instances + ?, versions = versions + ?, size = size + ?
        """);

    private long _allPatients;
    private long _allStudies;
    private long _allSeries;
    private long _allInstances;
    private long _allVersions;
    private long _allSize;

    public void AddPatient(int count) => _allPatients += count;

    public void AddStudy(long patient, int count)
    {
        Of(_patients, patient).Studies += count;
        _allStudies += count;
    }

    public void AddSeries(long patient, long study, int count)
    {
        Of(_patients, patient).Series += count;
        Of(_studies, study).Series += count;
        _allSeries += count;
    }

    public void AddVersions(Parents parents, long instances, long versions, long size)
    {
        Add(Of(_patients, parents.Patient));
        Add(Of(_studies, parents.Study));
        Add(Of(_series, parents.Series));
        _allInstances += instances;
        _allVersions += versions;
        _allSize += size;

        void Add(Sums sums)
        {
            sums.Images += instances;
            sums.Size += size;
        }
    }

    /// <summary>Writes the sums and starts anew.</summary>
    public void Write()
    {
        foreach (var (id, sums) in _patients)
        {
            _updatePatient.Bind(1, sums.Studies).Bind(2, sums.Series).Bind(3, sums.Images).Bind(4, sums.Size)
                .Bind(5, id)
                .Run();
        }

        foreach (var (id, sums) in _studies)
            _updateStudy.Bind(1, sums.Series).Bind(2, sums.Images).Bind(3, sums.Size).Bind(4, id).Run();
        foreach (var (id, sums) in _series)
            _updateSeries.Bind(1, sums.Images).Bind(2, sums.Size).Bind(3, id).Run();
        if ((_allPatients | _allStudies | _allSeries | _allInstances | _allVersions | _allSize) != 0)
        {
            _updateTotals.Bind(1, _allPatients).Bind(2, _allStudies).Bind(3, _allSeries)
                .Bind(4, _allInstances).Bind(5, _allVersions).Bind(6, _allSize).Run();
        }

        Clear();
    }

    /// <summary>Forgets the sums of a batch that was taken back.</summary>
    public void Clear()
    {
        _patients.Clear();
        _studies.Clear();
        _series.Clear();
        _allPatients = _allStudies = _allSeries = _allInstances = _allVersions = _allSize = 0;
    }

    public void Dispose()
    {
        _updatePatient.Dispose();
        _updateStudy.Dispose();
        _updateSeries.Dispose();
        _updateTotals.Dispose();
    }

    private static Sums Of(Dictionary<long, Sums> level, long id)
    {
        if (!level.TryGetValue(id, out var sums))
            level.Add(id, sums = new Sums());
        return sums;
    }

    private sealed class Sums
    {
        public long Studies { get; set; }

        public long Series { get; set; }

        public long Images { get; set; }

        public long Size { get; set; }
    }
}

/// <summary>The ids above an instance.</summary>
internal readonly record struct Parents(long Patient, long Study, long Series);
