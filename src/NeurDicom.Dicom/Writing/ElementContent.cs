using NeurDicom.Dicom.Text;

namespace NeurDicom.Dicom;

/// <summary>What an element of a <see cref="DicomDataSetBuilder"/> holds until it is written.</summary>
internal abstract record ElementContent(Vr Vr);

/// <summary>Bytes in little endian order, not padded.</summary>
internal sealed record BytesContent(Vr Vr, ReadOnlyMemory<byte> Bytes) : ElementContent(Vr);

/// <summary>Text that is encoded by the character set in force when it is written.</summary>
internal sealed record TextContent(Vr Vr, string Text) : ElementContent(Vr);

/// <summary>Text as a file had it: written byte for byte as long as the character set stays that of the file.</summary>
internal sealed record EncodedTextContent(Vr Vr, ReadOnlyMemory<byte> Bytes, CharacterSet CharacterSet)
    : ElementContent(Vr);

internal sealed record ItemsContent(IReadOnlyList<DicomDataSetBuilder> Items) : ElementContent(Vr.SQ);

/// <summary>Encapsulated pixel data: the basic offset table, then the fragments (PS3.5 A.4).</summary>
internal sealed record FragmentsContent(Vr Vr, IReadOnlyList<ReadOnlyMemory<byte>> Fragments) : ElementContent(Vr);

/// <summary>A value too long to be held: it is opened when it is written.</summary>
internal sealed record StreamContent(Vr Vr, long Length, Func<Stream> Open) : ElementContent(Vr);
