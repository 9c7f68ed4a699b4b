using System.Text.Json;

namespace NeurDicom.Replay;

/// <summary>The recorded calls in the order in which they were made, and the files that they sent.</summary>
internal sealed class Recordings
{
    public const string Absent = "The folder ../shared/neurdicom/recorded is absent: the original's calls are not replayed.";

    private Recordings(string shared)
    {
        Folder = Path.Combine(shared, "neurdicom", "recorded");
        Instances = Path.Combine(shared, "dicom", "samples", "mr-lgg");
        using var summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "summary.json")));
        Calls =
        [
            .. summary.RootElement.EnumerateArray().Select(entry => RecordedCall.Parse(
                entry, File.ReadAllText(Path.Combine(Folder, entry.GetProperty("name").GetString() + ".txt")))),
        ];
        Pixels = [.. File.ReadLines(Path.Combine(Folder, "pixels.csv")).Skip(1).Select(RecordedPixels.Parse)];
    }

    public string Folder { get; }

    /// <summary>The folder whose files the original had stored.</summary>
    public string Instances { get; }

    public IReadOnlyList<RecordedCall> Calls { get; }

    public IReadOnlyList<RecordedPixels> Pixels { get; }

    /// <summary>A file that an upload sent, by its name in the recordings (<c>up/new1.dcm</c>).</summary>
    public string Sample(string name) => Path.Combine(Folder, "samples", Path.GetFileName(name));

    /// <summary>The recordings beside the clone, or null where there are none.</summary>
    public static Recordings? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "NeurDicom.slnx")))
                continue;
            var shared = Path.Combine(folder.Parent!.FullName, "shared");
            return File.Exists(Path.Combine(shared, "neurdicom", "recorded", "summary.json")) ? new Recordings(shared) : null;
        }

        return null;
    }
}
