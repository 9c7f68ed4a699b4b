using System.Globalization;

namespace NeurDicom.Imaging;

/// <summary>What raw pixels are sent as.</summary>
internal enum RawFormat
{
    /// <summary>A byte a pixel, the lowest value black and the highest white.</summary>
    Lum8,

    /// <summary>The same in two bytes, low byte first.</summary>
    Lum16,

    /// <summary>Red, green and blue, a byte each.</summary>
    Rgb24,

    /// <summary>The cells as they are stored.</summary>
    Native,

    /// <summary>The stored values as an array of NumPy.</summary>
    Npy,
}

internal static class RawFormats
{
    public const string Words = "LUM_8, LUM_16, RGB_24, native or npy";

    /// <summary>
    /// Reads the value of <c>format=</c>. The original knew LUM_8 and took every other word for the pixels as stored
    /// (golden.md, rule 12); its own word for them was RAW.
    /// </summary>
    public static RawFormat? Parse(string text) => text.ToUpperInvariant() switch
    {
        "LUM_8" => RawFormat.Lum8,
        "LUM_16" => RawFormat.Lum16,
        "RGB_24" => RawFormat.Rgb24,
        "NATIVE" or "RAW" => RawFormat.Native,
        "NPY" => RawFormat.Npy,
        _ => null,
    };
}

/// <summary>Which pixels of an instance are wanted, and how.</summary>
internal sealed record RawRequest
{
    // Changes when the same request gives other bytes.
    private const int Revision = 1;

    /// <summary>Null: LUM_8, and for colours RGB_24, as the original did.</summary>
    public RawFormat? Format { get; init; }

    /// <summary>Counted from 1; null for all.</summary>
    public int? Frame { get; init; }

    /// <summary>Without the lowest and highest value, which take a look at all pixels.</summary>
    public bool HeadOnly { get; init; }

    /// <summary>Same tag, same bytes.</summary>
    public string EntityTag(ReadOnlySpan<byte> sha256)
    {
        var format = Format?.ToString() ?? "standard";
        return string.Create(CultureInfo.InvariantCulture,
            $"\"{Convert.ToHexStringLower(sha256[..16])}-raw{Revision}-{format}-f{Frame}\"");
    }
}
