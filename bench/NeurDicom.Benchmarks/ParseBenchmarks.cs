using BenchmarkDotNet.Attributes;
using NeurDicom.Dicom;

namespace NeurDicom.Benchmarks;

/// <summary>Parsing a CT header of 41 elements, warm, on one thread: walked and into a data set.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private readonly byte[] _file = CtHeader.File();
    private readonly byte[] _explicit = CtHeader.DataSet();
    private readonly byte[] _implicit = CtHeader.DataSet(isExplicit: false);

    /// <summary>The floor: every byte of the header is looked at once.</summary>
    [Benchmark(Baseline = true)]
    public int SumOfTheBytes()
    {
        var sum = 0;
        foreach (var value in _explicit.AsSpan(0, _explicit.Length - (2 * 512 * 512)))
            sum += value;
        return sum;
    }

    [Benchmark]
    public int WalkDataSet()
    {
        var walker = new DicomWalker(_explicit, TransferSyntax.ExplicitVrLittleEndian);
        var count = 0;
        while (walker.Read())
            count++;
        return count;
    }

    [Benchmark]
    public int WalkDataSetImplicit()
    {
        var walker = new DicomWalker(_implicit, TransferSyntax.ImplicitVrLittleEndian);
        var count = 0;
        while (walker.Read())
            count++;
        return count;
    }

    /// <summary>As ingest does: the whole file, meta information and all, four values looked at.</summary>
    [Benchmark]
    public int WalkFile()
    {
        var walker = new DicomWalker(_file);
        var length = 0;
        while (walker.Read())
        {
            if (walker.Tag.Value is 0x00080018 or 0x0020000D or 0x0020000E or 0x00100020)
                length += walker.Value.Length;
        }

        return length;
    }

    [Benchmark]
    public DicomDataSet ReadDataSet() => DicomDataSet.Read(_explicit, TransferSyntax.ExplicitVrLittleEndian);

    [Benchmark]
    public DicomDataSet ReadDataSetImplicit() => DicomDataSet.Read(_implicit, TransferSyntax.ImplicitVrLittleEndian);

    [Benchmark]
    public DicomFile ReadFile() => DicomFile.Read(_file);

    /// <summary>With the values that an archive looks at decoded to strings.</summary>
    [Benchmark]
    public int ReadDataSetAndTenValues()
    {
        var dataSet = DicomDataSet.Read(_explicit, TransferSyntax.ExplicitVrLittleEndian);
        return dataSet.GetString(Tag.PatientName)!.Length + dataSet.GetString(Tag.PatientID)!.Length +
            dataSet.GetUid(Tag.StudyInstanceUid)!.Value.Value.Length + dataSet.GetUid(Tag.SeriesInstanceUid)!.Value.Value.Length +
            dataSet.GetUid(Tag.SopInstanceUid)!.Value.Value.Length + dataSet.GetString(Tag.Modality)!.Length +
            dataSet.GetInt32(Tag.InstanceNumber)!.Value + dataSet.GetInt32(Tag.Rows)!.Value +
            dataSet.GetInt32(Tag.Columns)!.Value + dataSet.GetDoubles(Tag.PixelSpacing).Length;
    }
}
