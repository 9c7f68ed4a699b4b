using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeurDicom.Replay;

/// <summary>
/// Holds an answer against the recorded one. JSON is compared as values, with the original's members in the original's order
/// (API.md, first paragraph); what API.md changes for every answer alike is not told again for each call, and checked here:
/// <list type="bullet">
/// <item>ETags are not compared at all.</item>
/// <item>Members that "Members added to the original's" names may follow; no others.</item>
/// <item><c>image</c> is <c>/api/instances/:id/file</c>, with the instance's id.</item>
/// <item>No origin may read answers but those that are listed, and there is no <c>*</c> beside credentials ("CORS").</item>
/// </list>
/// </summary>
internal sealed class Comparison(RecordedIds ids)
{
    private static readonly Dictionary<string, string[]> Added = new(StringComparer.Ordinal)
    {
        ["patients"] = ["issuer_of_patient_id", "studies_count"],
        ["studies"] = ["study_date", "study_time", "accession_number", "referring_physician_name"],
        ["series"] = ["series_description", "series_date", "series_time", "manufacturer", "station_name"],
        ["instances"] =
        [
            "sop_class_uid", "transfer_syntax_uid", "frames", "bits_allocated", "bits_stored", "size", "sha256", "stored_at",
        ],
        // API.md, "Sign-in and browsers": a role stands beside is_admin, and an account has a state.
        ["users"] = ["role", "is_admin", "is_active"],
    };

    // The object below a member of this name is of this kind.
    private static readonly Dictionary<string, string> Nested = new(StringComparer.Ordinal)
    {
        ["patient"] = "patients",
        ["study"] = "studies",
        ["series"] = "series",
    };

    public IReadOnlyList<Difference> Compare(RecordedCall call, HttpAnswer now)
    {
        var was = call.Answer;
        var found = new List<Difference>();
        if (was.Status != now.Status)
            found.Add(new Difference("status", Text(was.Status), Text(now.Status)));

        if ((call.Length > 0 || now.Body.Length > 0) && was.ContentType != now.ContentType)
            found.Add(new Difference("header Content-Type", was.ContentType ?? "none", now.ContentType ?? "none"));
        foreach (var name in (string[])["Set-Cookie", "WWW-Authenticate", "Allow", "Content-Range", "Location"])
        {
            if (was[name] is null != now[name] is null)
                found.Add(new Difference("header " + name, was[name] ?? "none", now[name] ?? "none"));
        }

        CompareOrigins(call, now, found);
        CompareBodies(call, now, found);
        return found;
    }

    private static void CompareOrigins(RecordedCall call, HttpAnswer now, List<Difference> found)
    {
        var asked = call.Command.Contains("Origin: " + ReplayServer.Origin);
        var allowed = asked ? ReplayServer.Origin : null;
        if (now["Access-Control-Allow-Origin"] != allowed)
            found.Add(new Difference("header Access-Control-Allow-Origin", allowed ?? "none", now["Access-Control-Allow-Origin"] ?? "none"));
    }

    private void CompareBodies(RecordedCall call, HttpAnswer now, List<Difference> found)
    {
        if (call.IsErrorPage)
            found.Add(new Difference("body", "Tornado's error page", now.Text));
        else if (call.Json is { } json)
            CompareJsonBody(call, json, now, found);
        else if (call.Length != now.Body.Length || (call.Length > 0 && call.Hash != now.Hash))
            found.Add(new Difference("body", Describe(call.Length, call.Hash), Describe(now.Body.Length, now.Hash)));
    }

    private void CompareJsonBody(RecordedCall call, JsonNode was, HttpAnswer answer, List<Difference> found)
    {
        if (answer.Json is not { } now)
        {
            found.Add(new Difference("body", was.ToJsonString(), answer.Text));
            return;
        }

        if (call.Ids is { } order && now is JsonArray rows)
            now = CompareRows(call, order, rows, was.AsArray().Count, found);
        CompareValues(was, now, "", Kind(call.Path), found);
    }

