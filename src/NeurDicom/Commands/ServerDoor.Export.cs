using System.Globalization;
using System.Net;
using NeurDicom.Export;
using NeurDicom.Index;

namespace NeurDicom.Commands;

/// <summary>What leaves the archive.</summary>
internal sealed partial class ServerDoor
{
    public override async Task<long> CountInstancesAsync(CancellationToken cancel)
    {
        using var page = await GetJsonAsync("/api/statistics", cancel);
        return page.Body.RootElement.GetProperty("instances").GetInt64();
    }

    public override async Task<IReadOnlyList<long>> FindAsync(
        Level level, string key, bool isId, CancellationToken cancel)
    {
        var (path, field) = level switch
        {
            Level.Patient => ("patients", "patient_id"),
            Level.Study => ("studies", "study_instance_uid"),
            _ => ("series", "series_instance_uid"),
        };
        if (isId)
        {
            using var response = await _http.GetAsync(new Uri($"/api/{path}/{key}", UriKind.Relative), cancel);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return [];
            return response.IsSuccessStatusCode
                ? [long.Parse(key, CultureInfo.InvariantCulture)]
                : throw Failed(response, await ReadJsonAsync(response, cancel));
        }

        using var page = await GetJsonAsync($"/api/{path}?limit=10&{field}=exact:{Uri.EscapeDataString(key)}", cancel);
        return [.. page.Body.RootElement.EnumerateArray().Select(row => row.GetProperty("id").GetInt64())];
    }

    public override async Task ExportAsync(
        ExportSelection selection, Stream output, Action<long, long> begin, CancellationToken cancel)
    {
        var query = selection.IsEverything
            ? "all=true"
            : string.Join('&', [
                .. selection.Patients.Select(id => FormattableString.Invariant($"patient={id}")),
                .. selection.Studies.Select(id => FormattableString.Invariant($"study={id}")),
                .. selection.Series.Select(id => FormattableString.Invariant($"series={id}")),
            ]);
        using var response = await _http.GetAsync(
            new Uri("/api/archive?" + query, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel);
        if (!response.IsSuccessStatusCode)
            throw Failed(response, await ReadJsonAsync(response, cancel));

        begin(Number("X-Total-Count"), Number("X-Total-Bytes"));
        await response.Content.CopyToAsync(output, cancel);

        long Number(string header) =>
            response.Headers.TryGetValues(header, out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : 0;
    }
}
