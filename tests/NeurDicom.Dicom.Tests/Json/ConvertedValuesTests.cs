using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using NeurDicom.Dicom.Json;
using Shouldly;
using Xunit;

namespace NeurDicom.Dicom.Tests.Json;

/// <summary>Values of one's own in DICOM JSON: the extension point of the original's <c>DicomJsonEncoder</c>.</summary>
public sealed class ConvertedValuesTests
{
    [Fact]
    public void A_value_of_ones_own_takes_the_place_of_the_usual_one()
    {
        var json = Write(element => element.Tag == Tag.PatientName ? ["somebody"] : null);

        json.ShouldBe("""{"00080060":{"vr":"CS","Value":["MR"]},"00100010":{"vr":"PN","Value":["somebody"]},"00189999":{"vr":"UN"}}""");
    }

    [Fact]
    public void What_cannot_be_read_by_everybody_can_be_given_a_meaning()
    {
        var json = Write(element => element.Vr == Vr.UN ? [new JsonObject { ["bytes"] = element.Length }] : null);

        json.ShouldEndWith("""
            "00189999":{"vr":"UN","Value":[{"bytes":0}]}}
            """);
    }

    [Fact]
    public void Elements_within_sequences_are_asked_for_too()
    {
        byte[] item = new DataSetBytes().Add(Tag.CodeValue, Vr.SH, "C-1").ToArray();
        byte[] sequence = new DataSetBytes()
            .Add(Tag.ProcedureCodeSequence, Vr.SQ, [0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(item.Length), .. item])
            .ToArray();

        Write(sequence, element => element.Tag == Tag.CodeValue ? [1, null] : null)
            .ShouldBe("""{"00081032":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":[1,null]}}]}}""");
    }

    private static string Write(Func<DicomElement, JsonArray?> convert) => Write(
        new DataSetBytes().Add(Tag.Modality, Vr.CS, "MR").Add(Tag.PatientName, Vr.PN, "Doe^Jane").Add(new Tag(0x00189999), Vr.UN, []).ToArray(),
        convert);

    private static string Write(byte[] dataSet, Func<DicomElement, JsonArray?> convert)
    {
        var output = new ArrayBufferWriter<byte>();
        DicomJsonWriter.Write(
            output,
            DicomDataSet.Read(dataSet, TransferSyntax.ExplicitVrLittleEndian),
            new DicomJsonOptions { Convert = convert });
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
