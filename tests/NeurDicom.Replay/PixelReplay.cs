using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace NeurDicom.Replay;

/// <summary>What became of one row of pixels.csv.</summary>
/// <param name="Problems">What is neither the original's nor what golden.md asks for; empty where all is well.</param>
/// <param name="IsLum8Kept">Whether LUM_8 has the original's bytes; bug 28 of golden.md changes it otherwise.</param>
internal sealed record PixelFinding(RecordedPixels Recorded, bool IsLum8Kept, IReadOnlyList<string> Problems);

/// <summary>
/// Holds the pixels of the hundred instances against pixels.csv: the stored ones must be the same bytes, LUM_8 must be the
/// original's or what bug 28 of golden.md asks for, and the picture a JPEG of the right size.
/// </summary>
internal static class PixelReplay
{
    public static async Task<IReadOnlyList<PixelFinding>> RunAsync(
        HttpClient http, IReadOnlyList<RecordedPixels> rows, CancellationToken cancel)
    {
        var findings = new List<PixelFinding>();
        foreach (var row in rows)
            findings.Add(await CheckAsync(http, row, cancel));
        return findings;
    }

    private static async Task<PixelFinding> CheckAsync(HttpClient http, RecordedPixels row, CancellationToken cancel)
    {
        var problems = new List<string>();
        var instance = string.Create(CultureInfo.InvariantCulture, $"/api/instances/{row.Id}");
        var stored = await GetAsync("/raw?format=RAW");
        if (Hash(stored) != row.PixelDataHash)
            problems.Add("raw?format=RAW has other bytes");

        var lum8 = await GetAsync("/raw?format=LUM_8");
        var isKept = Hash(lum8) == row.Lum8Hash;
        var better = Probe.Scale(Probe.Numbers(stored, 16, isSigned: true));
        if (!isKept && !lum8.AsSpan().SequenceEqual(better))
            problems.Add($"LUM_8 is not (v − min) · 255 / (max − min): {Describe(lum8, better)}");

        var picture = await GetAsync("/image");
        if (JpegSize(picture) != (row.Columns, row.Rows))
            problems.Add($"the picture is {JpegSize(picture)}, not {(row.Columns, row.Rows)}");
        return new PixelFinding(row, isKept, problems);

        async Task<byte[]> GetAsync(string view)
        {
            using var response = await http.GetAsync(new Uri(instance + view, UriKind.Relative), cancel);
            if (response.StatusCode == HttpStatusCode.OK)
                return await response.Content.ReadAsByteArrayAsync(cancel);
            problems.Add($"{view} answers {(int)response.StatusCode}");
            return [];
        }
    }

    // The frame header has the size (ITU-T T.81 B.2.2).
    public static (int Columns, int Rows) JpegSize(byte[] jpeg)
    {
        for (var at = 2; at + 9 < jpeg.Length && jpeg[at] == 0xFF; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2)))
        {
            if (jpeg[at + 1] is >= 0xC0 and <= 0xC2)
                return (BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 7)), BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 5)));
        }

        return default;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Describe(byte[] now, byte[] better) =>
        now.Length != better.Length
            ? $"{now.Length} bytes instead of {better.Length}"
            : $"{now.Zip(better).Count(pair => pair.First != pair.Second)} of {now.Length} bytes, by up to {now.Zip(better).Max(pair => Math.Abs(pair.First - pair.Second))}";
}
