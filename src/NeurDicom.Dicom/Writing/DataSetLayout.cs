using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

/// <summary>
/// A data set as it will lie in a file: every header with its length, in order, and the values, none of them copied.
/// Lengths of sequences and items are known before they are written, which streaming needs.
/// </summary>
internal sealed class DataSetLayout
{
    /// <summary>The longest even length that is not the one which means "undefined" (PS3.5 7.1).</summary>
    public const long LongestValue = 0xFFFFFFFE;

    private readonly List<Piece> _pieces = [];
    private readonly TransferSyntax _syntax;

    private DataSetLayout(TransferSyntax syntax) => _syntax = syntax;

    public IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>Bytes of all of it.</summary>
    public long Length { get; private set; }

    public static DataSetLayout Of(DicomDataSetBuilder dataSet, TransferSyntax syntax)
    {
        var layout = new DataSetLayout(syntax);
        layout.Length = layout.Add(dataSet, CharacterSet.Default, 0);
        return layout;
    }

    private long Add(DicomDataSetBuilder dataSet, CharacterSet around, int depth)
    {
        var characterSet = dataSet.CharacterSet ?? around;
        var length = 0L;
        foreach (var (tag, content) in dataSet.Elements)
        {
            // Icons may stay native in encapsulated syntaxes; the pixel data itself does not (PS3.5 A.4).
            if (depth == 0 && tag.IsPixelData && _syntax.IsEncapsulated && content is not FragmentsContent)
                throw new DicomValueException(tag, content.Vr, $"{_syntax} has encapsulated pixel data");

            length += content switch
            {
                TextContent text => AddValue(tag, text.Vr, ValueBytes.Encode(tag, text.Vr, text.Text, characterSet)),
                EncodedTextContent text => AddValue(tag, text.Vr, Recode(tag, text, characterSet)),
                BytesContent value => AddValue(tag, value.Vr, value.Bytes),
                StreamContent value => AddHeader(tag, value.Vr, value.Length, default, value.Open),
                FragmentsContent value => AddFragments(tag, value),
                ItemsContent items => AddItems(tag, items.Items, characterSet, depth + 1),
                _ => throw new NotSupportedException(),
            };
        }

        return length;
    }

    private long AddValue(Tag tag, Vr vr, ReadOnlyMemory<byte> value) => AddHeader(tag, vr, value.Length, value, null);

    private long AddItems(Tag tag, IReadOnlyList<DicomDataSetBuilder> items, CharacterSet characterSet, int depth)
    {
        if (depth > DicomLimits.MaxDepth)
            throw new DicomValueException(tag, Vr.SQ, $"Sequences are nested deeper than {DicomLimits.MaxDepth}");

        var place = _pieces.Count;
        var header = AddHeader(tag, Vr.SQ, 0, default, null);
        var length = 0L;
        foreach (var item in items)
        {
            var itemPlace = _pieces.Count;
            _pieces.Add(default);
            var itemLength = Add(item, characterSet, depth);
            _pieces[itemPlace] = new Piece(Tag.Item, Vr.None, Fit(tag, itemLength), default, null);
            length += 8 + itemLength;
        }

        // A reader of Implicit VR knows a private sequence only by its undefined length.
        if (tag.IsPrivate && !_syntax.IsExplicit)
        {
            _pieces[place] = _pieces[place] with { Length = Piece.Undefined };
            _pieces.Add(new Piece(Tag.SequenceDelimitationItem, Vr.None, 0, default, null));
            return header + length + 8;
        }

        _pieces[place] = _pieces[place] with { Length = Fit(tag, length) };
        return header + length;
    }

    private long AddFragments(Tag tag, FragmentsContent content)
    {
        if (!_syntax.IsEncapsulated)
            throw new DicomValueException(tag, content.Vr, $"{_syntax} has no encapsulated pixel data");

        _pieces.Add(new Piece(tag, content.Vr, Piece.Undefined, default, null));
        var length = 12L;
        foreach (var fragment in content.Fragments)
        {
            _pieces.Add(new Piece(Tag.Item, Vr.None, Padded(fragment.Length), fragment, null));
            length += 8 + Padded(fragment.Length);
        }

        _pieces.Add(new Piece(Tag.SequenceDelimitationItem, Vr.None, 0, default, null));
        return length + 8;
    }

    private long AddHeader(Tag tag, Vr vr, long length, ReadOnlyMemory<byte> value, Func<Stream>? open)
    {
        var padded = length + (length & 1);

        // What is too long for the short form is written as UN (PS3.5 6.2.2).
        var written = !_syntax.IsExplicit ? Vr.None : !vr.HasLongForm() && padded > 0xFFFE ? Vr.UN : vr;
        _pieces.Add(new Piece(tag, written, Fit(tag, padded), value, open)
        {
            Padding = ValueBytes.Padding(vr),
            StreamLength = length,
        });
        return (written.HasLongForm() ? 12 : 8) + padded;
    }

    private static ReadOnlyMemory<byte> Recode(Tag tag, EncodedTextContent content, CharacterSet characterSet)
    {
        if (ReferenceEquals(content.CharacterSet, characterSet) || content.CharacterSet.IsPlain(content.Bytes.Span))
            return content.Bytes;
        var text = content.CharacterSet.Decode(content.Bytes.Span, content.Vr.Delimiters(), out var faults);
        return (faults & TextFaults.InvalidBytes) == 0
            ? ValueBytes.Encode(tag, content.Vr, text, characterSet)
            : throw new DicomValueException(tag, content.Vr, "The value is not in the character set of its file");
    }

    private static uint Fit(Tag tag, long length) =>
        length <= LongestValue
            ? (uint)length
            : throw new DicomValueException(tag, Vr.None, "The value is longer than an element can be");

    private static uint Padded(int length) => (uint)length + ((uint)length & 1);

    /// <summary>A header and, but for sequences and items, its value.</summary>
    /// <param name="Vr">None: the header has no VR.</param>
    /// <param name="Length">As written, padding included.</param>
    internal readonly record struct Piece(Tag Tag, Vr Vr, uint Length, ReadOnlyMemory<byte> Value, Func<Stream>? Open)
    {
        public const uint Undefined = 0xFFFFFFFF;

        public byte Padding { get; init; }

        /// <summary>Without padding.</summary>
        public long StreamLength { get; init; }
    }
}
