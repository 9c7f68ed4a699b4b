using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tornado.Conformance;

namespace Tornado.Tests;

/// <summary>
/// The cases recorded from real Tornado, sent to the same applications built on this library. Those that need features
/// of a later issue are left out by <see cref="NeedsMore"/>, those that differ on purpose stand with their reason in
/// <see cref="Differs"/>.
/// </summary>
public sealed class ReferenceCaseTests
{
    /// <summary>
    /// Static files, compression, XSRF, decorators, templates, locale, WebSockets; virtual hosts and nested routers.
    /// </summary>
    private static readonly string[] NeedsMore =
    [
        "M", "N", "O", "P", "Q", "R", "T", "J25", "J26", "J27", "J28", "J29", "J32", "J33", "J34", "J35", "J36", "L17",
        "U06", "U07", "U15", "U23", "U29", "V09",
    ];

    private static readonly Dictionary<string, string> Differs = new()
    {
        ["A29"] = "Kestrel refuses it with a Content-Length.",
        ["A38"] = "As A29.",
        ["A43"] = "The handler's own error page says 400.",
        ["C15"] = "A header name that is no token is refused, not sent.",
        ["G05"] = "Location is percent-encoded, not raw UTF-8.",
        ["H24"] = "A handler that cannot be made gets a 500, not a dropped connection.",
        ["H25"] = "As H24, with its own status.",
        ["H27"] = "A keyword argument without a parameter stops the start.",
        ["I11"] = "Argument names are UTF-8, not Latin-1.",
        ["J37"] = "A quantifier behind a group is no part of the reversed path.",
        ["S15"] = "OnFinish runs last, whatever happened.",
        ["S19"] = "413 with a page, not a bare 400.",
        ["U05"] = "PathArguments serve a verb without parameters.",
        ["U24"] = "Kestrel refuses CONNECT with a Host that is not its target.",
        ["V15"] = "A group without a parameter stops the start.",
        ["V16"] = "DataReceivedAsync that throws gets its error page, not a dropped connection.",
    };

    [Fact]
    public async Task Recorded_requests_are_answered_as_tornado_answers_them()
    {
        var cases = ReadCases();
        Assert.SkipWhen(
            cases is null,
            "NOT RUN: ../shared/tornado/cases.json is not there, so nothing is compared with real Tornado.");
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var servers = new Dictionary<string, HttpServer>();
        foreach (var name in ReferenceApplications.Names)
        {
            servers[name] = ReferenceApplications.Build(name, services).Listen(0, "127.0.0.1");
            await servers[name].StartAsync(TestContext.Current.CancellationToken);
        }

        var failures = new List<string>();
        var wanted = cases!.Where(IsCompared).ToList(); // Skipped above when null.

        // Cases with a trace of calls share it, so they run one by one.
        await Parallel.ForEachAsync(
            wanted.Where(c => !c.TryGetProperty("events", out _)),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            CompareAsync);
        foreach (var traced in wanted.Where(c => c.TryGetProperty("events", out _)))
            await CompareAsync(traced, TestContext.Current.CancellationToken);
        foreach (var server in servers.Values)
            await server.DisposeAsync();

        wanted.Count.ShouldBeGreaterThan(150);
        failures.ShouldBeEmpty();

        // What a busy machine answers too late is asked again with more patience.
        async ValueTask CompareAsync(JsonElement c, CancellationToken cancel)
        {
            var difference = await DifferenceAsync(c, 0.3, cancel);
            if (difference is not null)
                difference = await DifferenceAsync(c, 3, cancel);
            if (difference is null)
                return;
            lock (failures)
                failures.Add(difference);
        }

        async Task<string?> DifferenceAsync(JsonElement c, double patience, CancellationToken cancel)
        {
            var port = servers[c.GetProperty("app").GetString()!].Ports[0]; // Every case has its application.
            Trace.Events.Clear();
            var answer = await ReferenceTalk.TalkAsync(port, c, patience, cancel);
            var texts = c.GetProperty("steps").EnumerateArray().Where(s => s.ValueKind == JsonValueKind.String);
            var request = string.Concat(texts.Select(s => s.GetString()));
            var expected = ReferenceTalk.Canonical(c.GetProperty("response").GetString() ?? "", request);
            var actual = ReferenceTalk.Canonical(answer, request)
                .Replace($":{port}", ":<PORT>", StringComparison.Ordinal);
            if (expected == actual && c.TryGetProperty("events", out var events))
            {
                expected = string.Join(", ", events.EnumerateArray().Select(e => e.GetString()));
                for (var i = 0; i < 500 && Trace.Events.Count < events.GetArrayLength(); i++)
                    await Task.Delay(10, cancel);
                actual = string.Join(", ", Trace.Events);
            }
            return expected == actual
                ? null
                : $"{c.GetProperty("id")} {c.GetProperty("what")}\n  tornado {expected}\n  here    {actual}";
        }
    }

    private static bool IsCompared(JsonElement c)
    {
        var id = c.GetProperty("id").GetString() ?? "";
        return !c.TryGetProperty("known", out _)
            && !Differs.ContainsKey(id)
            && !NeedsMore.Any(n => id == n || (n.Length == 1 && id.StartsWith(n, StringComparison.Ordinal)));
    }

    private static List<JsonElement>? ReadCases()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "NeurDicom.slnx")))
            folder = folder.Parent;
        var path = folder is null ? "" : Path.Combine(folder.FullName, "..", "shared", "tornado", "cases.json");
        return File.Exists(path) ? [.. JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.EnumerateArray()] : null;
    }
}
