using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace NeurDicom.Dicom;

/// <summary>A data element: a place in a <see cref="DicomDataSet"/>, not a copy.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares elements.")]
public readonly partial struct DicomElement
{
    private readonly int _index;

    internal DicomElement(DicomDataSet dataSet, int index)
    {
        DataSet = dataSet;
        _index = index;
    }

    /// <summary>The data set that the element is in.</summary>
    public DicomDataSet DataSet { get; }

    /// <summary>The tag.</summary>
    public Tag Tag => new(Record.Tag);

    /// <summary>
    /// The VR: as encoded, by the dictionary where the encoding is implicit or the file says UN,
    /// and where the dictionary leaves a choice by what the data set says.
    /// </summary>
    public Vr Vr =>
        (Record.Traits & (RecordTraits.UsOrSs | RecordTraits.UsOrOw)) == 0 ? Record.Vr : ChosenVr();

    /// <summary>
    /// The bytes of the value; of a sequence or of encapsulated pixel data 0xFFFFFFFF if its length is undefined.
    /// </summary>
    public uint Length => Record.Length;

    /// <summary>
    /// The byte of the file where the value starts; in deflated data, of the file as if it were inflated.
    /// </summary>
    public long ValuePosition => DataSet.Table.PositionOf(Record.Offset);

    /// <summary>
    /// The value as it lies in the file, padding included; empty for sequences and for deferred values.
    /// </summary>
    public ReadOnlyMemory<byte> Value =>
        HasValue ? DataSet.Table.Bytes.Slice(Record.Offset, (int)Record.Length) : default;

    /// <summary>
    /// Whether the value was too long to be read from the stream (<see cref="DicomReadOptions.LargestValue"/>).
    /// </summary>
    public bool IsDeferred => (Record.Traits & RecordTraits.Deferred) != 0;

    /// <summary>Whether numbers have their most significant byte first.</summary>
    public bool IsBigEndian => (Record.Traits & RecordTraits.BigEndian) != 0;

    /// <summary>Whether the value is made of items.</summary>
    public bool IsSequence => Record.Kind is ElementKind.Sequence;

    /// <summary>Whether the value is made of fragments (PS3.5 A.4).</summary>
    public bool IsEncapsulated => Record.Kind is ElementKind.Fragments;

    /// <summary>Whether there is a value: a length other than 0, or an item.</summary>
    public bool IsEmpty => IsSequence || IsEncapsulated ? Record.Next == _index + 1 : Record.Length == 0;

    /// <summary>The items of a sequence.</summary>
    public DicomSequence Items => DicomSequence.Of(DataSet, _index);

    /// <summary>The fragments of encapsulated pixel data, the basic offset table first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Fragments
    {
        get
        {
            var fragments = new List<ReadOnlyMemory<byte>>();
            if (IsEncapsulated)
            {
                for (var i = _index + 1; i < Record.Next; i++)
                    fragments.Add(new DicomElement(DataSet, i).Value);
            }

            return fragments;
        }
    }

    /// <summary>The creator of a private element's block, null where nobody reserved it.</summary>
    public string? PrivateCreator =>
        Tag.IsPrivate && !Tag.IsPrivateCreator && DataSet.TryGet(Tag.PrivateCreator, out var creator)
            ? creator.GetString()
            : null;

    /// <summary>
    /// The name in the dictionary, for private elements in their creator's; empty where it is not known.
    /// </summary>
    public string Name => Tag switch
    {
        { IsPrivateCreator: true } => "Private Creator",
        { IsPrivate: true } => PrivateDictionary.Find(PrivateCreator, Tag)?.Name ?? "",
        { IsGroupLength: true, Group: > 2 } => "Generic Group Length",
        _ => DataDictionary.Find(Tag)?.Name ?? "",
    };

    /// <summary>Bytes of the basic offset table, the first fragment (PS3.5 A.4); 0 where there is none.</summary>
    internal uint OffsetTableLength => IsEncapsulated && !IsEmpty ? new DicomElement(DataSet, _index + 1).Length : 0;

    internal ReadOnlySpan<byte> ValueSpan =>
        HasValue ? DataSet.Table.Bytes.Span.Slice(Record.Offset, (int)Record.Length) : [];

    private bool HasValue => Record.Kind is ElementKind.Value or ElementKind.Fragment && !IsDeferred;

    private ref readonly ElementRecord Record => ref DataSet.Table.Records[_index];

    private Vr ChosenVr()
    {
        if ((Record.Traits & RecordTraits.UsOrSs) != 0)
            return DataSet.HasSignedPixels() ? Vr.SS : Vr.US;

        // LUT Data and Gray Lookup Table Data: US where the descriptor says that there is one entry,
        // else OW (PS3.5 A.1).
        var descriptor = Tag == Tag.LUTData ? Tag.LUTDescriptor : Tag.GrayLookupTableDescriptor;
        return DataSet.TryGet(descriptor, out var element) && element.ValueSpan is { Length: >= 2 } value &&
            BinaryPrimitives.ReadUInt16LittleEndian(value) == 1
                ? Vr.US
                : Vr.OW;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Tag} {Vr}";
}