    // The rows that the original had come in its order, whatever else stands between them; what is recorded are the first.
    private JsonArray CompareRows(RecordedCall call, IReadOnlyList<long> order, JsonArray rows, int recorded, List<Difference> found)
    {
        var kind = Kind(call.Path);
        var expected = order.Select(id => ids.Ours(kind, id)).ToList();
        var known = rows.Where(row => expected.Contains(row?["id"]?.GetValue<long>() ?? 0)).ToList();
        var actual = known.Select(row => row!["id"]!.GetValue<long>()).ToList();
        if (!expected.SequenceEqual(actual))
            found.Add(new Difference("body order", string.Join(' ', expected), string.Join(' ', actual)));
        if (rows.Count != order.Count)
            found.Add(new Difference("body count", Text(order.Count), Text(rows.Count)));
        return new JsonArray([.. known.Take(recorded).Select(row => row!.DeepClone())]);
    }

    private void CompareValues(JsonNode? was, JsonNode? now, string path, string kind, List<Difference> found)
    {
        switch (was, now)
        {
            case (JsonObject before, JsonObject after):
                CompareMembers(before, after, path, kind, found);
                break;
            case (JsonArray before, JsonArray after) when before.Count == after.Count:
                foreach (var (a, b) in before.Zip(after))
                    CompareValues(a, b, path, kind, found);
                break;
            default:
                if (!JsonNode.DeepEquals(was, now) && !IsSameNumber(was, now))
                    found.Add(new Difference(Aspect(path), Print(was), Print(now)));
                break;
        }
    }

    private void CompareMembers(JsonObject was, JsonObject now, string path, string kind, List<Difference> found)
    {
        foreach (var (name, value) in was)
        {
            var place = path.Length == 0 ? name : $"{path}.{name}";
            if (!now.TryGetPropertyValue(name, out var ours))
                found.Add(new Difference(Aspect(place), Print(value), "absent"));
            else if (name == "id" && Number(value) is { } recorded && Number(ours) is { } id)
            {
                if (!ids.IsSame(kind, recorded, id))
                    found.Add(new Difference(Aspect(place), Text(recorded), Text(id)));
            }
            else if (name == "image" && ours?.ToString() == $"/api/instances/{Number(now["id"])}/file")
                continue;
            else
                CompareValues(value, ours, place, Nested.GetValueOrDefault(name, kind), found);
        }

        var known = now.Select(member => member.Key).Where(was.ContainsKey).ToList();
        var order = was.Select(member => member.Key).Where(now.ContainsKey).ToList();
        if (!order.SequenceEqual(known))
            found.Add(new Difference(Aspect(path) + " order", string.Join(' ', order), string.Join(' ', known)));

        var more = now.Select(member => member.Key).Where(name => !was.ContainsKey(name)).ToList();
        var strange = more.Except(Added.GetValueOrDefault(kind, [])).ToList();
        if (strange.Count > 0)
            found.Add(new Difference(Aspect(path) + " more", "", string.Join(", ", strange)));
    }

    // /api/patients/1/studies?x lists studies; tags are their own kind, keyed by names.
    private static string Kind(string path) =>
        path.Split('?')[0].Split('/').LastOrDefault(part => part is "patients" or "studies" or "series" or "instances" or "users" or "tags")
        ?? "";

    private static bool IsSameNumber(JsonNode? a, JsonNode? b) =>
        a is JsonValue x && b is JsonValue y
        && x.GetValueKind() == JsonValueKind.Number && y.GetValueKind() == JsonValueKind.Number
        && x.GetValue<double>().Equals(y.GetValue<double>());

    private static long? Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    private static string Aspect(string path) => path.Length == 0 ? "body" : "body " + path;

    private static string Describe(long length, string hash) => length == 0 ? "empty" : $"{length} bytes, {hash[..12]}";

    private static string Print(JsonNode? node) => node?.ToJsonString() ?? "null";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
