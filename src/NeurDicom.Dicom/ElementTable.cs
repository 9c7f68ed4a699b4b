namespace NeurDicom.Dicom;

/// <summary>An element as <see cref="ElementTable"/> keeps it: 20 bytes.</summary>
internal struct ElementRecord
{
    public uint Tag;

    /// <summary>Of the value, in the bytes of the table.</summary>
    public int Offset;

    /// <summary>As encoded.</summary>
    public uint Length;

    /// <summary>The record behind this one and everything in it.</summary>
    public int Next;

    public Vr Vr;
    public ElementKind Kind;
    public RecordTraits Traits;
}

[Flags]
internal enum RecordTraits : byte
{
    None = 0,
    BigEndian = 1,

    /// <summary>The value was passed over and is not in the bytes of the table.</summary>
    Deferred = 2,

    /// <summary>US or SS, by Pixel Representation.</summary>
    UsOrSs = 4,

    /// <summary>US or OW, by the descriptor of the lookup table.</summary>
    UsOrOw = 8,
}

/// <summary>
/// The elements of a file, sequences and all, in one array in the order of the file; a data set is a range of it. No
/// object stands for an element, and values stay where they are until asked for.
/// </summary>
internal sealed class ElementTable(ReadOnlyMemory<byte> bytes, ElementRecord[] records, List<Hole>? holes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public ElementRecord[] Records { get; } = records;

    /// <summary>The byte of the file at an offset in <see cref="Bytes"/>.</summary>
    public long PositionOf(int offset)
    {
        // How many values were left out before it: they are in the order of their offsets.
        var (low, high) = (0, holes?.Count ?? 0);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (holes![middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? offset : offset + holes![low - 1].Total;
    }
}

/// <summary>
/// A value that was passed over: where it would be in the bytes that were kept, and the length of all up to it and it.
/// </summary>
internal readonly record struct Hole(int Offset, long Total);
