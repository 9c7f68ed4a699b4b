using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

public sealed class DicomWalkerTests
{
    [Fact]
    public void Elements_come_depth_first_with_their_depth()
    {
        var bytes = new DataSetBytes()
            .AddSequence(
                Tag.RequestAttributesSequence,
                true,
                item => item.AddSequence(Tag.ScheduledProtocolCodeSequence, false, code => code.Add(Tag.CodeValue, Vr.SH, "1")),
                _ => { })
            .Add(Tag.PatientName, Vr.PN, "A^B")
            .ToArray();

        var walker = new DicomWalker(bytes, TransferSyntax.ExplicitVrLittleEndian);
        var seen = new List<string>();
        while (walker.Read())
            seen.Add($"{walker.Depth} {(walker.IsItem ? "item" : walker.IsSequence ? "sequence" : walker.Tag.ToString())}");

        seen.ShouldBe(
        [
            "0 sequence", "1 item", "1 sequence", "2 item", "2 (0008,0100)", "1 item", "0 (0010,0010)",
        ], ignoreOrder: false);
    }

    [Fact]
    public void A_walk_allocates_nothing()
    {
        var file = HostileInputTests.GoodFile("1.2.840.10008.1.2.1");
        Walk(file);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = Walk(file);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        count.ShouldBeGreaterThan(20);
        allocated.ShouldBe(0);
    }

    [Fact]
    public void The_beginning_of_a_file_says_that_it_is_incomplete()
    {
        var file = HostileInputTests.GoodFile("1.2.840.10008.1.2.1");

        for (var length = 0; length < file.Length - 200; length++)
        {
            var walker = new DicomWalker(file.AsSpan(0, length), totalLength: file.Length);
            while (walker.Read())
            {
            }

            walker.IsIncomplete.ShouldBeTrue();
        }
    }

    [Fact]
    public void A_deflated_file_is_walked_to_its_data_set()
    {
        var walker = new DicomWalker(HostileInputTests.GoodFile("1.2.840.10008.1.2.1.99"));
        while (walker.Read())
            walker.IsMeta.ShouldBeTrue();

        walker.IsDeflated.ShouldBeTrue();
        walker.TransferSyntax.IsDeflated.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unknown_sequences_are_implicit_little_endian_inside(bool isBigEndian)
    {
        // PS3.5 6.2.2: UN of undefined length.
        var syntax = isBigEndian ? TransferSyntax.ExplicitVrBigEndian : TransferSyntax.ExplicitVrLittleEndian;
        var items = new DataSetBytes(TransferSyntax.ImplicitVrLittleEndian)
            .Raw(Tag.Item, uint.MaxValue)
            .AddUInt16(Tag.Rows, 258)
            .Raw(Tag.ItemDelimitationItem, 0)
            .Raw(Tag.SequenceDelimitationItem, 0)
            .ToArray();
        var bytes = new DataSetBytes(syntax)
            .Add(new Tag(0x00091001), Vr.UN, items, uint.MaxValue)
            .AddUInt16(Tag.Columns, 258)
            .ToArray();

        var dataSet = DicomDataSet.Read(bytes, syntax);

        dataSet.GetSequence(new Tag(0x00091001))[0].GetInt32(Tag.Rows).ShouldBe(258);
        dataSet.GetInt32(Tag.Columns).ShouldBe(258);
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        var inner = new DataSetBytes();
        for (var i = 0; i < 65; i++)
            inner.Header(Tag.ContentSequence, Vr.SQ, uint.MaxValue).Raw(Tag.Item, uint.MaxValue);
        var bytes = inner.ToArray();

        var error = Should.Throw<DicomFormatException>(() => DicomDataSet.Read(bytes, TransferSyntax.ExplicitVrLittleEndian));

        error.Tag.ShouldBe(Tag.ContentSequence);
        error.Position.ShouldBe(64 * 20);
    }

    [Fact]
    public void Elements_have_a_limit()
    {
        var options = new DicomReadOptions { Limits = new DicomLimits { Elements = 10 } };
        var dataSet = new DataSetBytes();
        for (uint i = 0; i < 11; i++)
            dataSet.Add(new Tag(0x00091000 + i), Vr.LO, "");

        var error = Should.Throw<DicomFormatException>(
            () => DicomDataSet.Read(dataSet.ToArray(), TransferSyntax.ExplicitVrLittleEndian, options));

        error.Problem.ShouldBe("There are more elements than the limit allows");
    }

    [Fact]
    public void Warnings_have_a_limit()
    {
        var dataSet = new DataSetBytes();
        for (var i = 0; i < 500; i++)
            dataSet.Add(Tag.PatientComments, Vr.LT, "");
        var walker = new DicomWalker(dataSet.ToArray(), TransferSyntax.ExplicitVrLittleEndian);
        while (walker.Read())
        {
        }

        walker.Warnings.Count.ShouldBe(DicomLimits.Default.Warnings);
    }

    private static int Walk(byte[] file)
    {
        var walker = new DicomWalker(file);
        var count = 0;
        while (walker.Read())
            count += 1 + walker.Value.Length;
        return count;
    }
}
