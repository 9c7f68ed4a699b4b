namespace NeurDicom.Dicom;

/// <summary>The header of Pixel Data, Float Pixel Data or Double Float Pixel Data.</summary>
/// <param name="Position">The byte of the file where the element starts.</param>
/// <param name="ValuePosition">The byte of the file where its value or first fragment starts.</param>
/// <param name="Length">The length it claims; 0xFFFFFFFF where it is encapsulated.</param>
public readonly record struct PixelDataElement(Tag Tag, Vr Vr, long Position, long ValuePosition, uint Length)
{
    /// <summary>Whether the pixels come in fragments (PS3.5 A.4).</summary>
    public bool IsEncapsulated => Length == 0xFFFFFFFF;
}
