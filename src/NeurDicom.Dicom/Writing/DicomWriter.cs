using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace NeurDicom.Dicom;

/// <summary>
/// Writes DICOM: the head of a Part 10 file (PS3.10 7.1) and data sets in Explicit or Implicit VR Little Endian, with
/// defined lengths (PS3.5 7). It writes forward only, so any stream will do, and holds no value in memory of its own.
/// </summary>
/// <remarks>
/// Encapsulated pixel data is written as it is given. Big endian and deflated data sets are not written.
/// </remarks>
public sealed class DicomWriter : IDisposable
{
    private const int BufferSize = 64 << 10;
    private const int LongestHeader = 12;

    private readonly Stream _output;
    private readonly TransferSyntax _syntax;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _buffered;

    /// <summary>Writes to a stream, which stays the caller's.</summary>
    /// <exception cref="NotSupportedException">The transfer syntax is big endian or deflated.</exception>
    public DicomWriter(Stream output, TransferSyntax syntax)
    {
        if (syntax.IsBigEndian || syntax.IsDeflated)
            throw new NotSupportedException($"Data sets are not written in {syntax}.");
        _output = output;
        _syntax = syntax;
    }

    /// <summary>Who wrote the file: goes into the meta information (PS3.7 D.3.3.2).</summary>
    public static Uid ImplementationClassUid { get; } = Uid.Parse("2.25.147602052689350604457896225077525472610");

    /// <summary>The name that stands beside <see cref="ImplementationClassUid"/>.</summary>
    public static string ImplementationVersionName => "NEURDICOM";

    /// <summary>How many bytes have been written.</summary>
    public long Position { get; private set; }

