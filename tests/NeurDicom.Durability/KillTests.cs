using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using NeurDicom.Load;
using Shouldly;
using Xunit;

namespace NeurDicom.Durability;

public sealed class KillTests : IDisposable
{
    private const int Instances = 300;
    private const int Senders = 6;
    private const int Family = 77;

    /// <summary>Every so many of the instances is too large for a segment.</summary>
    private const int LargeEvery = 30;

    private readonly string _data = Path.Combine(Directory.CreateTempSubdirectory("neurdicom-kill-").FullName, "data");
    private readonly InstanceTemplate _small = InstanceTemplate.Square(74, Family);
    private readonly InstanceTemplate _large = InstanceTemplate.Square(800, Family);
    private readonly Ledger[] _ledgers = [.. Enumerable.Range(0, Instances).Select(number => new Ledger(number))];
    private readonly string[,] _hashes = new string[Instances, 2];
    private long _time;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_server_is_killed()
    {
        var rounds = Setting("DURABILITY_KILL_ROUNDS", 50);
        var seed = Setting("DURABILITY_KILL_SEED", RandomNumberGenerator.GetInt32(int.MaxValue));
        var random = new Random(seed);
        for (var number = 0; number < Instances; number++)
        {
            for (var content = 0; content < 2; content++)
                _hashes[number, content] = Convert.ToHexStringLower(SHA256.HashData(Bytes(number, content)));
        }

        var (acknowledged, present, gone, either, slowest) = (0L, 0L, 0L, 0L, TimeSpan.Zero);
        var segments = new HashSet<string>();
        for (var round = 1; round <= rounds; round++)
        {
            // Each policy with holes and with compaction.
            var keeps = round / 2 % 2 == 0;
            string[] policy = ["--duplicates", keeps ? "keep" : "refuse"];
            var sizes = new Dictionary<string, string>
            {
                ["DURABILITY_SEGMENT_SIZE"] = "200000",
                ["DURABILITY_PUNCH"] = round % 2 == 0 ? "1" : "0",
            };
            await using (var server = ServerProcess.Start(_data, environment: sizes, options: policy))
            {
                await server.ReadyAsync();
                using var stop = new CancellationTokenSource();
                var senders = Enumerable.Range(0, Senders)
                    .Select(sender => Task.Run(() => SendAsync(server.Http, new Random(seed + round * Senders + sender), stop.Token)))
                    .ToArray();
                await Task.Delay(random.Next(50, 1000), TestContext.Current.CancellationToken);
                await server.KillAsync();
                await stop.CancelAsync();
                await Task.WhenAll(senders);
            }

            // Now and then the next start is killed too, while it repairs.
            if (round % 4 == 0)
            {
                await using var interrupted = ServerProcess.Start(_data, environment: sizes, options: policy);
                await Task.Delay(random.Next(20, 400), TestContext.Current.CancellationToken);
                await interrupted.KillAsync();
            }

            await using var again = ServerProcess.Start(_data, environment: sizes, options: policy);
            var start = await again.ReadyAsync();
            slowest = start > slowest ? start : slowest;
            acknowledged += _ledgers.Sum(ledger => ledger.Acknowledged);
            var problems = await CompareAsync(again, keeps);
            present += problems.Present;
            gone += problems.Gone;
            either += problems.Either;
            await again.StopAsync();
            problems.Found.AddRange(FolderCheck.Problems(_data));
            segments.UnionWith(Directory.GetFiles(Path.Combine(_data, "segments")));
            if (problems.Found.Count > 0)
                Assert.Fail($"Round {round} of seed {seed}:\n{string.Join('\n', problems.Found.Take(20))}\n{again.Output}");
        }

        // Otherwise neither sealing nor the removal of segments was ever near a kill.
        segments.Count.ShouldBeGreaterThan(rounds);
        var left = Directory.GetFiles(Path.Combine(_data, "segments")).Length;
        left.ShouldBeLessThan(segments.Count);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rounds} kills, seed {seed}: {acknowledged} answers acknowledged; after the restarts {present} instances had to be there and were, "
            + $"{gone} had to be gone and were, {either} were cut off in flight and are one or the other; "
            + $"{segments.Count} segments, {left} of them left; no orphan, no half instance, every counter right; slowest start {slowest.TotalMilliseconds:F0} ms"));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_data)!, recursive: true);

    private async Task SendAsync(HttpClient http, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var ledger = _ledgers[random.Next(Instances)];
            try
            {
                switch (random.Next(200))
                {
                    case < 150:
                        await StoreAsync(http, ledger, random.Next(8) == 0 ? 1 : 0);
                        break;
                    case < 199:
                        await DeleteAsync(http, ledger);
                        break;
                    default:
                        await DeleteSeriesAsync(http, ledger);
                        break;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                // Killed: whether it happened is for the restart to show.
                return;
            }
        }
    }

    private async Task StoreAsync(HttpClient http, Ledger ledger, int content)
    {
        using var body = new ByteArrayContent(Bytes(ledger.Number, content));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        var deed = ledger.Begin(Interlocked.Increment(ref _time), isStore: true, content);
        using var response = await http.PostAsync("/api/instances", body);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Conflict))
            throw new InvalidOperationException($"{response.StatusCode}: {answer.RootElement}");

        var instance = answer.RootElement.GetProperty("instances")[0];
        ledger.Id = instance.GetProperty("id").GetInt64();
        deed.IsAcknowledged = response.StatusCode == HttpStatusCode.OK;
        deed.IsWithoutEffect = !deed.IsAcknowledged;
        deed.WasThere = instance.GetProperty("outcome").GetString() == "already_stored";
        deed.Ended = Interlocked.Increment(ref _time);
    }

    private async Task DeleteAsync(HttpClient http, Ledger ledger)
    {
        if (ledger.Id == 0)
            return;
        var deed = ledger.Begin(Interlocked.Increment(ref _time), isStore: false);
        using var response = await http.DeleteAsync(string.Create(CultureInfo.InvariantCulture, $"/api/instances/{ledger.Id}"));
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotFound)
            throw new InvalidOperationException($"{response.StatusCode}");
        deed.IsAcknowledged = response.IsSuccessStatusCode;
        deed.IsWithoutEffect = !deed.IsAcknowledged;
        deed.Ended = Interlocked.Increment(ref _time);
    }

    /// <summary>Takes the instance's whole series away.</summary>
    private async Task DeleteSeriesAsync(HttpClient http, Ledger ledger)
    {
        using var list = JsonDocument.Parse(await http.GetByteArrayAsync("/api/series"));
        var number = ledger.Number / InstanceTemplate.InstancesPerSeries;
        var series = list.RootElement.EnumerateArray()
            .FirstOrDefault(each => each.GetProperty("series_instance_uid").GetString() == UidOf(2, number));
        if (series.ValueKind is JsonValueKind.Undefined)
            return;

        var id = series.GetProperty("id").GetInt64();
        var deeds = _ledgers
            .Where(each => each.Number / InstanceTemplate.InstancesPerSeries == number)
            .Select(each => each.Begin(Interlocked.Increment(ref _time), isStore: false))
            .ToList();
        using var response = await http.DeleteAsync(string.Create(CultureInfo.InvariantCulture, $"/api/series/{id}"));
        foreach (var deed in deeds)
        {
            // Success says that the series is gone, with all that was in it.
            deed.IsAcknowledged = response.IsSuccessStatusCode;
            deed.IsWithoutEffect = response.StatusCode == HttpStatusCode.NotFound;
            deed.Ended = Interlocked.Increment(ref _time);
        }
    }

    private async Task<(List<string> Found, int Present, int Gone, int Either)> CompareAsync(ServerProcess server, bool keeps)
    {
        using var list = JsonDocument.Parse(await server.Http.GetByteArrayAsync("/api/instances"));
        var byUid = list.RootElement.EnumerateArray().ToDictionary(instance => instance.GetProperty("sop_instance_uid").GetString()!);
        var problems = new List<string>();
        var (present, gone, either) = (0, 0, 0);
        foreach (var ledger in _ledgers)
        {
            int? found = null;
            var id = 0L;
            if (byUid.TryGetValue(UidOf(3, ledger.Number), out var instance))
            {
                id = instance.GetProperty("id").GetInt64();
                var bytes = await server.Http.GetByteArrayAsync(string.Create(CultureInfo.InvariantCulture, $"/api/instances/{id}/file"));
                var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
                found = hash == _hashes[ledger.Number, 0] ? 0 : hash == _hashes[ledger.Number, 1] ? 1 : -1;
                if (found < 0)
                    problems.Add($"Instance {ledger.Number} (id {id}) has bytes that nobody sent.");
                if (hash != instance.GetProperty("sha256").GetString())
                    problems.Add($"Instance {ledger.Number} (id {id}) does not have the hash that the index names.");
            }

            if (ledger.MustBeOneOf(keeps) is { } contents)
            {
                present++;
                if (found is not { } content || !contents.Contains(content))
                    problems.Add($"Instance {ledger.Number}: content {string.Join(" or ", contents)} was acknowledged, and {found?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} is there.");
            }
            else if (ledger.MustBeGone())
            {
                gone++;
                if (found is not null)
                    problems.Add($"Instance {ledger.Number}: its deletion was acknowledged, and it is there.");
            }
            else
            {
                either++;
            }

            ledger.Restart(found, id, Interlocked.Increment(ref _time));
        }

        return (problems, present, gone, either);
    }

    private byte[] Bytes(int number, int content)
    {
        var template = number % LargeEvery == 0 ? _large : _small;
        var bytes = template.Copy();
        template.Stamp(bytes, number);
        bytes[^1] = (byte)content;
        return bytes;
    }

    /// <summary>As <see cref="InstanceTemplate"/> makes them: 2 for series, 3 for instances.</summary>
    private static string UidOf(int level, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"2.25.4711{Family:D4}{level}{number:D10}");

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
