using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>
/// The one place where the frames of a file are opened, for pictures, raw pixels and volumes alike: whoever decodes
/// compressed pixels decodes them here.
/// </summary>
internal static class FrameSource
{
    // Lookup tables have up to 128 KiB.
    internal static readonly DicomReadOptions ReadOptions = new() { LargestValue = 256 << 10 };

    /// <summary>Null, with a sentence for the client, where the frames cannot be had.</summary>
    public static NativeFrames? TryOpen(DicomFile file, Stream bytes, out string problem)
    {
        if (file.PixelData is not { } pixelData)
        {
            problem = "The instance holds no pixel data.";
            return null;
        }

        if (file.TransferSyntax.IsEncapsulated || pixelData.IsEncapsulated)
        {
            var syntax = file.TransferSyntax;
            problem =
                $"The pixels are compressed ({syntax.Name}, {syntax.Uid}), and compressed pixels are not decoded yet.";
            return null;
        }

        return NativeFrames.TryOpen(file, bytes, out problem);
    }
}
