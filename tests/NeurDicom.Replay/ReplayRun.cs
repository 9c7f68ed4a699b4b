using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace NeurDicom.Replay;

/// <summary>What became of all recorded calls and of the pixels of the stored instances.</summary>
internal sealed record ReplayOutcome(
    IReadOnlyList<ReplayedCall> Calls, IReadOnlyList<PixelFinding> Pixels, IReadOnlyList<Rule> Rules)
{
    public IEnumerable<ReplayedCall> Unexplained => Calls.Where(call => call.Verdict == Verdict.Unexplained);

    /// <summary>Rules that explained nothing: they are wrong or no longer needed.</summary>
    public IEnumerable<Rule> IdleRules =>
        Rules.Except(Calls.SelectMany(call => call.Differences).Select(difference => difference.Rule).OfType<Rule>());
}

/// <summary>
/// Makes the recorded calls in their order, in the three states that they were recorded in: without sign-in, with sign-in, and
/// once more with the hundred instances untouched for the deletion of a study.
/// </summary>
internal sealed class ReplayRun : IAsyncDisposable
{
    private const string LargeFile = "big.bin";

    // The SOP Instance UID of the generated multi-frame image; the recorded one is not known.
    private const string LargeUid = "2.25.99001";

    // Which recorded ids an upload's files got; the two before were pulled from a node.
    private static readonly Dictionary<string, long[]> UploadedIds = new(StringComparer.Ordinal)
    {
        ["upload_single"] = [103],
        ["upload_several_fields"] = [104, 105],
        ["upload_several_same_field"] = [106],
        ["upload_new_study"] = [107],
        ["upload_new_patient"] = [108],
        ["upload_empty_patient_id"] = [109],
        ["upload_no_pixels"] = [112],
        ["upload_good_and_bad"] = [113],
        ["upload_100mb"] = [114],
        ["authon_cookie_upload"] = [101],
    };

    private readonly Recordings _recordings;
    private readonly Dictionary<string, (ReplayServer Server, RecordedIds Ids)> _states = new(StringComparer.Ordinal);
    private (ReplayServer Server, RecordedIds Ids) _state;
    private long _nextProbe = 115;

    private ReplayRun(Recordings recordings) => _recordings = recordings;

    private ReplayServer Server => _state.Server;

    private RecordedIds Ids => _state.Ids;

