using System.Runtime.InteropServices;

namespace NeurDicom.Dicom;

/// <summary>A DICOM file that was read: meta information, data set, and where the pixels are (PS3.10 7).</summary>
public sealed class DicomFile
{
    private DicomFile(in DicomWalker walker, ElementTable table, int metaCount)
    {
        Meta = new DicomDataSet(table, 0, metaCount, parent: null);
        DataSet = new DicomDataSet(table, metaCount, table.Records.Length, parent: null);
        TransferSyntax = walker.DeclaredTransferSyntax ?? walker.TransferSyntax;
        Encoding = walker.TransferSyntax;
        IsPart10 = walker.IsPart10;
        DataSetPosition = walker.DataSetPosition;
        PixelData = walker.PixelData;
        Warnings = walker.Warnings;
    }

    /// <summary>The file meta information, group 0002; empty where there is none.</summary>
    public DicomDataSet Meta { get; }

    /// <summary>The data set, up to the pixels unless they were asked for.</summary>
    public DicomDataSet DataSet { get; }

    /// <summary>The transfer syntax that the file declares; where it declares none, the one that was guessed.</summary>
    public TransferSyntax TransferSyntax { get; }

    /// <summary>
    /// How the data set is really encoded. It differs from <see cref="TransferSyntax"/> where that is wrong,
    /// and a warning says so.
    /// </summary>
    public TransferSyntax Encoding { get; }

    /// <summary>Whether the file starts with the preamble and prefix of Part 10, or at least the prefix.</summary>
    public bool IsPart10 { get; }

    /// <summary>The byte where the data set starts.</summary>
    public long DataSetPosition { get; }

    /// <summary>The header of the pixel data, null where the file has none.</summary>
    public PixelDataElement? PixelData { get; }

    /// <summary>The byte where the pixel data element starts, null where the file has none.</summary>
    public long? PixelDataPosition => PixelData?.Position;

    /// <summary>What was not as the standard asks and was read all the same.</summary>
    public IReadOnlyList<DicomWarning> Warnings { get; }

    /// <summary>Reads a file that is in memory. The data set keeps the memory, and shows it.</summary>
    /// <exception cref="DicomFormatException">It is no DICOM, or broken.</exception>
    public static DicomFile Read(ReadOnlyMemory<byte> bytes, DicomReadOptions? options = null)
    {
        options ??= DicomReadOptions.Default;
        var span = bytes.Span;
        var walker = new DicomWalker(span, options);
        using var builder = new ElementTableBuilder(options.Limits);
        var metaCount = 0;
        while (walker.Read())
        {
            builder.Add(walker, span, 0);
            if (walker.IsMeta)
                metaCount = builder.Count;
        }

        if (!walker.IsDeflated)
            return new DicomFile(walker, builder.Finish(bytes), metaCount);

        var array = MemoryMarshal.TryGetArray(bytes, out var segment)
            ? segment
            : new ArraySegment<byte>(bytes.ToArray());
        return Read(new MemoryStream(array.Array!, array.Offset, array.Count, writable: false), options);
    }

    /// <summary>
    /// Reads a file from where the stream is, no further than needed. Long values are passed over
    /// (<see cref="DicomReadOptions.LargestValue"/>), by seeking where the stream can. What is kept is a copy.
    /// </summary>
    /// <exception cref="DicomFormatException">It is no DICOM, or broken.</exception>
    public static DicomFile Read(Stream stream, DicomReadOptions? options = null) =>
        Read(stream, options, keepsDamaged: false, out _);

    /// <summary>
    /// As <see cref="Read(Stream, DicomReadOptions?)"/>; of a broken file, what comes before the damage.
    /// </summary>
    /// <param name="stream">The file.</param>
    /// <param name="damage">What is wrong, null where nothing is.</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="DicomFormatException">Not even one element could be read.</exception>
    public static DicomFile ReadAsFarAsPossible(
        Stream stream, out DicomFormatException? damage, DicomReadOptions? options = null) =>
        Read(stream, options, keepsDamaged: true, out damage);

    private static DicomFile Read(
        Stream stream, DicomReadOptions? options, bool keepsDamaged, out DicomFormatException? damage)
    {
        options ??= DicomReadOptions.Default;
        using var window = new FileWindow(stream, options.Limits);
        var walker = new DicomWalker(window.Bytes, options, window.End, options.LargestValue);
        using var builder = new ElementTableBuilder(options.Limits);
        var metaCount = 0;
        damage = null;
        try
        {
            while (true)
            {
                switch (walker.Step())
                {
                    case WalkStep.Element:
                        builder.Add(walker, window.Bytes, window.Shift);
                        break;
                    case WalkStep.Deferred:
                        builder.Add(walker, window.Bytes, window.Shift, isDeferred: true);
                        window.PassOver(walker.ValuePosition, walker.Length);
                        walker.Rebind(window.Bytes, window.Shift);
                        break;
                    case WalkStep.NeedsMore:
                        if (!window.Fill())
                            walker.SetEnd(window.End);
                        walker.Rebind(window.Bytes, window.Shift);
                        break;
                    case WalkStep.Deflated:
                        window.Inflate(walker.DataSetPosition);
                        walker.StartInflated();
                        walker.Rebind(window.Bytes, window.Shift);
                        break;
                    default:
                        return new DicomFile(
                            walker, builder.Finish(window.Keep(walker.NextPosition), window.Holes), metaCount);
                }

                if (walker.IsMeta)
                    metaCount = builder.Count;
            }
        }
        catch (DicomFormatException e) when (keepsDamaged && builder.Count > 0)
        {
            damage = e;
            return new DicomFile(walker, builder.Finish(window.Keep(long.MaxValue), window.Holes), metaCount);
        }
    }
}
