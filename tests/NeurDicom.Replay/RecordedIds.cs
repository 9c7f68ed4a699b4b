using System.Globalization;
using System.Text.RegularExpressions;

namespace NeurDicom.Replay;

/// <summary>
/// Which of our ids stands for a recorded one. The first hundred instances have the same ids on both sides; what came later
/// is known by its UID, or by the upload that brought it.
/// </summary>
internal sealed partial class RecordedIds
{
    /// <summary>What the original had before anything was uploaded: instances 1 to 100 and their parents.</summary>
    private static readonly Dictionary<string, long> Stored = new(StringComparer.Ordinal)
    {
        ["patients"] = 2,
        ["studies"] = 2,
        ["series"] = 2,
        ["instances"] = 100,
        ["users"] = 3,
    };

    private readonly Dictionary<(string Kind, long Recorded), long> _ours = [];

    public void Learn(string kind, long recorded, long ours) => _ours[(kind, recorded)] = ours;

    /// <summary>Whether our id is the one that stands for a recorded id; a pair that is new is taken as it comes.</summary>
    public bool IsSame(string kind, long recorded, long ours)
    {
        if (recorded <= Stored.GetValueOrDefault(kind))
            return recorded == ours;
        if (_ours.TryGetValue((kind, recorded), out var known))
            return known == ours;
        if (_ours.Any(pair => pair.Key.Kind == kind && pair.Value == ours))
            return false;
        Learn(kind, recorded, ours);
        return true;
    }

    public long Ours(string kind, long recorded) => _ours.GetValueOrDefault((kind, recorded), recorded);

    /// <summary>A recorded path with our ids in it. An id that nothing stands for stays: it is of what is missing.</summary>
    public string Rewrite(string path) => Numbered().Replace(path, match =>
    {
        var (kind, id) = (match.Groups[1].Value, match.Groups[2].Value);
        return long.TryParse(id, CultureInfo.InvariantCulture, out var recorded) && _ours.TryGetValue((kind, recorded), out var ours)
            ? string.Create(CultureInfo.InvariantCulture, $"/api/{kind}/{ours}")
            : match.Value;
    });

    [GeneratedRegex("/api/([a-z]+)/([0-9]+)")]
    private static partial Regex Numbered();
}
