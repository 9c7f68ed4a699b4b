using System.Text;

namespace NeurDicom.Dicom;

/// <summary>A row of the UID registry, PS3.6 Annex A.</summary>
public sealed record UidEntry(Uid Uid, string Name, string Keyword, string Type, bool IsRetired);

/// <summary>The registry of UIDs, PS3.6 Annex A.</summary>
public static class UidRegistry
{
    private static readonly Dictionary<Uid, UidEntry> Entries = Load().ToDictionary(entry => entry.Uid);

    /// <summary>Every registered UID.</summary>
    public static IEnumerable<UidEntry> All => Entries.Values;

    /// <summary>The row of a UID, or null.</summary>
    public static UidEntry? Find(Uid uid) => Entries.GetValueOrDefault(uid);

    private static IEnumerable<UidEntry> Load()
    {
        using var reader = new StreamReader(DictionaryTable.Open("uids.tsv"), Encoding.UTF8);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            if (Uid.TryParse(cells[0], out var uid))
                yield return new UidEntry(uid, cells[1], cells[2], cells[3], cells[4] == "Y");
        }
    }
}
