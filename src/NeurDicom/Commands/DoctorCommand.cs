using System.Buffers;
using System.Collections;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NeurDicom.Doctor;
using NeurDicom.Https;
using NeurDicom.Index;

namespace NeurDicom.Commands;

/// <summary><c>neurdicom doctor</c>: what the system has and lacks, in plain words.</summary>
internal static class DoctorCommand
{
    private const int NameWidth = 14;

    public static Command Create(IDictionary environment)
    {
        var asJson = new Option<bool>("--json") { Description = "Prints the findings as JSON." };
        var options = SettingsReader.All.Select(CommandSettings.CreateOption).ToList();
        var command = new Command(
            "doctor",
            "Says what the system has and lacks for the server, which takes the same settings. "
                + "Ends with 1 where something is wrong.")
        {
            asJson,
        };
        foreach (var option in options)
            command.Add(option);

        command.SetAction((parsed, cancel) =>
            CommandSettings.Read(parsed, options, environment) is { } settings
                ? RunAsync(
                    settings, environment[CertificateFile.PasswordVariable] as string, parsed.GetValue(asJson),
                    parsed.InvocationConfiguration.Output, cancel)
                : Task.FromResult(ExitCode.WrongUsage));
        return command;
    }

    private static async Task<int> RunAsync(
        Settings settings, string? certificatePassword, bool asJson, TextWriter output, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        List<Finding> findings =
        [
            .. SystemCheck.Run(time),
            .. new FolderCheck(settings).Run(),
            .. await new NetworkCheck(settings, certificatePassword, time).RunAsync(cancel),
        ];
        var wrong = findings.Count(finding => finding.Verdict == Verdict.Wrong);
        if (asJson)
            await output.WriteLineAsync(ToJson(findings, wrong == 0));
        else
            await WriteAsync(output, findings, wrong);
        return wrong == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task WriteAsync(TextWriter output, List<Finding> findings, int wrong)
    {
        foreach (var (name, verdict, text) in findings)
            await output.WriteLineAsync($"{Word(verdict),-6}{name.PadRight(NameWidth)} {text}");

        var notes = findings.Count(finding => finding.Verdict == Verdict.Note);
        await output.WriteLineAsync(wrong == 0
            ? notes == 0
                ? "All is well."
                : string.Create(CultureInfo.InvariantCulture, $"The server can run; {notes} to think about.")
            : string.Create(CultureInfo.InvariantCulture, $"{wrong} wrong."));
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Note => "note",
        Verdict.Wrong => "WRONG",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    private static string ToJson(List<Finding> findings, bool isWell)
    {
        var text = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, Encoder = RowJson.Options.Encoder };
        using (var json = new Utf8JsonWriter(text, options))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, isWell);
            json.WriteStartArray("findings"u8);
            foreach (var (name, verdict, sentence) in findings)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, name);
                json.WriteString("verdict"u8, verdict.ToString().ToLowerInvariant());
                json.WriteString("text"u8, sentence);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
