using System.Buffers;
using BenchmarkDotNet.Attributes;
using NeurDicom.Dicom;
using NeurDicom.Dicom.Json;

namespace NeurDicom.Benchmarks;

/// <summary>A CT header of 41 elements as DICOM JSON, warm, on one thread: written, with parsing, and compressed.</summary>
[MemoryDiagnoser]
public class JsonBenchmarks
{
    private readonly byte[] _bytes = CtHeader.DataSet();
    private readonly DicomDataSet _dataSet = DicomDataSet.Read(CtHeader.DataSet(), TransferSyntax.ExplicitVrLittleEndian);
    private readonly ArrayBufferWriter<byte> _json = new(16 << 10);

    [Benchmark]
    public int Write()
    {
        _json.ResetWrittenCount();
        DicomJsonWriter.Write(_json, _dataSet);
        return _json.WrittenCount;
    }

    [Benchmark]
    public int ReadAndWrite()
    {
        _json.ResetWrittenCount();
        DicomJsonWriter.Write(_json, DicomDataSet.Read(_bytes, TransferSyntax.ExplicitVrLittleEndian));
        return _json.WrittenCount;
    }

    /// <summary>As ingest does for every instance: JSON, deflate and checksum.</summary>
    [Benchmark]
    public MetadataBlock WriteAndCompress() => MetadataBlock.Create(_dataSet);
}
