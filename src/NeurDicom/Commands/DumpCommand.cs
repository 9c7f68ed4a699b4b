using System.Buffers;
using System.CommandLine;
using System.Text;
using NeurDicom.Dicom;
using NeurDicom.Dicom.Json;

namespace NeurDicom.Commands;

/// <summary><c>neurdicom dump FILE</c>: prints what a DICOM file says, and of a broken one what can be read.</summary>
internal static class DumpCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("FILE") { Description = "A DICOM file." };
        var json = new Option<bool>("--json") { Description = "Print the DICOM JSON model (PS3.18 Annex F)." };
        var full = new Option<bool>("--full") { Description = "Print long values in full." };
        var command = new Command("dump", "Prints every element of a DICOM file, sequences and private ones included.")
        {
            path, json, full,
        };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var name = parsed.GetRequiredValue(path);
            // The system's own words for these two are about access and paths.
            if (!File.Exists(name))
            {
                error.WriteLine(Directory.Exists(name)
                    ? $"neurdicom: {name} is a folder."
                    : $"neurdicom: {name}: there is no such file.");
                return ExitCode.Failed;
            }

            DicomFile file;
            DicomFormatException? damage;
            try
            {
                using var stream = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                file = DicomFile.ReadAsFarAsPossible(stream, out damage, new DicomReadOptions { ReadPixelData = true });
            }
            catch (DicomFormatException e)
            {
                error.WriteLine($"neurdicom: {name}: {e.Message}");
                return ExitCode.Failed;
            }

            if (parsed.GetValue(json))
                WriteJson(file, output);
            else
                new DicomListing(output, parsed.GetValue(full) ? int.MaxValue : DicomListing.ShortLength).Write(file);

            foreach (var warning in file.Warnings)
                error.WriteLine($"neurdicom: {name}: warning: {warning}");
            if (damage is null)
                return ExitCode.Ok;
            error.WriteLine($"neurdicom: {name}: {damage.Message}; what comes before is printed.");
            return ExitCode.Failed;
        });
        return command;
    }

    private static void WriteJson(DicomFile file, TextWriter output)
    {
        var json = new ArrayBufferWriter<byte>();
        DicomJsonWriter.Write(json, file.DataSet);
        output.WriteLine(Encoding.UTF8.GetString(json.WrittenSpan));
    }
}
