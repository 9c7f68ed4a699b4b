using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NeurDicom.Dicom;
using NeurDicom.Imaging;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Imaging;

/// <summary>What independent readers made of the samples: the rows of <c>golden-derived.tsv</c> in native syntaxes.</summary>
public sealed class GoldenDerivedTests
{
    [Fact]
    public void Palettes_give_the_colours_that_pydicom_gave()
    {
        var compared = 0;
        foreach (var row in Rows("palette to RGB"))
        {
            if (Open(row.Path) is not { } image)
                continue;
            var palette = Palette.TryRead(image.File.DataSet, image.Layout.Signed, out var problem).ShouldNotBeNull(problem);
            var colours = new ushort[3 * image.Values.Length];
            for (var index = 0; index < image.Values.Length; index++)
            {
                var entry = Math.Clamp(image.Values[index] - palette.First, 0, palette.Red.Length - 1);
                (colours[3 * index], colours[3 * index + 1], colours[3 * index + 2]) =
                    (palette.Red[entry], palette.Green[entry], palette.Blue[entry]);
            }

            Hash(MemoryMarshal.AsBytes<ushort>(colours)).ShouldBe(row.Sha256, row.Path);
            compared++;
        }

        compared.ShouldBe(3);
    }

    [Fact]
    public void Modality_values_are_those_that_pydicom_gave()
    {
        var compared = 0;
        foreach (var row in Rows("modality LUT or rescale"))
        {
            if (Open(row.Path) is not { } image)
                continue;
            var mapping = GreyscaleMapping.Read(image.File.DataSet, 0, image.Layout.Signed);
            var values = Array.ConvertAll(image.Values, value => mapping.ToModality(value));
            var bytes = row.Type switch
            {
                "uint16" => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, value => (ushort)value)).ToArray(),
                "int64" => MemoryMarshal.AsBytes<long>(Array.ConvertAll(values, value => (long)value)).ToArray(),
                _ => MemoryMarshal.AsBytes<double>(values).ToArray(),
            };

            Hash(bytes).ShouldBe(row.Sha256, row.Path);
            compared++;
        }

        compared.ShouldBe(4);
    }

    private static (DicomFile File, SampleLayout Layout, int[] Values)? Open(string path)
    {
        using var bytes = File.OpenRead(SharedSamples.Path(path));
        var file = DicomFile.Read(bytes, FrameSource.ReadOptions);
        using var frames = FrameSource.TryOpen(file, bytes, out _);
        if (frames is null)
            return null;
        var cells = new byte[frames.SampleBytesPerFrame];
        frames.ReadSamples(0, cells);
        var layout = SampleLayout.Of(frames.Description);
        var values = new int[frames.Description.PixelsPerFrame];
        layout.Unpack(cells, values);
        return (file, layout, values);
    }

    private static IEnumerable<(string Path, string Type, string Sha256)> Rows(string operation) =>
        File.ReadLines(SharedSamples.Path("golden-derived.tsv")).Select(line => line.Split('\t'))
            .Where(cells => cells[1].StartsWith(operation, StringComparison.Ordinal))
            .Select(cells => (cells[0], cells[3], cells[4]));

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
