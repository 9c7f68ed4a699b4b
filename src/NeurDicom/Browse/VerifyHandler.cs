using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using NeurDicom.Accounts;
using NeurDicom.Archive;
using NeurDicom.Handlers;
using NeurDicom.Index;

namespace NeurDicom.Browse;

/// <summary>
/// <c>POST /api/verify</c>: reads everything that is stored again, and tells how far it is and what is damaged while it
/// does, one JSON object a line. The last has <c>"done": true</c>; an answer without it was cut short.
/// </summary>
[Operation(
    "POST", "Reads everything again and compares its hash", Detail = "Tells how far it is, one object a line.",
    Answers = ["application/x-ndjson"], Schema = "VerifyStep")]
[RequiredAuth(Role.Admin)]
[Audited(Changes = "verify")]
internal sealed class VerifyHandler(ApiContext context, TimeProvider time, IHostApplicationLifetime host)
    : NeurDicomHandler(context)
{
    public async Task PostAsync()
    {
        var turn = Context.Archive.Verifying;
        if (!await turn.WaitAsync(TimeSpan.Zero, Aborted))
            throw new ProblemException(
                StatusCodes.Status409Conflict, "The archive is being verified already; wait for that to end.");
        try
        {
            SetHeader("Content-Type", "application/x-ndjson");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Aborted, host.ApplicationStopping);
            await foreach (var step in new Verification(Context.Archive).StepsAsync(time, stop.Token))
            {
                WriteStep(step);
                await FlushAsync();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private void WriteStep(VerificationStep step)
    {
        using (var json = new Utf8JsonWriter(OutputWriter, RowJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("files"u8, step.Files);
            json.WriteNumber("bytes"u8, step.Bytes);
            json.WriteNumber("damaged"u8, step.Damaged);
            json.WriteNumber("total"u8, step.Total);
            json.WriteBoolean("done"u8, step.IsLast);
            if (step.Found is { } found)
            {
                json.WriteStartObject("found"u8);
                json.WriteString("name"u8, found.Name);
                if (found.Version is { } version)
                    json.WriteNumber("version"u8, version);
                else
                    json.WriteNull("version"u8);
                json.WriteNumber("size"u8, found.Size);
                json.WriteString("problem"u8, found.Problem);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        Write("\n");
    }
}
