using NeurDicom.Dicom;

namespace NeurDicom.Imaging;

/// <summary>What the samples of a pixel stand for.</summary>
internal enum PixelKind
{
    Grey,
    FloatingPoint,
    Rgb,

    /// <summary>Luma and two differences over the whole range of the sample.</summary>
    YbrFull,

    /// <summary>The same in the narrower range of television.</summary>
    YbrPartial,

    Palette,
}

internal static class PixelKinds
{
    /// <summary>
    /// By Photometric Interpretation (0028,0004), PS3.3 C.7.6.3.1.2; null and the reason where none fits.
    /// </summary>
    public static PixelKind? Of(PixelDescription picture, out string problem)
    {
        problem = "";
        var photometric = picture.PhotometricInterpretation;
        if (picture.BitsAllocated > 32 && !picture.IsFloat)
        {
            problem = $"Pixels of {picture.SamplesPerPixel} samples of {picture.BitsAllocated} bits are not drawn.";
            return null;
        }

        PixelKind? kind = (picture.SamplesPerPixel, photometric) switch
        {
            (1, _) when picture.IsFloat => PixelKind.FloatingPoint,
            (1, "" or "MONOCHROME1" or "MONOCHROME2") => PixelKind.Grey,
            (1, "PALETTE COLOR") => PixelKind.Palette,
            (3, _) when picture.IsFloat || picture.BitsAllocated == 1 => null,
            (3, "" or "RGB") => PixelKind.Rgb,
            (3, "YBR_FULL" or "YBR_FULL_422") => PixelKind.YbrFull,
            (3, "YBR_PARTIAL_422") => PixelKind.YbrPartial,
            _ => null,
        };
        if (kind is null)
        {
            problem = $"Pixels of {picture.SamplesPerPixel} samples with the Photometric Interpretation "
                + $"{Printable(photometric)} are not drawn.";
        }

        return kind;
    }

    public static bool IsColour(this PixelKind kind) => kind is not (PixelKind.Grey or PixelKind.FloatingPoint);

    // A code string of the file goes into an answer: at most its sixteen characters,
    // and only those of a code (PS3.5 6.2).
    internal static string Printable(string code) =>
        string.Concat(
            code.Take(16).Where(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '_'));
}
