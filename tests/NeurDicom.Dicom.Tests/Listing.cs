using System.Security.Cryptography;

namespace NeurDicom.Dicom.Tests;

/// <summary>All that a reader gives, as lines to compare: every element with its place, VR and value.</summary>
internal static class Listing
{
    public static List<string> Of(DicomFile file)
    {
        List<string> lines = [$"{file.TransferSyntax.Uid} {file.Encoding.Uid} {file.PixelData}"];
        Add(file.Meta, "", lines);
        Add(file.DataSet, "", lines);
        lines.AddRange(file.Warnings.Select(warning => warning.ToString()));
        return lines;
    }

    public static List<string> Of(DicomDataSet dataSet)
    {
        List<string> lines = [];
        Add(dataSet, "", lines);
        return lines;
    }

    private static void Add(DicomDataSet dataSet, string path, List<string> lines)
    {
        foreach (var element in dataSet.Elements)
        {
            var place = $"{path}{element.Tag.ToHexString()}";
            lines.Add($"{place} {element.Vr} @{element.ValuePosition} {element.Length} {Hash(element.Value.Span)}");
            foreach (var fragment in element.Fragments)
                lines.Add($"{place} fragment {fragment.Length} {Hash(fragment.Span)}");

            var index = 0;
            foreach (var item in element.Items)
                Add(item, $"{place}[{index++}].", lines);
        }
    }

    private static string Hash(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(SHA256.HashData(value))[..8];
}
