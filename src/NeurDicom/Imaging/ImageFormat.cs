namespace NeurDicom.Imaging;

/// <summary>What a picture is sent as.</summary>
internal enum ImageFormat
{
    Jpeg,
    Png,
}

internal static class ImageFormats
{
    public static string MediaType(this ImageFormat format) => format == ImageFormat.Png ? "image/png" : "image/jpeg";

    /// <summary>Reads the value of <c>format=</c>.</summary>
    public static ImageFormat? Parse(string text) => text.ToUpperInvariant() switch
    {
        "JPEG" or "JPG" or "IMAGE/JPEG" => ImageFormat.Jpeg,
        "PNG" or "IMAGE/PNG" => ImageFormat.Png,
        _ => null,
    };
}
