using System.Globalization;

namespace NeurDicom.Imaging;

/// <summary>How an instance is to be drawn.</summary>
internal sealed record ImageRequest
{
    /// <summary>
    /// The quality of a JPEG where none is asked for.
    /// The original sends 75 (golden.md, rule 13), which shows blocks in smooth tissue; this is what Orthanc sends.
    /// </summary>
    public const int StandardQuality = 90;

    // Changes when the same request gives other bytes, so that what browsers have kept is not taken for them.
    private const int Revision = 2;

    /// <summary>Counted from 1, as the standard does (PS3.3 C.7.6.6.1.2).</summary>
    public int Frame { get; init; } = 1;

    /// <summary>Instead of the file's window or table.</summary>
    public Window? Window { get; init; }

    /// <summary>The frame's own range instead of the file's window or table.</summary>
    public bool IgnoresFileWindow { get; init; }

    /// <summary>The name or number of a window, where none is given itself; see <see cref="WindowPresets"/>.</summary>
    public string? Preset { get; init; }

    /// <summary>
    /// The picture fits into this width and <see cref="Height"/>; without both it has the frame's pixels.
    /// </summary>
    public int? Width { get; init; }

    public int? Height { get; init; }

    public ImageFormat Format { get; init; }

    /// <summary>Of a JPEG, 1 to 100.</summary>
    public int Quality { get; init; } = StandardQuality;

    /// <summary>8, or 16 for a PNG.</summary>
    public int BitDepth { get; init; } = 8;

    /// <summary>The entity tag of the picture of the instance with this hash: same tag, same bytes.</summary>
    public string EntityTag(ReadOnlySpan<byte> sha256)
    {
        var named = Preset is { } name ? $"p={Uri.EscapeDataString(name)}" : "file";
        var voi = IgnoresFileWindow ? "auto" : Window?.ToString() ?? named;
        var size = Width is null && Height is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"-{Width}x{Height}");
        var format = Format == ImageFormat.Png ? $"png{BitDepth}" : $"jpeg{Quality}";
        return string.Create(CultureInfo.InvariantCulture,
            $"\"{Convert.ToHexStringLower(sha256[..16])}-r{Revision}-f{Frame}-{voi}-{format}{size}\"");
    }
}
