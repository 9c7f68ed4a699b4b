using System.Text;
using BenchmarkDotNet.Attributes;
using NeurDicom.Dicom.Text;

namespace NeurDicom.Benchmarks;

/// <summary>One name, decoded and folded for search.</summary>
[MemoryDiagnoser]
public class TextBenchmarks
{
    private static readonly byte[] Ascii = "Yamada^Tarou^^Dr."u8.ToArray();
    private static readonly byte[] Utf8 = Encoding.UTF8.GetBytes("Müller^Jürgen");

    // PS3.5 H.3.1.
    private static readonly byte[] Kanji = Convert.FromHexString(
        "59616D6164615E5461726F753D1B24423B3345441B28425E1B244242404F3A1B28423D1B24422464245E24401B28425E1B2442243F246D24261B2842");

    private static readonly byte[] Gbk = Convert.FromHexString("5A68616E675E58696F446F6E673DD5C55ED0A1B6AB");

    private readonly CharacterSet _latin1 = CharacterSet.For("ISO_IR 100"u8);
    private readonly CharacterSet _japanese = CharacterSet.For(@"\ISO 2022 IR 87"u8);
    private readonly CharacterSet _gbk = CharacterSet.For("GBK"u8);

    [Benchmark(Baseline = true)]
    public string DecodeAscii() => _latin1.Decode(Ascii, TextDelimiters.PersonNames);

    [Benchmark]
    public string DecodeUtf8() => CharacterSet.Utf8.Decode(Utf8, TextDelimiters.PersonNames);

    [Benchmark]
    public string DecodeKanji() => _japanese.Decode(Kanji, TextDelimiters.PersonNames);

    [Benchmark]
    public string DecodeGbk() => _gbk.Decode(Gbk, TextDelimiters.PersonNames);

    [Benchmark]
    public CharacterSet FindSet() => CharacterSet.For(@"ISO 2022 IR 13\ISO 2022 IR 87"u8);

    [Benchmark]
    public string FoldAccents() => SearchText.Fold("Müller^Jürgen");
}
