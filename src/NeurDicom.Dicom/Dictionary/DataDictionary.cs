using System.Runtime.CompilerServices;
using System.Text;

namespace NeurDicom.Dicom;

/// <summary>Which VR the dictionary leaves to the data set (PS3.5 A.1, PS3.6 chapter 6).</summary>
internal enum VrChoice : byte
{
    None,
    UsOrSs,
    ObOrOw,
    UsOrOw,
    UsOrSsOrOw,
}

/// <summary>The data dictionary of the standard. Private elements are in <see cref="PrivateDictionary"/>.</summary>
#pragma warning disable CA1711 // The standard calls it so.
public static class DataDictionary
#pragma warning restore CA1711
{
    // An open hash table, probed linearly: 5,300 rows in 16,384 places.
    // The header is line 0, so that is an empty place.
    private const int Places = 1 << 14;
    private static readonly byte[] Table = DictionaryTable.Read("dictionary.tsv");
    private static readonly Slot[] Slots = new Slot[Places];
    private static readonly List<Pattern> Patterns = [];
    private static readonly Lazy<Dictionary<string, Tag>> Keywords = new(ReadKeywords);

#pragma warning disable CA1810 // The order matters: the slots are filled from the table.
    static DataDictionary()
#pragma warning restore CA1810
    {
        var position = Table.AsSpan().IndexOf((byte)'\n') + 1;
        while (position < Table.Length)
        {
            var line = (ReadOnlySpan<byte>)Table.AsSpan(position);
            line = line[..line.IndexOf((byte)'\n')];
            Add(line, position);
            position += line.Length + 1;
        }
    }

    /// <summary>Every row, in the order of the tags.</summary>
    public static IEnumerable<DictionaryEntry> All
    {
        get
        {
            var position = Array.IndexOf(Table, (byte)'\n') + 1;
            while (position < Table.Length)
            {
                yield return ReadEntry(position);
                position = Array.IndexOf(Table, (byte)'\n', position) + 1;
            }
        }
    }

    /// <summary>The row of a tag, repeating groups included; null for private and unknown ones.</summary>
    public static DictionaryEntry? Find(Tag tag)
    {
        ref readonly var slot = ref FindSlot(tag.Value);
        return slot.Line != 0 ? ReadEntry(slot.Line) : null;
    }

    /// <summary>The VR of a tag; UN where the dictionary has none, the first where there is a choice.</summary>
    public static Vr VrOf(Tag tag) => VrOf(tag, out _);

    /// <summary>The tag of a keyword, in the standard's spelling. Of repeating groups the first: 6000, 5000.</summary>
    public static bool TryFindKeyword(ReadOnlySpan<char> keyword, out Tag tag) =>
        Keywords.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(keyword, out tag);

    internal static Vr VrOf(Tag tag, out VrChoice choice)
    {
        choice = VrChoice.None;
        if ((tag.Value & 0xFFFF) == 0)
            return Vr.UL;
        if (tag.IsPrivate)
            return tag.IsPrivateCreator ? Vr.LO : Vr.UN;

        ref readonly var slot = ref FindSlot(tag.Value);
        choice = slot.Choice;
        return slot.Line != 0 ? slot.Vr : Vr.UN;
    }

    internal static bool IsKnown(Tag tag) => (tag.Value & 0xFFFF) == 0 || FindSlot(tag.Value).Line != 0;

    private static ref readonly Slot FindSlot(uint tag)
    {
        var place = Place(tag);
        while (true)
        {
            ref readonly var slot = ref Slots[place];
            if (slot.Line == 0)
                break;
            if (slot.Key == tag)
                return ref slot;
            place = (place + 1) & (Places - 1);
        }

        // The groups that repeating rows are in: 0020, 0028, 1000, 1010, 50xx, 60xx, 7Fxx.
        if ((tag >> 24) is 0x00 or 0x10 or 0x50 or 0x60 or 0x7F)
        {
            foreach (ref readonly var pattern in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Patterns))
            {
                if ((tag & pattern.Mask) == pattern.Bits)
                    return ref pattern.Slots[0];
            }
        }

        return ref Slots[place];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(uint tag) => (int)((tag * 0x9E3779B1u) >> 18);

    private static void Add(ReadOnlySpan<byte> line, int position)
    {
        var rest = line;
        var tag = DictionaryTable.Cell(ref rest);
        var vr = DictionaryTable.Cell(ref rest);
        var slot = new Slot
        {
            Line = position,
            Vr = vr.Length >= 2 ? (Vr)(vr[0] | (vr[1] << 8)) : Vr.UN,
            Choice = vr switch
            {
                { Length: 2 or 0 } => VrChoice.None,
                _ when vr.SequenceEqual("US|SS"u8) => VrChoice.UsOrSs,
                _ when vr.SequenceEqual("OB|OW"u8) => VrChoice.ObOrOw,
                _ when vr.SequenceEqual("US|OW"u8) => VrChoice.UsOrOw,
                _ => VrChoice.UsOrSsOrOw,
            },
        };

        uint mask = 0;
        uint bits = 0;
        foreach (var digit in tag)
        {
            mask = (mask << 4) | (digit == 'x' ? 0u : 0xFu);
            bits = (bits << 4) | (digit == 'x' ? 0u : (uint)(digit <= '9' ? digit - '0' : digit - 'A' + 10));
        }

        if (mask != uint.MaxValue)
        {
            slot.Key = uint.MaxValue;

            // Only even groups repeat; 50xx and 60xx go from 00 to 1E (PS3.5 7.6).
            mask |= (bits >> 24) is 0x50 or 0x60 ? 0x00E10000u : 0x00010000u;
            Patterns.Add(new Pattern(mask, bits, [slot]));
            return;
        }

        slot.Key = bits;
        var place = Place(bits);
        while (Slots[place].Line != 0)
            place = (place + 1) & (Places - 1);
        Slots[place] = slot;
    }

    private static DictionaryEntry ReadEntry(int position)
    {
        var line = (ReadOnlySpan<byte>)Table.AsSpan(position);
        var cells = Encoding.UTF8.GetString(line[..line.IndexOf((byte)'\n')]).Split('\t');
        var vrs = cells[1].Length == 0 ? [] : cells[1].Split('|').Select(vr => Vrs.Parse(vr)).ToArray();
        return new DictionaryEntry(cells[0], vrs, cells[2], cells[3], cells[4], cells[5] == "Y", cells[6]);
    }

    private static Dictionary<string, Tag> ReadKeywords()
    {
        var keywords = new Dictionary<string, Tag>(StringComparer.Ordinal);
        foreach (var entry in All)
        {
            var digits = entry.Pattern.Replace('x', '0');
            if (entry.Keyword.Length > 0)
                keywords.TryAdd(entry.Keyword, new Tag(Convert.ToUInt32(digits, 16)));
        }

        return keywords;
    }

    private struct Slot
    {
        public uint Key;
        public int Line;
        public Vr Vr;
        public VrChoice Choice;
    }

    private readonly record struct Pattern(uint Mask, uint Bits, Slot[] Slots);
}
