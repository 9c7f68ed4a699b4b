using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NeurDicom.Handlers;
using NeurDicom.Index;
using Tornado;

namespace NeurDicom.Store;

/// <summary>
/// Tells how far a store is while it goes on, one JSON object a line, to clients that ask for
/// <c>application/x-ndjson</c>; the last line is the answer that others get as a whole. docs/decisions has why.
/// </summary>
internal sealed class StoreProgress(RequestHandler handler, StoreBody body, TimeProvider clock)
{
    public const string MediaType = "application/x-ndjson";

    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(30);

    public static bool IsAskedFor(HttpRequest request) =>
        AcceptHeader.Choose(request.Headers.Accept, "application/json", MediaType) == MediaType;

    public async Task FollowAsync(Task store)
    {
        var began = clock.GetTimestamp();
        try
        {
            while (!store.IsCompleted)
            {
                await store.WaitAsync(Pause(clock.GetElapsedTime(began)), clock)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (store.IsCompleted)
                    break;
                handler.SetHeader("Content-Type", MediaType);
                WriteLine();
                // A client that sends and does not read yet holds up this, and not the store beside it.
                await handler.FlushAsync();
            }
        }
        finally
        {
            // It reads the request, and must not outlive it.
            await store.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await store;
    }

    /// <summary>
    /// Longer the longer it takes: what a client does not read while it sends for hours has to fit into the buffers
    /// between, else it would be cut off as one that takes its answer too slowly.
    /// </summary>
    private static TimeSpan Pause(TimeSpan elapsed)
    {
        var pause = elapsed / 100;
        return pause < Soonest ? Soonest : pause > Latest ? Latest : pause;
    }

    private void WriteLine()
    {
        using (var json = new Utf8JsonWriter(handler.OutputWriter, RowJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("received"u8, body.Received);
            WriteNumber(json, "length"u8, handler.Http.Request.ContentLength);
            WriteNumber(json, "entries"u8, body.Entries);
            json.WriteNumber("stored"u8, body.Report.Stored);
            json.WriteNumber("already_stored"u8, body.Report.AlreadyStored);
            json.WriteNumber("refused"u8, body.Report.Refused);
            json.WriteEndObject();
        }

        handler.WriteBytes("\n"u8);
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
