using System.Collections;

namespace NeurDicom.Dicom;

/// <summary>The items of a sequence, PS3.5 7.5.</summary>
public sealed class DicomSequence : IReadOnlyList<DicomDataSet>
{
    private readonly DicomDataSet[] _items;

    private DicomSequence(DicomDataSet[] items) => _items = items;

    /// <summary>No items.</summary>
    public static DicomSequence Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public DicomDataSet this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<DicomDataSet> GetEnumerator() => ((IEnumerable<DicomDataSet>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static DicomSequence Of(DicomDataSet parent, int index)
    {
        var records = parent.Table.Records;
        if (records[index].Kind is not ElementKind.Sequence)
            return Empty;

        var end = records[index].Next;
        var count = 0;
        for (var i = index + 1; i < end; i = records[i].Next)
            count++;
        if (count == 0)
            return Empty;

        var items = new DicomDataSet[count];
        var item = 0;
        for (var i = index + 1; i < end; i = records[i].Next)
            items[item++] = new DicomDataSet(parent.Table, i + 1, records[i].Next, parent);

        return new DicomSequence(items);
    }
}
