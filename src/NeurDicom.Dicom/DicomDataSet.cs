using System.Diagnostics.CodeAnalysis;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

/// <summary>
/// A data set: of a file, of its meta information, or of an item of a sequence.
/// It is a view of the bytes that were read; values are decoded when they are asked for.
/// </summary>
/// <remarks>
/// Looking up a tag finds the first element that has it. Methods that return a value return null where the element is
/// absent, empty, or holds no such value; they do not throw for what a file contains.
/// </remarks>
public sealed partial class DicomDataSet
{
    private readonly ElementTable _table;
    private readonly int _start;
    private readonly int _end;
    private CharacterSet? _characterSet;

    internal DicomDataSet(ElementTable table, int start, int end, DicomDataSet? parent)
    {
        _table = table;
        _start = start;
        _end = end;
        Parent = parent;
    }

    /// <summary>The data set that holds the sequence that this is an item of; null for a file's own.</summary>
    public DicomDataSet? Parent { get; }

    /// <summary>The elements, without those inside sequences, in the order of the file.</summary>
    public ElementList Elements => new(this, _start, _end);

    /// <summary>Whether there are no elements.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>
    /// What text is decoded by: Specific Character Set of this data set, or of the nearest around it that has one
    /// (PS3.3 C.12.1.1.2).
    /// </summary>
    public CharacterSet CharacterSet => _characterSet ??=
        TryGet(Tag.SpecificCharacterSet, out var element) ? CharacterSet.For(element.ValueSpan)
        : Parent is { } parent ? parent.CharacterSet
        : CharacterSet.Default;

    internal ElementTable Table => _table;

    /// <summary>Reads a data set that is all there is: no preamble, no meta information.</summary>
    /// <exception cref="DicomFormatException">The bytes cannot be such a data set.</exception>
    public static DicomDataSet Read(ReadOnlyMemory<byte> bytes, TransferSyntax syntax, DicomReadOptions? options = null)
    {
        if (syntax.IsDeflated)
            throw new ArgumentException("A deflated data set is read by DicomFile.", nameof(syntax));

        options ??= DicomReadOptions.Default;
        var span = bytes.Span;
        var walker = new DicomWalker(span, syntax, options);
        using var builder = new ElementTableBuilder(options.Limits);
        while (walker.Read())
            builder.Add(walker, span, 0);

        var table = builder.Finish(bytes);
        return new DicomDataSet(table, 0, table.Records.Length, parent: null);
    }

    /// <summary>Whether an element has this tag, be it empty.</summary>
    public bool Contains(Tag tag) => IndexOf(tag) >= 0;

    /// <summary>Finds an element.</summary>
    public bool TryGet(Tag tag, out DicomElement element)
    {
        var index = IndexOf(tag);
        element = index < 0 ? default : new DicomElement(this, index);
        return index >= 0;
    }

    /// <summary>
    /// Finds a private element by its creator and its number within the creator's block (PS3.5 7.8.1).
    /// </summary>
    public bool TryGetPrivate(string creator, ushort group, byte number, out DicomElement element)
    {
        foreach (var candidate in Elements)
        {
            if (candidate.Tag.Group == group && candidate.Tag.IsPrivateCreator && candidate.GetString() == creator)
                return TryGet(new Tag(group, (ushort)((candidate.Tag.Element << 8) | number)), out element);
        }

        element = default;
        return false;
    }

    /// <summary>The items of a sequence; none where it is absent or no sequence.</summary>
    public DicomSequence GetSequence(Tag tag) => TryGet(tag, out var element) ? element.Items : DicomSequence.Empty;

    /// <summary>The value as it lies in the file; empty where it is absent.</summary>
    public ReadOnlyMemory<byte> GetBytes(Tag tag) => TryGet(tag, out var element) ? element.Value : default;

    /// <summary>The whole text, its values joined by backslashes, without padding.</summary>
    public string? GetString(Tag tag) => TryGet(tag, out var element) ? element.GetString() : null;

    /// <summary>The values of a text, each without padding; an empty value is an empty string.</summary>
    public string[] GetStrings(Tag tag) => TryGet(tag, out var element) ? element.GetStrings() : [];

    /// <summary>The value as a UID, null where it is none.</summary>
    public Uid? GetUid(Tag tag) => TryGet(tag, out var element) ? element.GetUid() : null;

    /// <summary>One value as a whole number, from a binary number or an IS or DS without fraction.</summary>
    public int? GetInt32(Tag tag, int index = 0) =>
        GetInt64(tag, index) is >= int.MinValue and <= int.MaxValue and var number ? (int)number : null;

    /// <inheritdoc cref="GetInt32"/>
    public long? GetInt64(Tag tag, int index = 0) =>
        TryGet(tag, out var element) && element.TryGetInt64(index, out var number) ? number : null;

    /// <summary>One value as a number; never infinite, never NaN from a text.</summary>
    public double? GetDouble(Tag tag, int index = 0) =>
        TryGet(tag, out var element) && element.TryGetDouble(index, out var number) ? number : null;

    /// <summary>All values as numbers; none where any of them is no number.</summary>
    public double[] GetDoubles(Tag tag) => TryGet(tag, out var element) ? element.GetDoubles() : [];

    internal int IndexOf(Tag tag)
    {
        var records = _table.Records;
        for (var i = _start; i < _end; i = records[i].Next)
        {
            if (records[i].Tag == tag.Value)
                return i;
        }

        return -1;
    }

    /// <summary>Pixel Representation of this data set or of one around it: what tells US from SS (PS3.5 A.1).</summary>
    internal bool HasSignedPixels()
    {
        for (var dataSet = this; dataSet is not null; dataSet = dataSet.Parent)
        {
            if (dataSet.GetInt32(Tag.PixelRepresentation) is { } representation)
                return representation == 1;
        }

        return false;
    }

    /// <summary>The elements of one level of a data set.</summary>
    [SuppressMessage("Performance", "CA1815", Justification = "Nobody compares lists of elements.")]
    [SuppressMessage("Naming", "CA1710", Justification = "It is the list of the elements.")]
    public readonly struct ElementList : IEnumerable<DicomElement>
    {
        private readonly DicomDataSet _dataSet;
        private readonly int _start;
        private readonly int _end;

        internal ElementList(DicomDataSet dataSet, int start, int end) =>
            (_dataSet, _start, _end) = (dataSet, start, end);

        /// <summary>Goes through the elements without allocating.</summary>
        public Enumerator GetEnumerator() => new(_dataSet, _start, _end);

        IEnumerator<DicomElement> IEnumerable<DicomElement>.GetEnumerator() => GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>The place in the list.</summary>
        [SuppressMessage("Performance", "CA1815", Justification = "Nobody compares enumerators.")]
        public struct Enumerator : IEnumerator<DicomElement>
        {
            private readonly DicomDataSet _dataSet;
            private readonly int _start;
            private readonly int _end;
            private int _next;

            internal Enumerator(DicomDataSet dataSet, int start, int end)
            {
                (_dataSet, _start, _end) = (dataSet, start, end);
                _next = start;
            }

            /// <inheritdoc/>
            public DicomElement Current { get; private set; }

            readonly object System.Collections.IEnumerator.Current => Current;

            /// <inheritdoc/>
            public bool MoveNext()
            {
                if (_next >= _end)
                    return false;

                Current = new DicomElement(_dataSet, _next);
                _next = _dataSet._table.Records[_next].Next;
                return true;
            }

            /// <inheritdoc/>
            public void Reset() => _next = _start;

            /// <inheritdoc/>
            public readonly void Dispose()
            {
            }
        }
    }
}
