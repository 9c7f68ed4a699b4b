using Xunit;

namespace NeurDicom.Tests;

/// <summary>
/// The sample files beside the repository, in <c>../shared/dicom/samples</c>. Where they are absent, tests that need them
/// are skipped and say so.
/// </summary>
internal static class SharedSamples
{
    private static readonly Lazy<string?> Folder = new(Find);

    public static string Path(string name)
    {
        Assert.SkipWhen(Folder.Value is null, "The folder ../shared/dicom/samples is absent: real files are not tested.");
        return System.IO.Path.Combine(Folder.Value!, name);
    }

    /// <summary>Every file below a folder of the samples, in the order of their paths.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern = "*.dcm")
    {
        return [.. Directory.EnumerateFiles(Path(folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
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
