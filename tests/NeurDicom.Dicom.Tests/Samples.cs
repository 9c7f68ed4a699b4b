using Xunit;

namespace NeurDicom.Dicom.Tests;

/// <summary>
/// The sample files in <c>../shared/dicom/samples</c> beside the repository. They are not part of it: tests that need them are
/// skipped, with the reason, where they are not there.
/// </summary>
internal static class Samples
{
    private static readonly string? Folder = Find();

    /// <summary>The path of a sample, or of the folder itself.</summary>
    public static string PathOf(string name = "")
    {
        Assert.SkipWhen(Folder is null, "The sample files are not here: ../shared/dicom/samples beside the repository.");
        return Path.Combine(Folder!, name); // Not null, or the test was skipped.
    }

    /// <summary>The bytes of a sample.</summary>
    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>The rows of a table, split at tabs, without its header; none where the samples are not there.</summary>
    public static IEnumerable<string[]> Rows(string table) => Folder is null
        ? []
        : File.ReadLines(Path.Combine(Folder, table)).Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t'));

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "NeurDicom.slnx")))
                continue;
            var samples = Path.Combine(folder.Parent!.FullName, "shared", "dicom", "samples");
            return Directory.Exists(samples) ? samples : null;
        }

        return null;
    }
}