    internal static DicomReadOptions ReadBack { get; } = new() { ReadPixelData = true };

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(DicomWriter));

    /// <summary>
    /// Writes a Part 10 file: preamble, meta information by SOP Class and Instance UID, and the data set.
    /// </summary>
    /// <exception cref="DicomValueException">A value cannot be written, or the data set has no SOP UIDs.</exception>
    public static void WriteFile(Stream output, DicomDataSetBuilder dataSet, TransferSyntax syntax)
    {
        using var writer = new DicomWriter(output, syntax);
        writer.WriteHead(UidOf(dataSet, Tag.SopClassUid), UidOf(dataSet, Tag.SopInstanceUid));
        writer.Write(dataSet);
        writer.Flush();
    }

    /// <inheritdoc cref="WriteFile"/>
    public static byte[] ToFile(DicomDataSetBuilder dataSet, TransferSyntax syntax)
    {
        var file = new MemoryStream();
        WriteFile(file, dataSet, syntax);
        return file.ToArray();
    }

    /// <summary>Writes the preamble, the prefix and the file meta information (PS3.10 7.1).</summary>
    /// <param name="sopClass">The SOP class of what follows; of a DICOMDIR Media Storage Directory Storage.</param>
    public void WriteHead(Uid sopClass, Uid sopInstance)
    {
        var meta = new MetaElements()
            .Add(Tag.FileMetaInformationVersion, Vr.OB, [0, 1])
            .Add(Tag.MediaStorageSopClassUid, Vr.UI, sopClass.Value)
            .Add(Tag.MediaStorageSopInstanceUid, Vr.UI, sopInstance.Value)
            .Add(Tag.TransferSyntaxUid, Vr.UI, _syntax.Uid.Value)
            .Add(Tag.ImplementationClassUid, Vr.UI, ImplementationClassUid.Value)
            .Add(Tag.ImplementationVersionName, Vr.SH, ImplementationVersionName);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, meta.Bytes.Length);
        var group = new MetaElements().Add(Tag.FileMetaInformationGroupLength, Vr.UL, length);

        WriteBytes(new byte[128]);
        WriteBytes("DICM"u8);
        WriteBytes(group.Bytes);
        WriteBytes(meta.Bytes);
    }

    /// <summary>Writes a data set.</summary>
    /// <exception cref="DicomValueException">A value cannot be written; nothing of the data set has been.</exception>
    /// <exception cref="EndOfStreamException">A streamed value is shorter than was said.</exception>
    public void Write(DicomDataSetBuilder dataSet)
    {
        foreach (var piece in DataSetLayout.Of(dataSet, _syntax).Pieces)
        {
            WriteHeader(piece);
            if (piece.Open is { } open)
                WriteStream(open, piece);
            else if (!piece.Value.IsEmpty)
                WriteValue(piece);
        }
    }

    /// <summary>Hands what is buffered to the stream.</summary>
    public void Flush()
    {
        if (_buffered > 0)
            _output.Write(Buffer, 0, _buffered);
        _buffered = 0;
    }

    /// <summary>Gives the buffer back; what has not been flushed is dropped.</summary>
    public void Dispose()
    {
        // It may have held a patient's data.
        if (_buffer is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        _buffer = null;
    }

    private void WriteHeader(in DataSetLayout.Piece piece)
    {
        Reserve(LongestHeader);
        var header = Buffer.AsSpan(_buffered, LongestHeader);
        BinaryPrimitives.WriteUInt16LittleEndian(header, piece.Tag.Group);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], piece.Tag.Element);
        var size = 8;
        if (piece.Vr == Vr.None)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], piece.Length);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header[4..], (ushort)piece.Vr);
            if (piece.Vr.HasLongForm())
            {
                size = LongestHeader;
                BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 0);
                BinaryPrimitives.WriteUInt32LittleEndian(header[8..], piece.Length);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)piece.Length);
            }
        }

        _buffered += size;
        Position += size;
    }

    private void WriteValue(in DataSetLayout.Piece piece)
    {
        WriteBytes(piece.Value.Span);
        if ((piece.Value.Length & 1) != 0)
            WriteBytes([piece.Padding]);
    }

    private void WriteStream(Func<Stream> open, in DataSetLayout.Piece piece)
    {
        using var value = open();
        for (var left = piece.StreamLength; left > 0;)
        {
            Reserve(1);
            var read = value.Read(Buffer, _buffered, (int)Math.Min(left, BufferSize - _buffered));
            if (read == 0)
                throw new EndOfStreamException($"The value of {piece.Tag} is shorter than was said.");
            _buffered += read;
            Position += read;
            left -= read;
        }

        if ((piece.StreamLength & 1) != 0)
            WriteBytes([piece.Padding]);
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Position += bytes.Length;
        if (bytes.Length <= BufferSize - _buffered)
        {
            bytes.CopyTo(Buffer.AsSpan(_buffered));
            _buffered += bytes.Length;
            return;
        }

        Flush();
        if (bytes.Length >= BufferSize)
        {
            _output.Write(bytes);
            return;
        }

        bytes.CopyTo(Buffer);
        _buffered = bytes.Length;
    }

    private void Reserve(int count)
    {
        if (_buffered + count > BufferSize)
            Flush();
    }

    private static Uid UidOf(DicomDataSetBuilder dataSet, Tag tag) =>
        dataSet.FindUid(tag) ?? throw new DicomValueException(tag, Vr.UI, "A file needs it");

    // Explicit VR Little Endian, whatever the data set is in.
    private sealed class MetaElements
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

        public MetaElements Add(Tag tag, Vr vr, string text) => Add(tag, vr, Encoding.ASCII.GetBytes(text));

        public MetaElements Add(Tag tag, Vr vr, ReadOnlySpan<byte> value)
        {
            Span<byte> header = stackalloc byte[LongestHeader];
            var padded = value.Length + (value.Length & 1);
            BinaryPrimitives.WriteUInt16LittleEndian(header, tag.Group);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], tag.Element);
            BinaryPrimitives.WriteUInt16LittleEndian(header[4..], (ushort)vr);
            BinaryPrimitives.WriteUInt16LittleEndian(header[6..], vr.HasLongForm() ? (ushort)0 : (ushort)padded);
            BinaryPrimitives.WriteInt32LittleEndian(header[8..], padded);
            _bytes.Write(vr.HasLongForm() ? header : header[..8]);
            _bytes.Write(value);
            if (padded > value.Length)
                _bytes.Write([ValueBytes.Padding(vr)]);
            return this;
        }
    }
}
