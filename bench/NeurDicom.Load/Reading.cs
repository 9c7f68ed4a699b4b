using System.Globalization;
using System.Text.Json;

namespace NeurDicom.Load;

/// <summary>One kind of question, put to both servers about instances picked at random, the same number of each.</summary>
/// <param name="What">The row's name.</param>
/// <param name="Ours">Path at NeurDICOM, as it stands in the table.</param>
/// <param name="Theirs">The nearest path at Orthanc.</param>
internal sealed record Reading(string What, string Ours, string Theirs, byte[][] OurRequests, byte[][] TheirRequests)
{
    private const int RequestsOfEach = 500;
    private const string Json = "application/json";

    /// <param name="stored">How many instances both hold.</param>
    public static async Task<IReadOnlyList<Reading>> PrepareAsync(
        NeurDicomPeer ours, OrthancPeer theirs, int stored, bool lists, CancellationToken cancel)
    {
        using var client = new HttpClient();
        var random = new Random(20260101);
        var series = stored / InstanceTemplate.InstancesPerSeries;
        var studies = stored / InstanceTemplate.InstancesPerStudy;

        // An archive that was empty gives ids from 1 on without gaps.
        string[] Ids(int count) => [.. Enumerable.Range(1, count).Select(id => id.ToString(CultureInfo.InvariantCulture))];

        string[] Pick(string[] all) => [.. Enumerable.Range(0, RequestsOfEach).Select(_ => all[random.Next(all.Length)])];

        async Task<string[]> OrthancIdsAsync(string level) => JsonSerializer.Deserialize<string[]>(
            await client.GetStringAsync($"http://127.0.0.1:{theirs.Port}/{level}", cancel))!;

        string[] Shuffle(string[] all)
        {
            random.Shuffle(all);
            return all;
        }

        var allOfTheirs = await OrthancIdsAsync("instances");
        var (ourInstances, theirInstances) = (Pick(Ids(stored)), Pick(allOfTheirs));
        var (ourSeries, theirSeries) = (Pick(Ids(series)), Pick(await OrthancIdsAsync("series")));
        var (ourPatients, theirPatients) = (Pick(Ids(studies)), Pick(await OrthancIdsAsync("patients")));

        Reading Make(string what, string our, string[] ourIds, string their, string[] theirIds, string accept = Json, string? theirAccept = null) =>
            new(what, our, their, Requests(our, ourIds, accept), Requests(their, theirIds, theirAccept ?? accept));

        string[] once = [""];
        var readings = new List<Reading>();
        if (lists)
        {
            readings.Add(Make("list of patients, 50 a page", "/api/patients?limit=50", once, "/patients?expand&since=0&limit=50", once));
            readings.Add(Make("list of studies, 50 a page", "/api/studies?limit=50", once, "/studies?expand&since=0&limit=50", once));
            readings.Add(Make("list of series, 50 a page", "/api/series?limit=50", once, "/series?expand&since=0&limit=50", once));
            readings.Add(Make("list of instances, 50 a page", "/api/instances?limit=50", once, "/instances?expand&since=0&limit=50", once));
            readings.Add(Make("instances of a series (50)", "/api/series/:id/instances", ourSeries, "/series/:id/instances", theirSeries));
            readings.Add(Make("detail of a patient", "/api/patients/:id", ourPatients, "/patients/:id", theirPatients));
            readings.Add(Make("detail of an instance", "/api/instances/:id", ourInstances, "/instances/:id", theirInstances));
            readings.Add(Make("tags, by name", "/api/instances/:id/tags", ourInstances, "/instances/:id/simplified-tags", theirInstances));
            readings.Add(Make("tags, with VR (ours DICOM JSON)", "/api/instances/:id/tags", ourInstances, "/instances/:id/tags", theirInstances,
                "application/dicom+json", Json));

            // One after the other through all of them, which is more than either server remembers.
            var (ourAll, theirAll) = (Shuffle(Ids(stored)), Shuffle(allOfTheirs));
            readings.Add(Make("tags, by name, no instance twice", "/api/instances/:id/tags", ourAll, "/instances/:id/simplified-tags", theirAll));
            readings.Add(Make("tags, with VR, no instance twice", "/api/instances/:id/tags", ourAll, "/instances/:id/tags", theirAll,
                "application/dicom+json", Json));
        }

        readings.Add(Make("image, JPEG", "/api/instances/:id/image", ourInstances, "/instances/:id/preview", theirInstances, "image/jpeg"));
        readings.Add(Make("image, PNG", "/api/instances/:id/image", ourInstances, "/instances/:id/preview", theirInstances, "image/png"));
        readings.Add(Make("image, JPEG, the file's window", "/api/instances/:id/image", ourInstances, "/instances/:id/rendered", theirInstances, "image/jpeg"));
        readings.Add(Make("file", "/api/instances/:id/file", ourInstances, "/instances/:id/file", theirInstances, "*/*"));
        return readings;
    }

    private static byte[][] Requests(string path, string[] ids, string accept) =>
        [.. ids.Select(id => HttpConnection.Get(path.Replace(":id", id, StringComparison.Ordinal), accept))];
}
