using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests;

/// <summary>
/// Cut, random and changed bytes. Whatever comes, reading ends in a result or a <see cref="DicomFormatException"/>, the same
/// from memory and from a stream, and allocates in proportion to the bytes that there are.
/// </summary>
public sealed class HostileInputTests
{
    private static readonly DicomReadOptions Everything = new() { ReadPixelData = true, LargestValue = int.MaxValue };

    public static TheoryData<string> Syntaxes =>
    [
        "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5",
    ];

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Every_prefix_of_a_good_file_is_read_or_refused(string syntax)
    {
        var file = GoodFile(syntax);
        for (var length = 0; length < file.Length; length++)
            Use(file[..length]);
    }

    [Theory]
    [MemberData(nameof(Syntaxes))]
    public void Every_byte_of_a_good_file_can_be_anything(string syntax)
    {
        var file = GoodFile(syntax);
        for (var at = 128; at < file.Length; at++)
        {
            foreach (byte change in (byte[])[0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF])
            {
                var changed = (byte[])file.Clone();
                changed[at] = change;
                Use(changed);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_bytes_are_refused_or_read(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(2000)];
            random.NextBytes(bytes);
            Use(bytes);
            Use([.. new byte[128], .. "DICM"u8, .. bytes]);
            Use([.. GoodFile("1.2.840.10008.1.2.1").AsSpan(0, random.Next(150, 400)), .. bytes]);
        }
    }

    [Fact]
    public void Samples_can_be_cut_anywhere()
    {
        _ = SampleFiles.Path("index.tsv");
        var random = new Random(4);
        foreach (var row in SampleFiles.Rows("index.tsv"))
        {
            var bytes = SampleFiles.Read(row["path"]);
            if (bytes.Length > 1 << 20)
                continue;

            var header = Math.Min(bytes.Length, 4000);
            int[] lengths =
            [
                1, 127, 128, 131, 132, 133, 140,
                random.Next(header), random.Next(header), random.Next(bytes.Length), bytes.Length - 1,
            ];
            foreach (var length in lengths)
                Use(bytes[..Math.Clamp(length, 0, bytes.Length)], row["path"]);
        }
    }

    [Fact]
    public void Samples_can_be_changed_anywhere()
    {
        _ = SampleFiles.Path("index.tsv");
        var random = new Random(5);
        foreach (var row in SampleFiles.Rows("index.tsv"))
        {
            var bytes = SampleFiles.Read(row["path"]);
            if (bytes.Length is > 1 << 20 or < 200)
                continue;

            for (var round = 0; round < 8; round++)
            {
                var changed = (byte[])bytes.Clone();
                for (var changes = random.Next(1, 6); changes > 0; changes--)
                    changed[128 + random.Next(Math.Min(bytes.Length - 128, 3000))] = (byte)random.Next(256);
                Use(changed, row["path"]);
            }
        }
    }

    [Fact]
    public void Bytes_that_come_one_by_one_make_the_same_file()
    {
        foreach (var syntax in Syntaxes)
        {
            var file = GoodFile(syntax.Data);

            var expected = Listing.Of(DicomFile.Read(file, Everything));
            var actual = Listing.Of(DicomFile.Read(new TrickleStream(file), Everything));

            actual.ShouldBe(expected);
        }
    }

    /// <summary>Every kind of element: text, numbers, nested sequences of both kinds, private elements, pixels.</summary>
    internal static byte[] GoodFile(string uid)
    {
        var syntax = TransferSyntax.Find(Uid.Parse(uid));
        var dataSet = new DataSetBytes(syntax)
            .Add(Tag.SpecificCharacterSet, Vr.CS, "ISO_IR 100")
            .Add(Tag.SopClassUid, Vr.UI, "1.2.840.10008.5.1.4.1.1.7")
            .Add(Tag.SopInstanceUid, Vr.UI, "1.2.3.4")
            .AddSequence(Tag.ReferencedStudySequence, false, item => item.Add(Tag.ReferencedSopInstanceUid, Vr.UI, "1.2.3"))
            .Add(new Tag(0x00090010), Vr.LO, "SIEMENS CT VA0  COAD")
            .Add(new Tag(0x00091010), Vr.UN, [1, 2, 3, 4])
            .Add(Tag.PatientName, Vr.PN, "Test^Person")
            .Add(Tag.InstanceNumber, Vr.IS, "7")
            .AddUInt16(Tag.Rows, 2)
            .AddUInt16(Tag.Columns, 2)
            .AddUInt16(Tag.BitsAllocated, 16)
            .AddUInt16(Tag.BitsStored, 12)
            .AddUInt16(Tag.PixelRepresentation, 0)
            .AddSequence(
                Tag.RequestAttributesSequence,
                true,
                item => item.AddSequence(Tag.ScheduledProtocolCodeSequence, true, code => code.Add(Tag.CodeValue, Vr.SH, "T-1")),
                item => item.Add(Tag.PatientComments, Vr.LT, "none"));
        if (syntax.IsEncapsulated)
            dataSet.AddFragments([1, 2], [3, 4, 5, 6]);
        else
            dataSet.Add(Tag.PixelData, Vr.OW, new byte[8]);
        return dataSet.ToFile();
    }

    // The dictionaries are loaded once, which is not the account of whichever file comes first.
    static HostileInputTests()
    {
        _ = PrivateDictionary.Find("", default);
        _ = DicomFile.Read(GoodFile("1.2.840.10008.1.2"));
    }

    private static void Use(byte[] bytes, string? name = null)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fromMemory = Outcome(() => DicomFile.Read(bytes, Everything));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var fromStream = Outcome(() => DicomFile.Read(new MemoryStream(bytes), Everything));
        Outcome(() => DicomFile.Read(new TrickleStream(bytes, 700)));
        LookAtPixels(bytes);

        fromStream.ShouldBe(fromMemory, name);
        allocated.ShouldBeLessThan(4_000_000 + (bytes.Length * 100L), name);
    }

    private static string Outcome(Func<DicomFile> read)
    {
        try
        {
            var file = read();
            _ = ValueRules.Check(file.DataSet);
            ReadValues(file.DataSet);
            return string.Join('\n', Listing.Of(file));
        }
        catch (DicomFormatException exception)
        {
            return exception.Message;
        }
    }

    private static void LookAtPixels(byte[] bytes)
    {
        try
        {
            var file = DicomFile.Read(bytes);
            _ = PixelDataOutline.Read(bytes, file);
            if (NativeFrames.TryOpen(file, bytes, out _) is { SampleBytesPerFrame: < 1 << 22 } frames)
                frames.ReadSamples(frames.Count - 1, new byte[frames.SampleBytesPerFrame]);
        }
        catch (DicomFormatException)
        {
            // As good as a result.
        }
    }

    private static void ReadValues(DicomDataSet dataSet)
    {
        foreach (var element in dataSet.Elements)
        {
            _ = element.GetString();
            _ = element.GetStrings();
            _ = element.GetUid();
            _ = element.GetDoubles();
            _ = element.TryGetInt64(1, out _);
            _ = element.TryGetUInt64(0, out _);
            _ = element.TryGetTag(0, out _);
            _ = element.Name;
            foreach (var item in element.Items)
                ReadValues(item);
        }
    }
}
