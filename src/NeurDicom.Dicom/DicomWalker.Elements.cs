using System.Buffers.Binary;
using System.Numerics;

namespace NeurDicom.Dicom;

public ref partial struct DicomWalker
{
    // 0: no VR, 1: 16-bit length, 2: 32-bit length after two reserved bytes (PS3.5 7.1.2). The index is five bits of
    // each letter.
    private static readonly byte[] Forms = MakeForms();

    /// <summary>
    /// The next element, or why there is none. After NeedsMore the same step can be tried with more bytes.
    /// </summary>
    internal WalkStep Step()
    {
        while (true)
        {
            if (_phase is not (Phase.DataSet or Phase.Meta))
            {
                if (_phase is not Phase.Start)
                    return _phase is Phase.Deflated ? WalkStep.Deflated : WalkStep.End;
                if (!StartFile())
                    return WalkStep.NeedsMore;
                continue;
            }

            var remaining = _level.End - _position;
            var at = (int)(_position - _shift);
            if (remaining < 8)
            {
                if (_data.Length - at < remaining)
                    return WalkStep.NeedsMore;
                if (_phase is Phase.Meta)
                {
                    EndMeta(_data.Slice(at, (int)remaining), remaining);
                    continue;
                }

                LeaveLevelAtItsEnd(_data.Slice(at, (int)remaining));
                continue;
            }

            if (_data.Length - at < 8)
                return WalkStep.NeedsMore;

            var header = _data[at..];
            var word = BinaryPrimitives.ReadUInt32LittleEndian(header);
            var tag = _level.IsBigEndian
                ? BinaryPrimitives.ReverseEndianness(word)
                : BitOperations.RotateLeft(word, 16);
            if (_phase is Phase.Meta && tag >> 16 != 0x0002)
            {
                if (header.Length < Math.Min(remaining, GuessLength))
                    return WalkStep.NeedsMore;
                EndMeta(header, remaining);
                continue;
            }

            if (tag >> 16 == 0xFFFE)
            {
                var step = ReadDelimiter(new Tag(tag), header, remaining);
                if (step is { } done)
                    return done;
                continue;
            }

            if (_level.Kind is not LevelKind.DataSet)
                throw new DicomFormatException("An item or a delimiter is expected here", _position, new Tag(tag));

            if (tag == 0 && _depth == 0 && _phase is Phase.DataSet && _count > 0)
            {
                var ahead = (int)Math.Min(remaining, LookAhead);
                if (header.Length < ahead)
                    return WalkStep.NeedsMore;
                if (IsPadding(header[..ahead]))
                    continue;
            }

            return ReadElement(new Tag(tag), header, remaining);
        }
    }

    /// <summary>
    /// Goes on with more bytes. They start <paramref name="shift"/> bytes behind the start of the file.
    /// </summary>
    internal void Rebind(ReadOnlySpan<byte> data, long shift)
    {
        _data = data;
        _shift = shift;
    }

    /// <summary>Tells where the file ends, once that is known.</summary>
    internal void SetEnd(long end)
    {
        _end = end;
        Shorten(ref _level, end);
        for (var i = 0; i < _depth; i++)
            Shorten(ref _outer[i], end);
    }

    /// <summary>
    /// The bytes of a deflated data set, inflated, take the place of those after the meta information.
    /// </summary>
    internal void StartInflated()
    {
        _phase = Phase.DataSet;
        _end = long.MaxValue;
        _level.End = long.MaxValue;
    }

    private WalkStep ReadElement(Tag tag, ReadOnlySpan<byte> header, long remaining)
    {
        var isImplicit = _level.IsImplicit;
        var choice = VrChoice.None;
        string? odd = null;
        Vr vr;
        uint length;
        var size = 8;
        if (isImplicit)
        {
            length = ReadUInt32(header[4..]);
            vr = DataDictionary.VrOf(tag, out choice);

            // PS3.5 A.1: where the dictionary says OB or OW, implicit data are words.
            if (choice is VrChoice.ObOrOw)
                (vr, choice) = (Vr.OW, VrChoice.None);
        }
        else
        {
            var letters = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
            vr = (Vr)letters;
            var form = (letters & 0xE0E0) == 0x4040 ? Forms[(letters & 0x1F) | ((letters >> 3) & 0x3E0)] : 0;
            if (form == 1)
            {
                length = ReadUInt16(header[6..]);
            }
            else
            {
                size = 12;
                if (header.Length < 12 && header.Length < remaining)
                    return WalkStep.NeedsMore;
                if (form == 2 && remaining >= 12)
                    length = ReadUInt32(header[8..]);
                else if (form == 2)
                    throw new DicomFormatException("The data end inside an element header", _position, tag);
                else if (header.Length < Math.Min(remaining, LookAhead))
                    return WalkStep.NeedsMore;
                else
                    (vr, choice, length, size, odd) = ReadOddHeader(tag, header, remaining);
            }
        }

        var value = _position + size;
        if (tag.Value >> 16 == 0x7FE0 && _depth == 0 && tag.IsPixelData)
        {
            PixelData ??= new PixelDataElement(tag, vr, _position, value, length);
            if (!_readPixelData)
            {
                CheckPlace(tag);
                _phase = Phase.End;
                return WalkStep.End;
            }
        }

        var kind = ElementKind.Value;
        var next = value;
        var deferred = false;
        if (length == Undefined)
        {
            kind = HasFragments(tag, vr, isImplicit) ? ElementKind.Fragments : ElementKind.Sequence;
        }
        else
        {
            next += length;
            if (next > _level.End)
            {
                throw new DicomFormatException(
                    _level.End == _end
                        ? "The value is longer than the file"
                        : "The value is longer than the item it is in",
                    _position,
                    tag);
            }

            if (vr is Vr.SQ)
            {
                kind = ElementKind.Sequence;
            }
            else
            {
                deferred = length > _largestValue;
                if (!deferred && next - _shift > _data.Length)
                    return WalkStep.NeedsMore;
            }
        }

        // From here on nothing needs more bytes: the step is made.
        if (odd is not null)
            Warn(tag, _position, odd);
        CheckPlace(tag);
        if ((length & 1) != 0 && length != Undefined)
            Warn(tag, _position, "The length of the value is odd");
        if (++_count > _limits.Elements)
            throw new DicomFormatException("There are more elements than the limit allows", _position, tag)
            {
                IsLimit = true,
            };

        _tag = tag;
        _vr = kind is ElementKind.Sequence ? Vr.SQ : vr;
        _choice = choice;
        _kind = kind;
        _length = length;
        _header = _position;
        _value = value;
        _elementDepth = _depth;
        _isMeta = _phase is Phase.Meta;
        _isBigEndian = _level.IsBigEndian;
        _isImplicit = isImplicit;
        if (kind is ElementKind.Value)
        {
            _position = next;
            if (_isMeta && !deferred)
                ReadMetaElement();
            return deferred ? WalkStep.Deferred : WalkStep.Element;
        }

        _position = value;

        // PS3.5 6.2.2: UN of undefined length holds items in Implicit VR Little Endian, whatever is around it.
        var isUnknown = vr is Vr.UN && !isImplicit && kind is ElementKind.Sequence;
        Enter(
            kind is ElementKind.Sequence ? LevelKind.Sequence : LevelKind.Fragments,
            length == Undefined ? _level.End : next,
            length == Undefined,
            isImplicit || isUnknown,
            _level.IsBigEndian && !isUnknown);
        return WalkStep.Element;
    }

    private readonly bool HasFragments(Tag tag, Vr vr, bool isImplicit)
    {
        if (tag.IsPixelData || (!isImplicit && vr is Vr.OB or Vr.OW or Vr.OF or Vr.OD or Vr.OL or Vr.OV))
            return true;
        if (isImplicit || vr is Vr.SQ or Vr.UN)
            return false;

        throw new DicomFormatException("Only sequences and pixel data can have an undefined length", _position, tag);
    }

    private void Enter(LevelKind kind, long end, bool isUndefined, bool isImplicit, bool isBigEndian)
    {
        if (kind is LevelKind.Fragments)
            _fragmentBudget = _largestValue == int.MaxValue ? long.MaxValue : _largestValue;
        else if (kind is LevelKind.Sequence && ++_sequences > Math.Min(_limits.Depth, DicomLimits.MaxDepth))
            throw new DicomFormatException("Sequences are nested deeper than the limit allows", _header, _tag)
            {
                IsLimit = true,
            };

        _outer[_depth++] = _level;
        _level = new Level
        {
            End = end,
            Kind = kind,
            IsUndefined = isUndefined,
            IsImplicit = isImplicit,
            IsBigEndian = isBigEndian,
        };
    }

    private void Leave()
    {
        if (_level.Kind is LevelKind.Sequence)
            _sequences--;
        _level = _outer[--_depth];
    }

    /// <summary>The tags of a data set ascend, and none comes twice (PS3.5 7.1).</summary>
    private void CheckPlace(Tag tag)
    {
        if (tag.Group is 0 or 2 && _phase is Phase.DataSet && _count > 0)
            Warn(tag, _position, "The element belongs to a command or to the file meta information, not to a data set");

        if (tag.Value > _level.LastTag)
            _level.LastTag = tag.Value;
        else if (tag.Value == _level.LastTag && tag.Value != 0)
            Warn(tag, _position, "The element occurs twice");
        else if (tag.Value != 0)
            Warn(tag, _position, "The element is out of order");
    }

    private readonly uint ReadUInt32(ReadOnlySpan<byte> bytes) => _level.IsBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private readonly ushort ReadUInt16(ReadOnlySpan<byte> bytes) => _level.IsBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static void Shorten(ref Level level, long end)
    {
        if (level.End <= end)
            return;
        if (level.End != long.MaxValue && !level.IsUndefined)
            throw new DicomFormatException("A sequence or an item is longer than the file", end);
        level.End = end;
    }

    private static byte[] MakeForms()
    {
        var forms = new byte[1024];
        foreach (var vr in Enum.GetValues<Vr>())
        {
            if (vr is not Vr.None)
                forms[((int)vr & 0x1F) | (((int)vr >> 3) & 0x3E0)] = vr.HasLongForm() ? (byte)2 : (byte)1;
        }

        return forms;
    }
}
