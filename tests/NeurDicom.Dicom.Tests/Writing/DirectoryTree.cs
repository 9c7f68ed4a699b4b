using System.Buffers.Binary;

namespace NeurDicom.Dicom.Tests.Writing;

/// <summary>A DICOMDIR read by following its offsets, as PS3.3 F.2.2 has it.</summary>
internal sealed class DirectoryTree
{
    private readonly Dictionary<long, DicomDataSet> _byOffset = [];

    public DirectoryTree(byte[] bytes)
    {
        File = DicomFile.Read(bytes);
        foreach (var item in File.DataSet.GetSequence(Tag.DirectoryRecordSequence))
        {
            // The item starts eight bytes before its first element, whose value comes eight bytes behind that.
            item.TryGet(Tag.OffsetOfTheNextDirectoryRecord, out var first);
            var start = first.ValuePosition - 16;
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan((int)start)) != 0xE000FFFE)
                throw new InvalidDataException("No item starts there.");
            _byOffset[start] = item;
        }

        FirstRoot = File.DataSet.GetInt64(Tag.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity)!.Value;
        LastRoot = File.DataSet.GetInt64(Tag.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity)!.Value;
        Follow(FirstRoot, 0);
        if (Records.Count != _byOffset.Count)
            throw new InvalidDataException("There are records that nothing refers to.");
    }

    public DicomFile File { get; }

    public long FirstRoot { get; }

    public long LastRoot { get; }

    /// <summary>In the order of the tree.</summary>
    public List<(long Offset, int Level, DicomDataSet Item)> Records { get; } = [];

    /// <summary>One line a record, indented by its level.</summary>
    public IEnumerable<string> Tree => Records.Select(record => new string(' ', record.Level) + Name(record.Item));

    public long OffsetOf(string name) => Records.Single(record => Name(record.Item) == name).Offset;

    private static string Name(DicomDataSet item)
    {
        var type = item.GetString(Tag.DirectoryRecordType);
        var key = type switch
        {
            "PATIENT" => Tag.PatientID,
            "STUDY" => Tag.StudyInstanceUid,
            "SERIES" => Tag.SeriesInstanceUid,
            _ => Tag.ReferencedFileID,
        };
        return $"{type} {item.GetString(key)}";
    }

    private void Follow(long offset, int level)
    {
        while (offset != 0)
        {
            var item = _byOffset[offset];
            Records.Add((offset, level, item));
            if (Records.Count > _byOffset.Count)
                throw new InvalidDataException("The records go round in a circle.");
            Follow(item.GetInt64(Tag.OffsetOfReferencedLowerLevelDirectoryEntity)!.Value, level + 1);
            offset = item.GetInt64(Tag.OffsetOfTheNextDirectoryRecord)!.Value;
        }
    }
}