    public static async Task<ReplayOutcome> RunAsync(Recordings recordings, CancellationToken cancel)
    {
        await using var run = new ReplayRun(recordings);
        await run.EnterAsync(recordings.Calls[0], cancel);
        var pixels = await PixelReplay.RunAsync(run.Server.Http, recordings.Pixels, cancel);
        var calls = new List<ReplayedCall>();
        foreach (var call in recordings.Calls)
            calls.Add(await run.ReplayAsync(call, cancel));

        return new ReplayOutcome(calls, pixels, Rules.All);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (server, _) in _states.Values)
            await server.DisposeAsync();
    }

    /// <summary>Holds the differences of an answer against the rules; the first rule that fits and is met explains.</summary>
    public static IReadOnlyList<Explained> Explain(Exchange exchange, IEnumerable<Difference> differences, IReadOnlyList<Rule> rules)
    {
        return [.. differences.Select(Find)];

        Explained Find(Difference difference)
        {
            string? problem = null;
            foreach (var rule in rules.Where(rule => rule.Covers(exchange.Call.Name, difference.Aspect)))
            {
                var wrong = rule.Check(exchange);
                if (wrong is null)
                    return new Explained(difference, rule, null);
                problem ??= $"{rule.Basis}: {wrong}";
            }

            return new Explained(difference, null, problem ?? "no rule");
        }
    }

    private async Task<ReplayedCall> ReplayAsync(RecordedCall call, CancellationToken cancel)
    {
        await EnterAsync(call, cancel);
        await PrepareAsync(call, cancel);
        var watch = Stopwatch.StartNew();
        var answer = await Server.AskAsync(await ArgumentsAsync(call, cancel), cancel);
        var exchange = new Exchange(call, answer, watch.Elapsed, _recordings);
        LearnIds(call, answer);
        var explained = Explain(exchange, new Comparison(Ids).Compare(call, answer), Rules.All);
        await TidyAsync(call, answer, cancel);
        return new ReplayedCall(call, answer, explained);
    }

    private async Task EnterAsync(RecordedCall call, CancellationToken cancel)
    {
        var name = call.Name.StartsWith("authon_", StringComparison.Ordinal) ? "with sign-in"
            : call.Name.StartsWith("study_delete", StringComparison.Ordinal) ? "for the deletion of a study"
            // The original had no such deletions, so each gets an archive that nobody needs any more.
            : call.Name.StartsWith("method_delete_", StringComparison.Ordinal) ? call.Name
            : "without sign-in";
        if (!_states.TryGetValue(name, out _state))
        {
            var server = await ReplayServer.StartAsync(_recordings.Instances, requireAuth: name == "with sign-in", cancel);
            _state = _states[name] = (server, new RecordedIds());
        }
    }

    private async Task PrepareAsync(RecordedCall call, CancellationToken cancel)
    {
        var large = Path.Combine(Server.Folder, LargeFile);
        switch (call.Name)
        {
            case "node_instances":
                // What the original pulls from a node now.
                Ids.Learn("instances", 101, await Server.StoreAsync(_recordings.Sample("new7.dcm"), cancel));
                Ids.Learn("instances", 102, await Server.StoreAsync(_recordings.Sample("new6.dcm"), cancel));
                break;
            case "upload_over_100mb":
                LargeFiles.WriteMultiFrame(large, _recordings.Sample("duplicate.dcm"), LargeUid, frames: 201);
                break;
            case "upload_zero_tail":
                LargeFiles.WriteZeroTail(large, _recordings.Sample("duplicate.dcm"));
                break;
            case "upload_100mb":
                LargeFiles.WriteMultiFrame(large, _recordings.Sample("duplicate.dcm"), LargeUid, frames: 190);
                break;
            case "tags_file_gone":
                Server.LoseSegments();
                break;
            case "authon_none_patients":
                // The cookie that has signed out went on working there; here it takes another.
                await Server.AskAsync(await ArgumentsAsync(_recordings.Calls.Single(c => c.Name == "authon_users_auth_ok"), cancel), cancel);
                break;
        }
    }

    private async Task TidyAsync(RecordedCall call, HttpAnswer answer, CancellationToken cancel)
    {
        // The original refused it, so what follows was recorded without it.
        if (call.Name != "upload_over_100mb" || Stored(answer).FirstOrDefault()?["id"]?.GetValue<long>() is not { } id)
            return;
        using var response = await Server.Http.DeleteAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/instances/{id}"), UriKind.Relative), cancel);
        response.EnsureSuccessStatusCode();
    }

    private async Task<IReadOnlyList<string>> ArgumentsAsync(RecordedCall call, CancellationToken cancel)
    {
        var address = new Uri(call.Command[^1]);
        // As text: Uri would tidy the path up.
        var path = call.Command[^1][$"{address.Scheme}://{address.Authority}".Length..];
        var arguments = new List<string>();
        // Without sign-in nobody is an admin here, and accounts are an admin's affair (bugs 4 and 10); the same calls in
        // the state with sign-in show what others get.
        if (IsAccountChange(call.Name))
            arguments.AddRange(["-u", RecordedAccounts.Admin]);
        foreach (var argument in call.Command.SkipLast(1))
            arguments.Add(await ArgumentAsync(argument));
        arguments.Add(Server.Address.GetLeftPart(UriPartial.Authority) + Ids.Rewrite(path));
        return arguments;

        async Task<string> ArgumentAsync(string argument)
        {
            var at = argument.IndexOf("@up/", StringComparison.Ordinal);
            if (at >= 0)
                return argument[..(at + 1)] + _recordings.Sample(argument[(at + 1)..]);
            // ETags are ours: the recorded one asks for what was sent last.
            if (argument.StartsWith("If-None-Match: \"", StringComparison.Ordinal)
                && (await Server.AskAsync(["-s", "-i", Server.Address.GetLeftPart(UriPartial.Authority) + path], cancel))["ETag"] is { } tag)
                return "If-None-Match: " + tag;
            return path == "/api/users" ? RecordedAccounts.Lengthen(argument) : argument;
        }
    }

    private static bool IsAccountChange(string name) =>
        name.StartsWith("users_create", StringComparison.Ordinal)
        || name.StartsWith("users_delete", StringComparison.Ordinal)
        || (name.StartsWith("users_put", StringComparison.Ordinal) && name != "users_put_cookie");

    private static JsonArray Stored(HttpAnswer answer) => (answer.Json as JsonObject)?["instances"] as JsonArray ?? [];

    private void LearnIds(RecordedCall call, HttpAnswer answer)
    {
        var isProbe = call.Name.StartsWith("px_", StringComparison.Ordinal) && call.Name.EndsWith("_upload", StringComparison.Ordinal);
        var recorded = isProbe ? [_nextProbe++] : UploadedIds.GetValueOrDefault(call.Name, []);
        var stored = Stored(answer);
        foreach (var (id, entry) in recorded.Zip(stored))
        {
            if (entry?["id"]?.GetValue<long>() is { } ours)
                Ids.Learn("instances", id, ours);
        }
    }
}
