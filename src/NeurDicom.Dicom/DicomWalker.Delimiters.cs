namespace NeurDicom.Dicom;

public ref partial struct DicomWalker
{
    private const uint Item = 0xFFFEE000;
    private const uint ItemDelimiter = 0xFFFEE00D;
    private const uint SequenceDelimiter = 0xFFFEE0DD;

    /// <summary>Items and delimiters (PS3.5 7.5). Null where the walk goes on behind a delimiter.</summary>
    private WalkStep? ReadDelimiter(Tag tag, ReadOnlySpan<byte> header, long remaining)
    {
        switch (tag.Value)
        {
            case Item when _level.Kind is LevelKind.Sequence:
                return ReadItem(tag, ReadUInt32(header[4..]), remaining);
            case Item when _level.Kind is LevelKind.Fragments:
                return ReadFragment(tag, ReadUInt32(header[4..]), remaining);
            case Item or SequenceDelimiter when _level.Kind is LevelKind.DataSet && _depth > 0 && _level.IsUndefined:
                Warn(tag, _position, "An item delimitation item is missing before this");
                Leave();
                return null;
            case ItemDelimiter when _level.Kind is LevelKind.DataSet && _depth > 0 && _level.IsUndefined:
            case SequenceDelimiter when _level.Kind is not LevelKind.DataSet && _level.IsUndefined:
                if (ReadUInt32(header[4..]) != 0)
                    Warn(tag, _position, "The delimiter has a length");
                Leave();
                _position += 8;
                return null;
            case ItemDelimiter or SequenceDelimiter:
                Warn(tag, _position, "The delimiter ends nothing");
                _position += 8;
                if (++_count > _limits.Elements)
                    throw new DicomFormatException("There are more elements than the limit allows", _position, tag)
                    {
                        IsLimit = true,
                    };
                return null;
            case Item:
                throw new DicomFormatException("An item stands outside of a sequence", _position, tag);
            default:
                throw new DicomFormatException("The delimiter is not one of the standard", _position, tag);
        }
    }

    private WalkStep ReadItem(Tag tag, uint length, long remaining)
    {
        if (length != Undefined && length > remaining - 8)
        {
            // Somebody took elements out of the last item of the file and left its length: the elements tell whether
            // they are all there.
            if (_level.IsUndefined || _level.End != _end)
                throw new DicomFormatException("The item is longer than what it is in", _position, tag);
            Warn(tag, _position, "The item is longer than the file");
            length = (uint)(remaining - 8);
        }

        SetItem(tag, length, ElementKind.Item);
        _position += 8;
        Enter(
            LevelKind.DataSet,
            length == Undefined ? _level.End : _position + length,
            length == Undefined,
            _level.IsImplicit,
            _level.IsBigEndian);
        return WalkStep.Element;
    }

    private WalkStep ReadFragment(Tag tag, uint length, long remaining)
    {
        if (length > remaining - 8)
            throw new DicomFormatException("The fragment is longer than the file", _position, tag);

        // A film of small fragments is as long as one of large ones: together they are kept up to the longest value.
        var deferred = length > _fragmentBudget;
        var next = _position + 8 + length;
        if (!deferred && next - _shift > _data.Length)
            return WalkStep.NeedsMore;

        _fragmentBudget -= deferred ? 0 : length;
        SetItem(tag, length, ElementKind.Fragment);
        _position = next;
        return deferred ? WalkStep.Deferred : WalkStep.Element;
    }

    private void SetItem(Tag tag, uint length, ElementKind kind)
    {
        if (++_count > _limits.Elements)
            throw new DicomFormatException("There are more elements than the limit allows", _position, tag)
            {
                IsLimit = true,
            };

        _tag = tag;
        _vr = Vr.None;
        _choice = VrChoice.None;
        _kind = kind;
        _length = length;
        _header = _position;
        _value = _position + 8;
        _elementDepth = _depth;
        _isMeta = false;
        _isBigEndian = _level.IsBigEndian;
        _isImplicit = _level.IsImplicit;
    }

    private void LeaveLevelAtItsEnd(ReadOnlySpan<byte> rest)
    {
        if (_depth == 0)
        {
            // One writer pads a file to an even length, another to a block.
            if (rest.ContainsAnyExcept((byte)0))
                throw new DicomFormatException("The data end inside an element header", _position);
            if (rest.Length > 0)
                Warn(null, _position, "Zero bytes follow the data set");
            _phase = Phase.End;
            return;
        }

        if (rest.Length > 0)
            throw new DicomFormatException("A sequence or an item ends inside an element header", _position);

        if (_level.IsUndefined)
        {
            if (_level.Kind is LevelKind.DataSet && _level.End == _end)
                throw new DicomFormatException("The data end inside an item", _position);
            Warn(null, _position, _level.Kind is LevelKind.DataSet
                ? "An item delimitation item is missing"
                : "A sequence delimitation item is missing");
        }

        Leave();
    }

    /// <summary>Zero bytes up to the end, or for as far as is looked, are padding and no element (0000,0000).</summary>
    private bool IsPadding(ReadOnlySpan<byte> rest)
    {
        if (rest.ContainsAnyExcept((byte)0))
            return false;

        Warn(null, _position, "Zero bytes follow the data set");
        _phase = Phase.End;
        return true;
    }
}
