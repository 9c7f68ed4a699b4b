using System.Collections;
using System.Text;
using System.Text.Json;
using NeurDicom.Commands;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Commands;

public sealed class DumpCommandTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        File.Delete(_file);
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Every_element_is_listed_sequences_and_private_ones_too()
    {
        WriteFile(
            Element(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.4\0"u8),
            Element(0x0008, 0x1140, "SQ", Item(Element(0x0008, 0x1155, "UI", "1.2.3\0"u8))),
            Element(0x0009, 0x0010, "LO", "SOMEBODY"u8),
            Element(0x0009, 0x1001, "SH", "secret"u8),
            Element(0x0010, 0x0010, "PN", "Doe^Jane"u8),
            Element(0x0028, 0x0010, "US", [0x00, 0x02]));

        (await DumpAsync()).ShouldBe(ExitCode.Ok);

        var lines = _output.ToString().Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        lines.ShouldContain("(0008,0016) UI [1.2.840.10008.5.1.4.1.1.4] = MRImageStorage # 26, 1 SOPClassUID");
        lines.ShouldContain("(0008,1140) SQ (1 item) # 22, 1 ReferencedImageSequence");
        lines.ShouldContain("(0008,1155) UI [1.2.3] # 6, 1 ReferencedSOPInstanceUID");
        lines.ShouldContain("(0009,1001) SH [secret] # 6, 1 Unknown (SOMEBODY)");
        lines.ShouldContain("(0010,0010) PN [Doe^Jane] # 8, 1 PatientName");
        lines.ShouldContain("(0028,0010) US 512 # 2, 1 Rows");
        _error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_file_says_cannot_steer_the_terminal()
    {
        WriteFile(Element(0x0010, 0x0010, "PN", "\u001b[31mred "u8));

        await DumpAsync();

        _output.ToString().ShouldNotContain('\u001b');
    }

    [Fact]
    public async Task Long_values_are_cut_unless_asked_for()
    {
        WriteFile(Element(0x0010, 0x4000, "LT", Encoding.ASCII.GetBytes(new string('x', 200))));

        await DumpAsync();
        var cut = _output.ToString();
        await DumpAsync("--full");

        cut.ShouldContain("x…]");
        cut.ShouldNotContain(new string('x', 100));
        _output.ToString().ShouldContain(new string('x', 200));
    }

    [Fact]
    public async Task Json_is_the_dicom_json_model()
    {
        WriteFile(Element(0x0010, 0x0010, "PN", "Doe^Jane"u8));

        (await DumpAsync("--json")).ShouldBe(ExitCode.Ok);

        using var json = JsonDocument.Parse(_output.ToString());
        json.RootElement.GetProperty("00100010").GetProperty("Value")[0].GetProperty("Alphabetic").GetString().ShouldBe("Doe^Jane");
    }

    [Fact]
    public async Task What_is_no_dicom_is_refused_in_one_line()
    {
        File.WriteAllText(_file, "This is a letter to the radiologist, not an image.");

        (await DumpAsync()).ShouldBe(ExitCode.Failed);

        _output.ToString().ShouldBeEmpty();
        _error.ToString().Trim().ShouldNotContain('\n');
        _error.ToString().ShouldContain(_file);
    }

    [Fact]
    public async Task Of_a_broken_file_what_can_be_read_is_printed()
    {
        var whole = SmallFile.Wrap(
            Element(0x0008, 0x0060, "CS", "MR"u8),
            Element(0x0008, 0x1140, "SQ", Item(Element(0x0008, 0x1155, "UI", "1.2.3\0"u8))),
            Element(0x0010, 0x0010, "PN", "Doe^Jane"u8));
        File.WriteAllBytes(_file, whole[..^4]);

        (await DumpAsync()).ShouldBe(ExitCode.Failed);
        _output.ToString().ShouldContain("(0008,1155) UI [1.2.3]");
        _error.ToString().Trim().ShouldNotContain('\n');
        _error.ToString().ShouldContain($"{_file}: ");

        _output.GetStringBuilder().Clear();
        (await DumpAsync("--json")).ShouldBe(ExitCode.Failed);
        using var json = JsonDocument.Parse(_output.ToString());
        json.RootElement.GetProperty("00080060").GetProperty("Value")[0].GetString().ShouldBe("MR");
    }

    [Fact]
    public async Task A_file_cut_off_anywhere_is_dumped_without_a_crash()
    {
        var whole = SmallFile.Wrap(
            Element(0x0008, 0x0060, "CS", "MR"u8),
            Element(0x0008, 0x1140, "SQ", Item(Element(0x0008, 0x1140, "SQ", Item(Element(0x0008, 0x1155, "UI", "1.2.3\0"u8))))),
            Element(0x0010, 0x0010, "PN", "Doe^Jane"u8));
        for (var length = 132; length < whole.Length; length++)
        {
            File.WriteAllBytes(_file, whole[..length]);
            foreach (var option in (string[])["--json", "--full"])
            {
                _output.GetStringBuilder().Clear();
                (await DumpAsync(option)).ShouldBeOneOf(ExitCode.Ok, ExitCode.Failed);
                if (option == "--json" && _output.ToString() is { Length: > 0 } text)
                    JsonDocument.Parse(text).Dispose();
            }
        }
    }

    [Fact]
    public async Task A_folder_is_told_to_be_one()
    {
        var folder = Path.GetTempPath();

        (await CommandLine.RunAsync(["dump", folder], new Hashtable(), _output, _error)).ShouldBe(ExitCode.Failed);

        _error.ToString().Trim().ShouldBe($"neurdicom: {folder} is a folder.");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        (await CommandLine.RunAsync(["dump", "/nowhere/at-all.dcm"], new Hashtable(), _output, _error)).ShouldBe(ExitCode.Failed);

        _error.ToString().Trim().ShouldBe("neurdicom: /nowhere/at-all.dcm: there is no such file.");
    }

    private Task<int> DumpAsync(params string[] options) =>
        CommandLine.RunAsync(["dump", _file, .. options], new Hashtable(), _output, _error);

    private void WriteFile(params byte[][] elements) => File.WriteAllBytes(_file, SmallFile.Wrap(elements));

    private static byte[] Element(ushort group, ushort element, string vr, ReadOnlySpan<byte> value) =>
        SmallFile.Element(group, element, vr, value);

    private static byte[] Item(byte[] content) => SmallFile.Item(content);
}
