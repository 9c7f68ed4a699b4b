using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

/// <summary>
/// Data sets of any shape, written in every encoding, are read back: the same elements in the same order with the same
/// values.
/// </summary>
public sealed class RoundTripTests
{
    private static readonly Vr[] Vrs = [.. Enum.GetValues<Vr>().Where(vr => vr is not (Vr.None or Vr.SQ))];

    public static TheoryData<string> Syntaxes =>
        ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"];

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Any_data_set_is_read_as_it_was_written(string uid)
    {
        var syntax = TransferSyntax.Find(Uid.Parse(uid));
        for (var seed = 0; seed < 80; seed++)
        {
            var expected = new List<string>();
            var bytes = Write(new Random(seed), syntax, 0, "", expected);
            var file = bytes.ToFile();

            var options = new DicomReadOptions { LargestValue = int.MaxValue };
            var fromMemory = DicomFile.Read(file, options);
            var fromStream = DicomFile.Read(new TrickleStream(file, 7 + (seed * 37 % 700)), options);

            List(fromMemory.DataSet).ShouldBe(expected, $"seed {seed}");
            Listing.Of(fromStream).ShouldBe(Listing.Of(fromMemory), $"seed {seed}");
            fromMemory.Warnings.ShouldBeEmpty($"seed {seed}");
        }
    }

    /// <summary>Private elements without a creator, so that no dictionary has a say and any VR can be anywhere.</summary>
    private static DataSetBytes Write(Random random, TransferSyntax syntax, int depth, string path, List<string> expected)
    {
        var dataSet = new DataSetBytes(syntax);
        var tag = 0x00091000u;
        for (var count = random.Next(12); count > 0; count--)
        {
            tag += (uint)random.Next(1, 200) + (random.Next(8) == 0 ? 0x20000u : 0);
            if (depth < 6 && random.Next(4) == 0)
            {
                // Implicit VR has no letters to tell that a private element is a sequence, only the undefined length.
                var isUndefined = !syntax.IsExplicit || random.Next(2) == 0;
                var items = new Action<DataSetBytes>[random.Next(3)];
                expected.Add($"{path}{tag:X8} {items.Length} items");
                for (var i = 0; i < items.Length; i++)
                {
                    var item = Write(random, syntax, depth + 1, $"{path}{tag:X8}[{i}].", expected).ToArray();
                    items[i] = target => target.Raw(item);
                }

                dataSet.AddSequence(new Tag(tag), isUndefined, items);
                continue;
            }

            var vr = Vrs[random.Next(Vrs.Length)];
            var value = new byte[random.Next(10) == 0 ? random.Next(10_000) * 2 : random.Next(20) * 2];
            random.NextBytes(value);
            dataSet.Add(new Tag(tag), vr, value);
            expected.Add($"{path}{tag:X8} {(syntax.IsExplicit ? vr : Vr.UN)} {Convert.ToHexString(value)}");
        }

        return dataSet;
    }

    private static List<string> List(DicomDataSet dataSet)
    {
        List<string> lines = [];
        Add(dataSet, "");
        return lines;

        void Add(DicomDataSet items, string path)
        {
            foreach (var element in items.Elements)
            {
                var place = $"{path}{element.Tag.ToHexString()}";
                lines.Add(element.IsSequence
                    ? $"{place} {element.Items.Count} items"
                    : $"{place} {element.Vr} {Convert.ToHexString(element.Value.Span)}");
                for (var i = 0; i < element.Items.Count; i++)
                    Add(element.Items[i], $"{place}[{i}].");
            }
        }
    }
}
