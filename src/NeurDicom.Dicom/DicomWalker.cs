using System.Runtime.CompilerServices;

namespace NeurDicom.Dicom;

/// <summary>
/// Walks over a file or a data set, element by element, and allocates nothing but for warnings. It is the one reader of
/// the encoding: <see cref="DicomFile"/> and <see cref="DicomDataSet"/> are built from it.
/// </summary>
/// <remarks>
/// Elements come in the order of the file, depth first: a sequence (<see cref="IsSequence"/>) is followed by its items
/// (<see cref="IsItem"/>), an item by its elements, each at its <see cref="Depth"/>. Every length is checked against
/// what encloses it before anything is looked at. The bytes may be the beginning of a longer file: <see cref="Read"/>
/// then ends with <see cref="IsIncomplete"/>, and a walker over more bytes starts anew.
/// </remarks>
public ref partial struct DicomWalker
{
    private const uint Undefined = 0xFFFFFFFF;

    // Each sequence is a level and each of its items another; one more for the fragments of an icon in the deepest.
    private const int MostLevels = (2 * DicomLimits.MaxDepth) + 2;

    private readonly DicomLimits _limits;
    private readonly bool _readPixelData;
    private readonly int _largestValue;

    // Positions count the bytes of the file; the data begins _shift bytes behind the file's.
    private ReadOnlySpan<byte> _data;
    private long _shift;
    private long _end;
    private long _position;
    private long _metaEnd;
    private Phase _phase;
    private int _count;
    private List<DicomWarning>? _warnings;

    private Level _level;
    private Levels _outer;
    private int _depth;
    private int _sequences;
    private long _fragmentBudget;

    private Tag _tag;
    private Vr _vr;
    private VrChoice _choice;
    private ElementKind _kind;
    private uint _length;
    private long _header;
    private long _value;
    private int _elementDepth;
    private bool _isMeta;
    private bool _isBigEndian;
    private bool _isImplicit;

    /// <summary>Walks a file: Part 10, or a bare data set whose encoding is guessed (PS3.10 7).</summary>
    /// <param name="file">The file, or its beginning.</param>
    /// <param name="totalLength">The length of all of it, where <paramref name="file"/> is only its beginning.</param>
    public DicomWalker(ReadOnlySpan<byte> file, DicomReadOptions? options = null, long? totalLength = null)
        : this(file, options ?? DicomReadOptions.Default, totalLength ?? file.Length, int.MaxValue)
    {
    }

    /// <summary>Walks a data set without preamble and meta information, in an encoding that is known.</summary>
    public DicomWalker(ReadOnlySpan<byte> dataSet, TransferSyntax syntax, DicomReadOptions? options = null)
        : this(dataSet, options ?? DicomReadOptions.Default, dataSet.Length, int.MaxValue)
    {
        DeclaredTransferSyntax = syntax;
        UseEncoding(syntax);
        _phase = Phase.DataSet;
    }

    /// <summary>Walks the items of a sequence in Implicit VR Little Endian, which lies in others already.</summary>
    internal static DicomWalker OverItems(ReadOnlySpan<byte> items, DicomLimits limits, int sequences)
    {
        var walker = new DicomWalker(
            items, DicomReadOptions.Default with { Limits = limits }, items.Length, int.MaxValue);
        walker.UseEncoding(TransferSyntax.ImplicitVrLittleEndian);
        walker._phase = Phase.DataSet;
        walker._sequences = sequences;
        walker.Enter(LevelKind.Sequence, items.Length, isUndefined: false, isImplicit: true, isBigEndian: false);
        return walker;
    }

    internal DicomWalker(ReadOnlySpan<byte> data, DicomReadOptions options, long end, int largestValue)
    {
        _data = data;
        _end = end;
        _limits = options.Limits;
        _readPixelData = options.ReadPixelData;
        _largestValue = largestValue;
        _level.End = end;
        TransferSyntax = TransferSyntax.ExplicitVrLittleEndian;
    }

    /// <summary>The tag of the element; (FFFE,E000) for an item or a fragment.</summary>
    public readonly Tag Tag => _tag;

    /// <summary>
    /// The VR as encoded, or by the dictionary where the encoding is implicit;
    /// SQ for whatever has items, None for items.
    /// </summary>
    public readonly Vr Vr => _vr;

    /// <summary>The value length as encoded; 0xFFFFFFFF is undefined.</summary>
    public readonly uint Length => _length;

    /// <summary>The byte of the file where the element's header starts.</summary>
    public readonly long Position => _header;

    /// <summary>The byte of the file where the value starts.</summary>
    public readonly long ValuePosition => _value;

    /// <summary>How many sequences the element lies within; 0 for the elements of the file itself.</summary>
    public readonly int Depth => (_elementDepth + 1) / 2;

    /// <summary>Whether the value is a sequence of items, which come next.</summary>
    public readonly bool IsSequence => _kind is ElementKind.Sequence;

    /// <summary>Whether this is an item of a sequence, whose elements come next.</summary>
    public readonly bool IsItem => _kind is ElementKind.Item;

    /// <summary>Whether this is encapsulated pixel data, whose fragments come next (PS3.5 A.4).</summary>
    public readonly bool IsEncapsulated => _kind is ElementKind.Fragments;

    /// <summary>Whether this is a fragment, the first being the offset table.</summary>
    public readonly bool IsFragment => _kind is ElementKind.Fragment;

    /// <summary>Whether the element belongs to the file meta information, group 0002.</summary>
    public readonly bool IsMeta => _isMeta;

    /// <summary>Whether numbers in the value have their most significant byte first.</summary>
    public readonly bool IsBigEndian => _isBigEndian;

    /// <summary>The value of an element or fragment; empty for sequences and items.</summary>
    public readonly ReadOnlySpan<byte> Value => _kind is ElementKind.Value or ElementKind.Fragment
        ? _data.Slice((int)(_value - _shift), (int)_length)
        : [];

    /// <summary>The encoding that the data set is read in, which may differ from what the file declares.</summary>
    public TransferSyntax TransferSyntax { get; private set; }

    /// <summary>The transfer syntax of the meta information, null where there is none.</summary>
    public TransferSyntax? DeclaredTransferSyntax { get; private set; }

    /// <summary>Whether the file has the preamble and prefix of Part 10.</summary>
    public bool IsPart10 { get; private set; }

    /// <summary>Where the data set starts, after preamble and meta information.</summary>
    public long DataSetPosition { get; private set; }

    /// <summary>Where the pixel data are; null where there are none or the walk has not come to them.</summary>
    public PixelDataElement? PixelData { get; private set; }

    /// <summary>The walk ended because more bytes of the file are needed.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>The walk ended before a deflated data set, which <see cref="DicomFile"/> can inflate.</summary>
    public bool IsDeflated { get; private set; }

    /// <summary>What was not as the standard asks and was read all the same.</summary>
    public readonly IReadOnlyList<DicomWarning> Warnings => _warnings ?? (IReadOnlyList<DicomWarning>)[];

    internal readonly ElementKind Kind => _kind;

    internal readonly VrChoice Choice => _choice;

    /// <summary>Where the next step starts.</summary>
    internal readonly long NextPosition => _position;

    internal readonly bool IsImplicit => _isImplicit;

    /// <summary>Sequences and items both count.</summary>
    internal readonly int ElementDepth => _elementDepth;

    /// <summary>Goes to the next element.</summary>
    /// <returns>
    /// False at the end, or where <see cref="IsIncomplete"/> or <see cref="IsDeflated"/> say why not.
    /// </returns>
    /// <exception cref="DicomFormatException">The bytes cannot be DICOM.</exception>
    public bool Read()
    {
        var step = Step();
        if (step is WalkStep.Element)
            return true;

        IsIncomplete = step is WalkStep.NeedsMore;
        IsDeflated = step is WalkStep.Deflated;
        return false;
    }

    private void UseEncoding(TransferSyntax syntax)
    {
        TransferSyntax = syntax;
        _level.IsImplicit = !syntax.IsExplicit;
        _level.IsBigEndian = syntax.IsBigEndian;
    }

    private void Warn(Tag? tag, long position, string message)
    {
        _warnings ??= [];
        if (_warnings.Count < _limits.Warnings)
            _warnings.Add(new DicomWarning(tag, position, message));
    }

    private enum Phase : byte
    {
        Start,
        Meta,
        DataSet,
        Deflated,
        End,
    }

    private enum LevelKind : byte
    {
        DataSet,
        Sequence,
        Fragments,
    }

    private struct Level
    {
        public long End;
        public uint LastTag;
        public LevelKind Kind;
        public bool IsUndefined;
        public bool IsImplicit;
        public bool IsBigEndian;
    }

    [InlineArray(MostLevels)]
    private struct Levels
    {
        private Level _first;
    }
}

/// <summary>What a step of <see cref="DicomWalker"/> came to.</summary>
internal enum WalkStep
{
    Element,

    /// <summary>
    /// An element whose value is too long to be kept: the bytes up to the next header are to be passed over.
    /// </summary>
    Deferred,
    NeedsMore,
    Deflated,
    End,
}

/// <summary>What an element of the walk is.</summary>
internal enum ElementKind : byte
{
    Value,
    Sequence,
    Fragments,
    Item,
    Fragment,
}
