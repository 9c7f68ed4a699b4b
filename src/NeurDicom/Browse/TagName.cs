using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using NeurDicom.Dicom;

namespace NeurDicom.Browse;

/// <summary>
/// The key under which an element stands in the original's form of <c>/tags</c>: its name in the dictionary, such as
/// <c>Patient's Name</c>. Where that would not be unique, the tag follows in parentheses.
/// </summary>
/// <param name="Rank">The element's place: the original sorted by keyword.</param>
internal sealed record TagName(JsonEncodedText Text, int Rank)
{
    /// <summary>The name as a member of an object, with what stands before and behind it: <c>,"Name":</c>.</summary>
    public byte[] Member { get; } = [.. ",\""u8, .. Text.EncodedUtf8Bytes, .. "\":"u8];

    // Behind everything that has a keyword, in the order of the tags.
    private const int Unnamed = int.MaxValue;

    private static readonly JavaScriptEncoder Encoder = Index.RowJson.Options.Encoder!; // Not null: set there.
    private static readonly FrozenDictionary<string, int> Ranks = RankKeywords();
    private static readonly FrozenSet<string> Shared = FindSharedNames();
    private static readonly ConcurrentDictionary<uint, TagName> Known = new();

    /// <summary>The name of an element of the standard, or of one that nobody knows.</summary>
    public static TagName Of(uint tag)
    {
        if (Known.TryGetValue(tag, out var known))
            return known;

        var entry = DataDictionary.Find(new Tag(tag));
        if (entry is null || entry.Name.Length == 0)
            return new TagName(JsonEncodedText.Encode(Number(tag), Encoder), Unnamed);

        // Only names of the dictionary are kept, so what is sent cannot fill the memory; of a repeating group each.
        var isFirst = !entry.Pattern.Contains('x', StringComparison.Ordinal)
            || entry.Pattern.Replace('x', '0') == tag.ToString("X8", CultureInfo.InvariantCulture);
        var text = isFirst && !Shared.Contains(entry.Name) ? entry.Name : $"{entry.Name} {Number(tag)}";
        return Known.GetOrAdd(tag, new TagName(JsonEncodedText.Encode(text, Encoder), Ranks[entry.Keyword]));
    }

    /// <summary>The name of a private element: its creator, PS3.5 7.8.1, and its tag.</summary>
    public static TagName OfPrivate(uint tag, string? creator)
    {
        var name = (tag & 0xFFFF) is >= 0x10 and <= 0xFF ? "Private Creator" : creator ?? "Private";
        return new TagName(JsonEncodedText.Encode($"{name} {Number(tag)}", Encoder), Unnamed);
    }

    private static string Number(uint tag)
    {
        return string.Create(CultureInfo.InvariantCulture, $"({tag >> 16:X4},{tag & 0xFFFF:X4})");
    }

    private static FrozenDictionary<string, int> RankKeywords()
    {
        return DataDictionary.All
            .Select(entry => entry.Keyword)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select((keyword, rank) => KeyValuePair.Create(keyword, rank))
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenSet<string> FindSharedNames()
    {
        return DataDictionary.All
            .GroupBy(entry => entry.Name)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key)
            .ToFrozenSet(StringComparer.Ordinal);
    }
}
