using System.Globalization;

namespace NeurDicom.Load;

/// <summary>What the script hands over; <c>--name value</c> each.</summary>
internal sealed record Options
{
    public required string Server { get; init; }

    public required string Orthanc { get; init; }

    /// <summary>On the disk that is to be measured; emptied at the end.</summary>
    public required string Folder { get; init; }

    public required string Output { get; init; }

    public string Commit { get; init; } = "unknown";

    public int Rounds { get; init; } = 5;

    public int StartInstances { get; init; } = 100_000;

    /// <summary>Which of small, large, start and memory; all where it is empty.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Divides counts and times: a trial run that shows that everything works.</summary>
    public int Shorten { get; init; } = 1;

    public static Options Parse(string[] arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index + 1 < arguments.Length; index += 2)
            values[arguments[index]] = arguments[index + 1];

        string Required(string name) => values.TryGetValue(name, out var value)
            ? value
            : throw new ArgumentException($"{name} is missing.");

        int Number(string name, int standard) =>
            values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : standard;

        return new()
        {
            Server = Required("--server"),
            Orthanc = Required("--orthanc"),
            Folder = Required("--folder"),
            Output = Required("--output"),
            Commit = values.GetValueOrDefault("--commit", "unknown"),
            Rounds = Number("--rounds", 5),
            StartInstances = Number("--start-instances", 100_000),
            Shorten = Number("--shorten", 1),
            Parts = values.GetValueOrDefault("--parts", "").Split(',', StringSplitOptions.RemoveEmptyEntries),
        };
    }
}
