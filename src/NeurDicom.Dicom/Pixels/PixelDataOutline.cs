using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace NeurDicom.Dicom;

/// <summary>Whether pixel data is all there.</summary>
public enum PixelDataState
{
    /// <summary>It is.</summary>
    Complete,

    /// <summary>
    /// There are fragments, but the file ends or something else comes without the sequence delimitation item.
    /// </summary>
    NotDelimited,

    /// <summary>The value or a fragment is longer than what is left of the file.</summary>
    Truncated,

    /// <summary>Something other than a fragment is where the first fragment should be.</summary>
    NotFragments,
}

/// <summary>
/// The structure of a file's pixel data, found without reading it: native pixels are measured,
/// fragments are walked over (PS3.5 A.4).
/// </summary>
/// <param name="State">Whether it is all there.</param>
/// <param name="Fragments">Fragments, the offset table not counted; 0 for native pixels.</param>
/// <param name="Bytes">
/// Bytes of the value that are there; of all fragments together, the offset table not counted.
/// </param>
/// <param name="EndPosition">The byte of the file behind the element, as far as it goes.</param>
public sealed record PixelDataOutline(PixelDataState State, int Fragments, long Bytes, long EndPosition)
{
    private const uint Item = 0xFFFEE000;
    private const uint SequenceDelimiter = 0xFFFEE0DD;

    /// <summary>Looks at the pixel data of a file that was read from a stream.</summary>
    /// <param name="stream">Seekable; the file starts at 0.</param>
    /// <returns>Null where the file has no pixel data.</returns>
    /// <exception cref="DicomFormatException">A deflated file cannot be inflated, or a limit is exceeded.</exception>
    public static PixelDataOutline? Read(Stream stream, DicomFile file, DicomLimits? limits = null)
    {
        if (file.PixelData is not { } element)
            return null;

        limits ??= DicomLimits.Default;
        if (file.Encoding.IsDeflated)
            return ReadDeflated(stream, file, element, limits);

        var length = stream.Length;
        if (!element.IsEncapsulated)
            return Native(element, length - element.ValuePosition);

        return Walk(element, length, file.Encoding.IsBigEndian, limits, (position, header) =>
        {
            stream.Position = position;
            stream.ReadExactly(header);
        });
    }

    /// <summary>Looks at the pixel data of a file in memory.</summary>
    /// <inheritdoc cref="Read(Stream, DicomFile, DicomLimits)"/>
    public static PixelDataOutline? Read(ReadOnlyMemory<byte> bytes, DicomFile file, DicomLimits? limits = null)
    {
        if (file.PixelData is not { } element)
            return null;

        limits ??= DicomLimits.Default;
        if (file.Encoding.IsDeflated)
            return ReadDeflated(new MemoryStream(bytes.ToArray()), file, element, limits);
        if (!element.IsEncapsulated)
            return Native(element, bytes.Length - element.ValuePosition);
        return Walk(
            element,
            bytes.Length,
            file.Encoding.IsBigEndian,
            limits,
            (position, header) => bytes.Span.Slice((int)position, header.Length).CopyTo(header));
    }

    private static PixelDataOutline Native(PixelDataElement element, long available)
    {
        var present = Math.Min(available, element.Length);
        return new PixelDataOutline(
            present < element.Length ? PixelDataState.Truncated : PixelDataState.Complete,
            0,
            present,
            element.ValuePosition + present);
    }

    private static PixelDataOutline Walk(
        PixelDataElement element,
        long length,
        bool isBigEndian,
        DicomLimits limits,
        ReadHeader read)
    {
        var position = element.ValuePosition;
        var items = 0;
        long bytes = 0;
        Span<byte> header = stackalloc byte[8];
        while (length - position >= 8)
        {
            read(position, header);
            var tag = isBigEndian
                ? BinaryPrimitives.ReadUInt32BigEndian(header)
                : BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(header), 16);
            var size = isBigEndian
                ? BinaryPrimitives.ReadUInt32BigEndian(header[4..])
                : BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (tag == SequenceDelimiter)
                return Make(PixelDataState.Complete, position + 8);
            if (tag != Item || size == uint.MaxValue)
                return Make(items == 0 ? PixelDataState.NotFragments : PixelDataState.NotDelimited, position);
            if (size > length - position - 8)
                return Make(PixelDataState.Truncated, length);
            if (++items > limits.Elements)
                throw new DicomFormatException("There are more fragments than the limit allows", position, element.Tag)
                {
                    IsLimit = true,
                };

            if (items > 1)
                bytes += size;
            position += 8 + size;
        }

        return Make(items == 0 ? PixelDataState.Truncated : PixelDataState.NotDelimited, position);

        PixelDataOutline Make(PixelDataState state, long end) => new(state, Math.Max(items - 1, 0), bytes, end);
    }

    private static PixelDataOutline ReadDeflated(
        Stream stream, DicomFile file, PixelDataElement element, DicomLimits limits)
    {
        stream.Position = file.DataSetPosition;
        using var inflated = new InflatingStream([], stream, file.DataSetPosition, limits);
        var before = element.ValuePosition - file.DataSetPosition;
        var wanted = element.IsEncapsulated ? long.MaxValue : before + element.Length;
        var scratch = ArrayPool<byte>.Shared.Rent(64 << 10);
        long total = 0;
        int count;
        do
        {
            count = inflated.Read(scratch.AsSpan(0, (int)Math.Min(scratch.Length, wanted - total)));
            total += count;
        }
        while (count > 0 && total < wanted);
        ArrayPool<byte>.Shared.Return(scratch);

        // Fragments in a deflated data set are allowed by nothing; that much is said.
        return element.IsEncapsulated
            ? new PixelDataOutline(PixelDataState.NotFragments, 0, 0, element.ValuePosition)
            : Native(element, Math.Max(total - before, 0));
    }

    private delegate void ReadHeader(long position, Span<byte> header);
}
