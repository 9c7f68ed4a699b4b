using System.Buffers.Binary;
using NeurDicom.Dicom;

namespace NeurDicom.Store;

/// <summary>
/// Whether pixel data that could not be walked over is all there. What follows its last fragment may be damaged (a
/// lost delimiter, broken padding): that costs nobody a pixel. A fragment that is cut off does.
/// </summary>
internal static class PixelDataEnd
{
    private const uint Item = 0xFFFEE000;
    private const uint Delimiter = 0xFFFEE0DD;

    /// <returns>Whether every byte that the pixel data claims is in the file.</returns>
    public static bool IsWhole(PixelDataElement pixels, Stream file)
    {
        if (!pixels.IsEncapsulated)
            return pixels.ValuePosition + pixels.Length <= file.Length;

        Span<byte> header = stackalloc byte[8];
        var fragments = 0;
        for (file.Position = pixels.ValuePosition; file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length;)
        {
            // Encapsulated syntaxes are little endian (PS3.5 A.4).
            var tag = (uint)BinaryPrimitives.ReadUInt16LittleEndian(header) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(header[2..]);
            if (tag != Item)
                return fragments > 0 || tag == Delimiter;
            var end = file.Position + BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            if (end > file.Length)
                return false;
            file.Position = end;
            fragments++;
        }

        return fragments > 0;
    }
}
