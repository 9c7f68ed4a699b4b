using Xunit;

namespace NeurDicom.Dicom.Tests;

/// <summary>
/// The sample files beside the repository, in <c>../shared/dicom/samples</c>. Where they are absent, tests that need them
/// are skipped and say so.
/// </summary>
internal static class SampleFiles
{
    private static readonly Lazy<string?> Folder = new(Find);

    public static string Path(string name)
    {
        Assert.SkipWhen(Folder.Value is null, "The folder ../shared/dicom/samples is absent: real files are not tested.");
        return System.IO.Path.Combine(Folder.Value!, name);
    }

    public static byte[] Read(string name) => File.ReadAllBytes(Path(name));

    /// <summary>The rows of a table below the samples, as cells by column name; none where the samples are absent.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Rows(string table)
    {
        if (Folder.Value is null)
            yield break;

        var lines = File.ReadLines(System.IO.Path.Combine(Folder.Value, table)).Select(line => line.Split('\t')).ToList();
        foreach (var cells in lines.Skip(1))
            yield return lines[0].Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "NeurDicom.slnx")))
                continue;

            var samples = System.IO.Path.Combine(folder.Parent!.FullName, "shared", "dicom", "samples");
            return Directory.Exists(samples) ? samples : null;
        }

        return null;
    }
}
