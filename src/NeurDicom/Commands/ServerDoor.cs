using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NeurDicom.Archive;
using NeurDicom.Store;

namespace NeurDicom.Commands;

/// <summary>The archive through its running server: the REST API over the Unix socket in the data folder.</summary>
internal sealed partial class ServerDoor(string dataFolder) : ArchiveDoor
{
    private const int PageSize = 1000;

    private readonly HttpClient _http = SocketClient.Create(dataFolder);

    public override async Task<StoreAnswer> StoreAsync(Stream bytes, long? length, CancellationToken cancel)
    {
        using var content = new StreamContent(bytes, 1 << 16);
        content.Headers.ContentLength = length;
        content.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/instances") { Content = content };
        using var response = await _http.SendAsync(request, cancel);
        using var body = await ReadJsonAsync(response, cancel);

        if (body.RootElement.TryGetProperty("instances", out var instances) && instances.GetArrayLength() > 0)
        {
            var answer = instances[0];
            return new StoreAnswer(
                ReadOutcome(answer, response.StatusCode),
                answer.GetProperty("reason").GetString(),
                [.. answer.GetProperty("warnings").EnumerateArray().Select(warning => warning.ToString())]);
        }

        if (ReadRefusal(response.StatusCode) is { } outcome)
            return new StoreAnswer(outcome, ReadDetail(body), []);
        throw Failed(response, body);
    }

    public override async Task<long> ClearAsync(CancellationToken cancel)
    {
        var deleted = 0L;
        while (true)
        {
            using var page = await GetJsonAsync($"/api/patients?limit={PageSize}", cancel);
            if (page.Body.RootElement.GetArrayLength() == 0)
                return deleted;

            foreach (var patient in page.Body.RootElement.EnumerateArray())
            {
                var id = patient.GetProperty("id").GetInt64();
                using var response = await _http.DeleteAsync(
                    new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/patients/{id}"), UriKind.Relative),
                    cancel);
                if (response.IsSuccessStatusCode)
                    deleted++;
                else if (response.StatusCode != HttpStatusCode.NotFound)
                    throw Failed(response, await ReadJsonAsync(response, cancel));
            }
        }
    }

    public override async IAsyncEnumerable<VerificationStep> VerifyAsync(
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/verify");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (!response.IsSuccessStatusCode)
            throw Failed(response, await ReadJsonAsync(response, cancel));

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            using var step = JsonDocument.Parse(line);
            yield return ReadStep(step.RootElement);
        }
    }

    /// <summary>What keeps the server from its work, or null where nothing does.</summary>
    public async Task<string?> FindProblemAsync(CancellationToken cancel)
    {
        using var response = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancel);
        using var body = await ReadJsonAsync(response, cancel);
        return response.IsSuccessStatusCode ? null : ReadDetail(body) ?? response.StatusCode.ToString();
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static VerificationStep ReadStep(JsonElement step)
    {
        VersionCheck? check = null;
        if (step.TryGetProperty("found", out var found))
        {
            var version = found.GetProperty("version");
            check = new VersionCheck(
                found.GetProperty("name").GetString()!, // The server writes neither as null.
                version.ValueKind == JsonValueKind.Null ? null : version.GetInt32(),
                found.GetProperty("size").GetInt64(),
                found.GetProperty("problem").GetString());
        }

        return new VerificationStep(
            step.GetProperty("files").GetInt64(), step.GetProperty("bytes").GetInt64(),
            step.GetProperty("damaged").GetInt64(),
            step.GetProperty("total").GetInt64(), check, step.GetProperty("done").GetBoolean());
    }

    private async Task<Page> GetJsonAsync(string uri, CancellationToken cancel)
    {
        var response = await _http.GetAsync(new Uri(uri, UriKind.Relative), cancel);
        var body = await ReadJsonAsync(response, cancel);
        return response.IsSuccessStatusCode ? new Page(response, body) : throw Failed(response, body);
    }

    private static async Task<JsonDocument> ReadJsonAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var text = await response.Content.ReadAsByteArrayAsync(cancel);
        return text.Length == 0 ? JsonDocument.Parse("{}") : JsonDocument.Parse(text);
    }

    private static StoreOutcome ReadOutcome(JsonElement answer, HttpStatusCode status) =>
        answer.GetProperty("outcome").GetString() switch
        {
            "stored" => StoreOutcome.Stored,
            "already_stored" => StoreOutcome.AlreadyStored,
            _ when HeaderAttributes.IsAboutUid(answer.GetProperty("reason").GetString()) => StoreOutcome.Invalid,
            _ => ReadRefusal(status) ?? StoreOutcome.NotDicom,
        };

    private static StoreOutcome? ReadRefusal(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StoreOutcome.NotDicom,
        HttpStatusCode.Conflict => StoreOutcome.Conflict,
        HttpStatusCode.RequestEntityTooLarge => StoreOutcome.TooLarge,
        HttpStatusCode.UnsupportedMediaType => StoreOutcome.Unsupported,
        HttpStatusCode.InsufficientStorage => StoreOutcome.OutOfSpace,
        _ => null,
    };

    private static string? ReadDetail(JsonDocument body) =>
        body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("detail", out var detail)
            ? detail.GetString()
            : null;

    private static HttpRequestException Failed(HttpResponseMessage response, JsonDocument body) =>
        new(ReadDetail(body) ?? $"The server answered {(int)response.StatusCode}.", null, response.StatusCode);

    private sealed record Page(HttpResponseMessage Response, JsonDocument Body) : IDisposable
    {
        public void Dispose()
        {
            Body.Dispose();
            Response.Dispose();
        }
    }
}
