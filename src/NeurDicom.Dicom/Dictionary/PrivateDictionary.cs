using System.Globalization;
using System.Text;

namespace NeurDicom.Dicom;

/// <summary>A private element that a vendor's dictionary tells of.</summary>
public sealed record PrivateEntry(Vr Vr, string Multiplicity, string Name);

/// <summary>
/// Private elements by creator, collected from the vendors' documents. It helps with Implicit VR and with names.
/// </summary>
#pragma warning disable CA1711 // The vendors call it so.
public static class PrivateDictionary
#pragma warning restore CA1711
{
    // Loaded when the first private element is met.
    private static readonly Lazy<Dictionary<string, Dictionary<uint, PrivateEntry>>> Creators = new(Load);

    /// <summary>The row of an element of the block that <paramref name="creator"/> reserved, or null.</summary>
    public static PrivateEntry? Find(ReadOnlySpan<char> creator, Tag tag)
    {
        if (!Creators.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(creator, out var entries))
            return null;

        // Some old vendors have fixed elements, without a block; the table has these with all eight digits.
        return entries.GetValueOrDefault(tag.Value & 0xFFFF00FF) ?? entries.GetValueOrDefault(tag.Value);
    }

    internal static Vr VrOf(ReadOnlySpan<byte> creator, Tag tag)
    {
        creator = creator.Trim(" \0"u8);
        if (creator.Length is 0 or > 64)
            return Vr.UN;

        Span<char> text = stackalloc char[64];
        var length = Encoding.Latin1.GetChars(creator, text);
        return Find(text[..length], tag)?.Vr ?? Vr.UN;
    }

    private static Dictionary<string, Dictionary<uint, PrivateEntry>> Load()
    {
        var creators = new Dictionary<string, Dictionary<uint, PrivateEntry>>(StringComparer.Ordinal);
        var current = new Dictionary<uint, PrivateEntry>();
        using var reader = new StreamReader(DictionaryTable.Open("private_dictionary.tsv"), Encoding.UTF8);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            if (cells[0].Length == 0)
            {
                creators.Add(cells[1], current = []);
                continue;
            }

            var tag = uint.Parse(
                cells[0].Replace('x', '0'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            current.TryAdd(tag, new PrivateEntry(Vrs.Parse(cells[1]), cells[2], cells[3]));
        }

        return creators;
    }
}
