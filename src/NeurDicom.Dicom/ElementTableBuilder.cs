using System.Buffers;

namespace NeurDicom.Dicom;

/// <summary>Collects what a <see cref="DicomWalker"/> comes by. Dispose it: the records are rented.</summary>
internal struct ElementTableBuilder(DicomLimits limits) : IDisposable
{
    // Enough for most headers; bigger ones grow.
    private const int FirstCapacity = 256;

    // Elements that are looked at in search of private creators, in all: more than any real file needs.
    private const int MostHops = 1 << 20;

    // Values that are said to be sequences and are not, before no more are tried.
    private const int MostFailures = 16;

    private ElementRecord[] _records = ArrayPool<ElementRecord>.Shared.Rent(FirstCapacity);
    private int _count;
    private int _open = -1;
    private int _depth;
    private int _sequencesAbove;
    private int _failures;
    private int _hops;
    private Creator _creator;

    /// <summary>Elements so far.</summary>
    public readonly int Count => _count;

    /// <summary>Adds the element that the walker is at.</summary>
    /// <param name="bytes">The bytes that <paramref name="shift"/> and the walker count in.</param>
    public void Add(in DicomWalker walker, ReadOnlySpan<byte> bytes, long shift, bool isDeferred = false)
    {
        var kind = walker.Kind;
        CloseTo(walker.ElementDepth);
        if (_count == _records.Length)
            Grow();

        var index = _count++;
        ref var record = ref _records[index];
        record.Tag = walker.Tag.Value;
        record.Offset = (int)(walker.ValuePosition - shift);
        record.Length = walker.Length;
        record.Next = index + 1;
        record.Vr = walker.Vr;
        record.Kind = kind;
        record.Traits = (walker.IsBigEndian ? RecordTraits.BigEndian : 0) |
            (isDeferred ? RecordTraits.Deferred : 0) |
            walker.Choice switch
            {
                VrChoice.None => 0,
                VrChoice.UsOrSs => RecordTraits.UsOrSs,
                _ => RecordTraits.UsOrOw,
            };

        if (kind is ElementKind.Value)
        {
            if (walker.Vr is Vr.UN || (walker.IsImplicit && walker.Tag.IsPrivate))
                ResolveUnknown(index, walker.IsImplicit, bytes);
        }
        else if (kind is not ElementKind.Fragment)
        {
            // Until it is closed, a container's Next leads to the container around it.
            record.Next = _open;
            _open = index;
            _depth++;
        }
    }

    /// <summary>Takes the table; the builder is empty thereafter.</summary>
    public ElementTable Finish(ReadOnlyMemory<byte> bytes, List<Hole>? holes = null)
    {
        CloseTo(0);
        return new ElementTable(bytes, _records.AsSpan(0, _count).ToArray(), holes);
    }

    public void Dispose()
    {
        ArrayPool<ElementRecord>.Shared.Return(_records);
        _records = [];
    }

    private void CloseTo(int depth)
    {
        while (_depth > depth)
        {
            ref var container = ref _records[_open];
            (_open, container.Next) = (container.Next, _count);
            _depth--;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<ElementRecord>.Shared.Rent(_records.Length * 2);
        _records.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<ElementRecord>.Shared.Return(_records);
        _records = larger;
    }

    /// <summary>
    /// Gives an element its VR from a dictionary: private ones in Implicit VR, and public ones written as UN,
    /// whose value is encoded in Implicit VR Little Endian (PS3.5 6.2.2 note 2).
    /// </summary>
    private void ResolveUnknown(int index, bool isImplicit, ReadOnlySpan<byte> bytes)
    {
        ref var record = ref _records[index];
        var tag = new Tag(record.Tag);
        if (tag.IsPrivateCreator)
        {
            record.Vr = Vr.LO;
            return;
        }

        // What the writer of an Explicit VR file did not know of a private element is not put in its mouth.
        if (record.Vr is not Vr.UN || (tag.IsPrivate && !isImplicit))
            return;

        var choice = VrChoice.None;
        var vr = tag.IsPrivate ? FindPrivate(tag, bytes) : DataDictionary.VrOf(tag, out choice);
        if (vr is Vr.SQ)
        {
            if ((record.Traits & RecordTraits.Deferred) == 0)
                Expand(index, bytes);
            return;
        }

        if (vr is Vr.UN || (vr.ValueSize() > 1 && record.Length % vr.ValueSize() != 0))
            return;

        if (!isImplicit)
            record.Traits &= ~RecordTraits.BigEndian;
        record.Vr = choice is VrChoice.ObOrOw ? Vr.OW : vr;
        record.Traits |= choice switch
        {
            VrChoice.UsOrSs => RecordTraits.UsOrSs,
            VrChoice.UsOrOw or VrChoice.UsOrSsOrOw => RecordTraits.UsOrOw,
            _ => 0,
        };
    }

    private Vr FindPrivate(Tag tag, ReadOnlySpan<byte> bytes)
    {
        // Elements of one block stand side by side, so the last creator is nearly always the one.
        if (_creator.Container != _open || _creator.Tag != tag.PrivateCreator.Value)
            _creator = new Creator(_open, tag.PrivateCreator.Value, FindSibling(tag.PrivateCreator));
        if (_creator.Record < 0)
            return Vr.UN;

        ref readonly var record = ref _records[_creator.Record];
        return PrivateDictionary.VrOf(bytes.Slice(record.Offset, (int)record.Length), tag);
    }

    private int FindSibling(Tag tag)
    {
        for (var i = _open + 1; i < _count - 1 && ++_hops < MostHops; i = _records[i].Next)
        {
            if (_records[i].Tag == tag.Value)
                return _records[i].Kind is ElementKind.Value && (_records[i].Traits & RecordTraits.Deferred) == 0
                    ? i
                    : -1;
        }

        return -1;
    }

    /// <summary>
    /// Reads the items in a value that the dictionary says is a sequence; where that fails it stays UN.
    /// </summary>
    private void Expand(int index, ReadOnlySpan<byte> bytes)
    {
        // An exception costs more than the element that made it.
        if (_failures == MostFailures)
            return;

        var offset = _records[index].Offset;
        var content = bytes.Slice(offset, (int)_records[index].Length);
        var outer = (Open: _open, Depth: _depth, Count: _count, Sequences: _sequencesAbove);
        try
        {
            _sequencesAbove += _depth / 2;
            var walker = DicomWalker.OverItems(content, limits, _sequencesAbove++);

            // The walker counts depth from this sequence on, so ours is set aside meanwhile.
            (_records[index].Next, _open, _depth) = (_open, index, 1);
            while (walker.Read())
            {
                if (_count >= limits.Elements)
                    throw new DicomFormatException("There are more elements than the limit allows", offset, walker.Tag)
                    {
                        IsLimit = true,
                    };
                Add(walker, bytes, -offset);
            }

            CloseTo(0);
            _records[index].Vr = Vr.SQ;
            _records[index].Kind = ElementKind.Sequence;
        }
        catch (DicomFormatException)
        {
            _failures++;
            (_open, _count) = (outer.Open, outer.Count);
            _creator = default;
            _records[index].Next = index + 1;
        }

        (_depth, _sequencesAbove) = (outer.Depth, outer.Sequences);
    }

    /// <summary>A private creator: the container and the record it is in, -1 where there is none.</summary>
    private readonly record struct Creator(int Container, uint Tag, int Record);
}
