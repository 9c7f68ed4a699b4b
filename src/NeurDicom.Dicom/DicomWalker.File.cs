using System.Buffers.Binary;
using System.Numerics;

namespace NeurDicom.Dicom;

public ref partial struct DicomWalker
{
    // What is looked at to tell one encoding from another: a few elements.
    private const int GuessLength = 256;

    // PS3.10 7.1: 128 bytes of preamble, then the prefix.
    private const int PrefixPosition = 128;

    /// <summary>Finds out how the file begins. False where more bytes are needed to tell.</summary>
    private bool StartFile()
    {
        if (_data.Length < Math.Min(_end, GuessLength))
            return false;
        if (_end == 0)
            throw new DicomFormatException("The file is empty", 0);

        var guess = Guess(_data, _end);
        if (HasPrefix(_data, PrefixPosition) && (guess is null || IsMetaAt(PrefixPosition + 4)))
        {
            IsPart10 = true;
            _position = PrefixPosition + 4;
            if (_end == _position)
                throw new DicomFormatException("The file ends after the prefix DICM", _position);
        }
        else if (HasPrefix(_data, 0))
        {
            Warn(null, 0, "The preamble is missing before the prefix DICM");
            IsPart10 = true;
            _position = 4;
        }
        else if (guess is null)
        {
            throw new DicomFormatException("This is neither a Part 10 file nor a data set", 0);
        }
        else
        {
            Warn(null, 0, "The file has no preamble and no prefix DICM");
        }

        _phase = Phase.Meta;
        UseMetaEncoding();
        return true;
    }

    /// <summary>
    /// The meta information is in Explicit VR Little Endian (PS3.10 7.1); a few writers leave out the VR.
    /// </summary>
    private void UseMetaEncoding()
    {
        var header = _data[(int)_position..];
        var isMeta = IsMetaAt((int)_position);
        _level.IsImplicit = isMeta && header.Length >= 8 && !IsVr(header[4..]);
        if (_level.IsImplicit)
            Warn(null, _position, "The file meta information has no value representations");
    }

    private void ReadMetaElement()
    {
        // The group length is looked at only to tell that it is wrong: what counts is where group 0002 ends.
        if (_tag == Tag.FileMetaInformationGroupLength && _length == 4)
            _metaEnd = _position + BinaryPrimitives.ReadUInt32LittleEndian(Value);
        else if (_tag == Tag.TransferSyntaxUid)
            DeclaredTransferSyntax = TransferSyntax.Find(Value);
    }

    /// <summary>Goes from the meta information to the data set: which encoding is it really?</summary>
    private void EndMeta(ReadOnlySpan<byte> dataSet, long length)
    {
        if (_metaEnd != 0 && _metaEnd != _position)
            Warn(
                Tag.FileMetaInformationGroupLength, _position,
                "The group length of the file meta information is wrong");

        DataSetPosition = _position;
        _level = new Level { End = _end };
        _phase = Phase.DataSet;
        if (DeclaredTransferSyntax is { } declared)
        {
            if (!declared.IsKnown)
                Warn(
                    Tag.TransferSyntaxUid, _position,
                    "The transfer syntax is not known; Explicit VR Little Endian is assumed");
            UseEncoding(declared);
            if (declared.IsDeflated)
                _phase = Phase.Deflated;
            else if (length >= 8 && Correct(declared, dataSet, length) is { } actual)
                UseOther(actual);
            return;
        }

        if (IsPart10)
            Warn(Tag.TransferSyntaxUid, _position, "The transfer syntax is missing; it is guessed");
        if (length == 0)
            return;

        // A file that says it is Part 10 may begin with anything; a bare data set has been recognised before.
        UseEncoding(Guess(dataSet, length) ?? (dataSet.Length >= 6 && IsVr(dataSet[4..])
            ? TransferSyntax.ExplicitVrLittleEndian
            : TransferSyntax.ImplicitVrLittleEndian));
    }

    private void UseOther(TransferSyntax actual)
    {
        Warn(Tag.TransferSyntaxUid, _position, $"The data set is not in the declared encoding but in {actual.Name}");
        UseEncoding(actual);
    }

    /// <summary>The encoding of a data set that is not in the declared one, else null.</summary>
    private static TransferSyntax? Correct(TransferSyntax declared, ReadOnlySpan<byte> data, long length)
    {
        var little = ReadTag(data, isBigEndian: false);
        var big = ReadTag(data, isBigEndian: true);
        var hasVr = IsVr(data[4..]);
        if (!declared.IsExplicit)
        {
            return hasVr && DataDictionary.VrOf(little) == (Vr)BinaryPrimitives.ReadUInt16LittleEndian(data[4..])
                ? TransferSyntax.ExplicitVrLittleEndian
                : null;
        }

        if (!hasVr)
            return FitsImplicit(data, length) ? TransferSyntax.ImplicitVrLittleEndian : null;

        var (expected, other) = declared.IsBigEndian ? (big, little) : (little, big);
        if (DataDictionary.IsKnown(expected) || !DataDictionary.IsKnown(other) || expected.IsPrivate)
            return null;
        return declared.IsBigEndian ? TransferSyntax.ExplicitVrLittleEndian : TransferSyntax.ExplicitVrBigEndian;
    }

    /// <summary>The encoding of bytes of which nothing is known, null where they are no data set.</summary>
    private static TransferSyntax? Guess(ReadOnlySpan<byte> data, long length)
    {
        if (length < 8)
            return null;

        if (FitsExplicit(data, isBigEndian: false))
            return TransferSyntax.ExplicitVrLittleEndian;
        if (FitsExplicit(data, isBigEndian: true))
            return TransferSyntax.ExplicitVrBigEndian;
        return FitsImplicit(data, length) ? TransferSyntax.ImplicitVrLittleEndian : null;
    }

    private static bool FitsExplicit(ReadOnlySpan<byte> data, bool isBigEndian)
    {
        var tag = ReadTag(data, isBigEndian);
        if (!CanBeFirst(tag) || !IsVr(data[4..]))
            return false;

        var vr = DataDictionary.VrOf(tag, out var choice);
        return choice is not VrChoice.None || vr == (Vr)BinaryPrimitives.ReadUInt16LittleEndian(data[4..]);
    }

    /// <summary>Without VRs a chain of elements is needed: known tags that ascend, each within the data.</summary>
    private static bool FitsImplicit(ReadOnlySpan<byte> data, long length)
    {
        var last = default(Tag);
        long at = 0;
        for (var count = 0; count < 4; count++)
        {
            if (at == length)
                return true;
            if (data.Length - at < 8)
                return count > 0 && at < length;

            var header = data[(int)at..];
            var tag = ReadTag(header, isBigEndian: false);
            if (count == 0 ? !CanBeFirst(tag) : tag <= last || (!tag.IsPrivate && !DataDictionary.IsKnown(tag)))
                return false;

            var size = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (size == Undefined)
                return DataDictionary.VrOf(tag) is Vr.SQ or Vr.UN || tag.IsPixelData;
            at += 8 + size;
            if (at > length)
                return tag.IsPixelData;
            last = tag;
        }

        return true;
    }

    // Not a command (group 0000), which looks like zero bytes; group lengths only where groups are few and low.
    private static bool CanBeFirst(Tag tag) =>
        tag.Group >= 2 && !tag.IsPrivate && tag.Group != 0xFFFE &&
        (tag.IsGroupLength ? tag.Group <= 0x20 : DataDictionary.IsKnown(tag));

    private static Tag ReadTag(ReadOnlySpan<byte> header, bool isBigEndian) => new(isBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(header)
        : BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(header), 16));

    private static bool IsVr(ReadOnlySpan<byte> letters) =>
        ((Vr)BinaryPrimitives.ReadUInt16LittleEndian(letters)).IsKnown();

    private static bool HasPrefix(ReadOnlySpan<byte> data, int at) =>
        data.Length >= at + 4 && data.Slice(at, 4).SequenceEqual("DICM"u8);

    private readonly bool IsMetaAt(int at) => _data.Length >= at + 2 && _data[at] == 2 && _data[at + 1] == 0;
}
