using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;

namespace NeurDicom.Dicom;

/// <summary>
/// Writes a DICOMDIR: the Media Storage Directory of a file-set (PS3.3 Annex F, PS3.10 8). Files are added patient by
/// patient, study by study, series by series; their records are written as they come,
/// so a file-set of any size takes no memory. Text is written in UTF-8 where it is not ASCII, whatever the files use.
/// </summary>
public sealed class DicomDirectoryWriter : IDisposable
{
    private const string FileSetIdentifier = "NEURDICOM";

    // Where in a record, its item header included, the values of (0004,1400) and (0004,1420) lie.
    private const int NextOffset = 16;
    private const int LowerOffset = 38;

    private static readonly Uid SopClass = Uid.Parse("1.2.840.10008.1.3.10");
    private static readonly SearchValues<char> IdentifierCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private readonly Stream _output;
    private readonly long _rootOffset;
    private readonly long _sequenceLengthOffset;
    private readonly long[] _last = new long[4];
    private readonly int[] _count = new int[4];
    private int _open;
    private long _firstRoot;
    private byte[]? _pending;
    private long _position;
    private bool _isFinished;

    /// <summary>Writes to a stream from its start; it has to be seekable and stays the caller's.</summary>
    /// <param name="instance">The UID of this file-set.</param>
    public DicomDirectoryWriter(Stream output, Uid instance)
    {
        if (!output.CanSeek)
            throw new ArgumentException(
                "Records refer to later ones, so the stream has to be seekable.", nameof(output));
        _output = output;
        using var writer = new DicomWriter(output, TransferSyntax.ExplicitVrLittleEndian);
        writer.WriteHead(SopClass, instance);
        var head = new DicomDataSetBuilder()
            .Set(Tag.FileSetID, FileSetIdentifier)
            .Set(Tag.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, 0)
            .Set(Tag.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity, 0)
            .Set(Tag.FileSetConsistencyFlag, 0)
            .SetSequence(Tag.DirectoryRecordSequence);
        writer.Write(head);
        writer.Flush();
        _rootOffset = writer.Position - 12 - 10 - 12 - 12;
        _sequenceLengthOffset = writer.Position - 4;
        _position = writer.Position;
    }

    /// <summary>Files that were added.</summary>
    public int Files { get; private set; }

    /// <summary>The files that follow are of another patient.</summary>
    public void StartPatient() => _open = 0;

    /// <summary>The files that follow are of another study of the same patient.</summary>
    public void StartStudy() => _open = Math.Min(_open, 1);

    /// <summary>The files that follow are of another series of the same study.</summary>
    public void StartSeries() => _open = Math.Min(_open, 2);

    /// <summary>
    /// Adds a file. False where a DICOMDIR cannot refer to it:
    /// it has no meta information or no UIDs (PS3.10 7 and 8.5).
    /// </summary>
    /// <param name="fileId">
    /// The path of the file, one to eight names of one to eight characters of A to Z, 0 to 9 and _.
    /// </param>
    /// <exception cref="ArgumentException">The file id is not allowed (PS3.10 8.2 and 8.5).</exception>
    public bool Add(IReadOnlyList<string> fileId, DicomFile file)
    {
        CheckIdentifier(fileId);
        var dataSet = file.DataSet;
        if (!file.IsPart10
            || file.Meta.GetUid(Tag.TransferSyntaxUid) is not { } syntax
            || dataSet.GetUid(Tag.SopClassUid) is not { } sopClass
            || dataSet.GetUid(Tag.SopInstanceUid) is not { } sopInstance)
        {
            return false;
        }

        for (; _open < 3; _open++)
            AddRecord(_open, UpperType(_open), dataSet, null);
        AddRecord(3, DirectoryRecordType.Of(sopClass), dataSet, record => record
            .Set(Tag.ReferencedFileID, [.. fileId])
            .Set(Tag.ReferencedSopClassUidInFile, sopClass)
            .Set(Tag.ReferencedSopInstanceUidInFile, sopInstance)
            .Set(Tag.ReferencedTransferSyntaxUidInFile, syntax));
        Files++;
        return true;
    }

