using System.Globalization;
using NeurDicom.Archive;
using NeurDicom.Dicom;

namespace NeurDicom.Export;

/// <summary>
/// Writes what is selected as a file-set (PS3.10 8) into a ZIP archive: the stored files byte for byte,
/// under names that say nothing of a patient, and a DICOMDIR that lists exactly those that were written.
/// </summary>
internal sealed class FileSetExport(InstanceArchive archive)
{
    // Of each file only what a directory record needs.
    private static readonly DicomReadOptions HeaderOptions = new() { LargestValue = 16 << 10 };

    private readonly ExportRows _rows = new(archive.Index);

    /// <returns>How many files were written, without the DICOMDIR.</returns>
    /// <exception cref="MissingBytesException">
    /// A stored file is not there; what was written is not complete.
    /// </exception>
    public async Task<long> WriteZipAsync(
        ExportSelection selection, Stream output, bool deflates, TimeProvider time, CancellationToken cancel)
    {
        await using var central = new SpoolStream(archive.Folder.Path);
        await using var records = new SpoolStream(archive.Folder.Path);
        await using var zip = new ZipWriter(output, central);
        using var directory = new DicomDirectoryWriter(records, Uid.FromGuid(Guid.NewGuid()));

        var files = 0L;
        var names = new FileNames();
        await foreach (var series in _rows.SeriesAsync(selection, cancel))
        {
            names.Enter(series, directory);
            await foreach (var id in _rows.InstancesAsync(series.Series, cancel))
            {
                // Deleted meanwhile: it is not in the archive any more, so it is not in its copy.
                using var instance = await archive.OpenAsync(id, null, cancel);
                if (instance is null)
                    continue;

                var name = names.Next();
                await using var bytes = instance.OpenBytes();
                await AddAsync(zip, string.Join('/', name), instance.StoredAt, bytes, deflates, cancel);
                AddRecord(directory, name, bytes);
                files++;
            }
        }

        directory.Finish();
        await AddAsync(zip, "DICOMDIR", time.GetUtcNow(), records, deflates, cancel);
        await zip.FinishAsync(cancel);
        return files;
    }

    private static Task AddAsync(
        ZipWriter zip, string name, DateTimeOffset modified, Stream bytes, bool deflates, CancellationToken cancel) =>
        deflates
            ? zip.AddDeflatedAsync(name, modified, bytes, cancel)
            : zip.AddStoredAsync(name, modified, bytes, cancel);

    private static void AddRecord(DicomDirectoryWriter directory, string[] name, Stream bytes)
    {
        bytes.Position = 0;
        try
        {
            directory.Add(name, DicomFile.ReadAsFarAsPossible(bytes, out _, HeaderOptions));
        }
        catch (DicomFormatException)
        {
            // A file that was taken in with a warning may not be one that a DICOMDIR can list.
        }
    }

    /// <summary>
    /// <c>DICOM/PA000001/ST000001/SE000001/IM000001</c>: counted, so the same selection has the same names.
    /// </summary>
    private sealed class FileNames
    {
        private ExportSeries _last = new(-1, -1, -1);
        private int _patient;
        private int _study;
        private int _series;
        private int _instance;

        public void Enter(ExportSeries next, DicomDirectoryWriter directory)
        {
            if (next.Patient != _last.Patient)
            {
                (_patient, _study, _series) = (_patient + 1, 1, 1);
                directory.StartPatient();
            }
            else if (next.Study != _last.Study)
            {
                (_study, _series) = (_study + 1, 1);
                directory.StartStudy();
            }
            else
            {
                _series++;
                directory.StartSeries();
            }

            (_last, _instance) = (next, 0);
        }

        public string[] Next() =>
            ["DICOM", Name("PA", _patient), Name("ST", _study), Name("SE", _series), Name("IM", ++_instance)];

        // Eight characters (PS3.10 8.5); the second letter makes room for the eleventh million.
        private static string Name(string prefix, int number) =>
            number < 1_000_000
                ? prefix + number.ToString("D6", CultureInfo.InvariantCulture)
                : prefix[..1] + number.ToString("D7", CultureInfo.InvariantCulture);
    }
}