    /// <summary>Writes what is outstanding. The stream then holds the whole file.</summary>
    public void Finish()
    {
        if (_isFinished)
            return;
        WritePending();
        var end = _position;
        Patch(_sequenceLengthOffset, end - _sequenceLengthOffset - 4);
        Patch(_rootOffset + 8, _firstRoot);
        Patch(_rootOffset + 20, _last[0]);
        _output.Position = end;
        _output.Flush();
        _isFinished = true;
    }

    /// <summary>Ends the writing, finished or not.</summary>
    public void Dispose() => _isFinished = true;

    private static DirectoryRecordType UpperType(int level) => level switch
    {
        0 => DirectoryRecordType.Patient,
        1 => DirectoryRecordType.Study,
        _ => DirectoryRecordType.Series,
    };

    private void AddRecord(
        int level, DirectoryRecordType type, DicomDataSet file, Action<DicomDataSetBuilder>? refer)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        var bytes = MakeRecord(level, type, file, refer);
        var position = _position + (_pending?.Length ?? 0);
        if (position + bytes.Length > uint.MaxValue)
            throw new InvalidOperationException("A DICOMDIR cannot be larger than 4 GiB.");

        if (_last[level] != 0)
            Link(_last[level] + NextOffset, position);
        else if (level == 0)
            _firstRoot = position;
        else
            Link(_last[level - 1] + LowerOffset, position);

        WritePending();
        _pending = bytes;
        _last[level] = position;
        _last.AsSpan(level + 1).Clear();
        _count.AsSpan(level + 1).Clear();
    }

    private byte[] MakeRecord(
        int level, DirectoryRecordType type, DicomDataSet file, Action<DicomDataSetBuilder>? refer)
    {
        var number = ((string[])["PA", "ST", "SE", "IM"])[level]
            + (++_count[level]).ToString("D6", CultureInfo.InvariantCulture);
        var record = new DicomDataSetBuilder()
            .Set(Tag.OffsetOfTheNextDirectoryRecord, 0)
            .Set(Tag.RecordInUseFlag, 0xFFFF)
            .Set(Tag.OffsetOfReferencedLowerLevelDirectoryEntity, 0)
            .Set(Tag.DirectoryRecordType, type.Name);
        refer?.Invoke(record);
        DirectoryKeys.Copy(file, type, number, record);
        if (!record.IsAscii)
            record.Set(Tag.SpecificCharacterSet, "ISO_IR 192");

        var bytes = new MemoryStream();
        bytes.Write(new byte[8]);
        using var writer = new DicomWriter(bytes, TransferSyntax.ExplicitVrLittleEndian);
        writer.Write(record);
        writer.Flush();
        var item = bytes.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(item, Tag.Item.Group);
        BinaryPrimitives.WriteUInt16LittleEndian(item.AsSpan(2), Tag.Item.Element);
        BinaryPrimitives.WriteInt32LittleEndian(item.AsSpan(4), item.Length - 8);
        return item;
    }

    // Nearly always the record before this one, which is not written yet.
    private void Link(long from, long to)
    {
        if (_pending is { } pending && from >= _position)
            BinaryPrimitives.WriteUInt32LittleEndian(pending.AsSpan((int)(from - _position)), (uint)to);
        else
            Patch(from, to);
    }

    private void WritePending()
    {
        if (_pending is not { } pending)
            return;
        if (_output.Position != _position)
            _output.Position = _position;
        _output.Write(pending);
        _position += pending.Length;
        _pending = null;
    }

    private void Patch(long offset, long value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, checked((uint)value));
        _output.Position = offset;
        _output.Write(bytes);
    }

    private static void CheckIdentifier(IReadOnlyList<string> fileId)
    {
        var isRight = fileId.Count is >= 1 and <= 8 && fileId.All(
            name => name.Length is >= 1 and <= 8 && !name.AsSpan().ContainsAnyExcept(IdentifierCharacters));
        if (!isRight)
            throw new ArgumentException(
                "A file id is up to eight names of up to eight of A-Z, 0-9 and _.", nameof(fileId));
    }
}
