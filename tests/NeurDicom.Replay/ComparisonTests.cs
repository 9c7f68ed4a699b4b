using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace NeurDicom.Replay;

/// <summary>The replay finds what is wrong: answers that differ from a recorded one, and rules that are not met.</summary>
public sealed class ComparisonTests
{
    private const string Patient = """{"id": 1, "patient_id": "A", "images_count": 40}""";

    [Theory]
    [InlineData("""{"id":1,"patient_id":"A","images_count":40}""", "")]
    [InlineData("""{"id":1,"patient_id":"A","images_count":40,"studies_count":1}""", "")] // API.md adds it
    [InlineData("""{"id":1,"patient_id":"A","images_count":40.0}""", "")]
    [InlineData("""{"id":1,"patient_id":"A","images_count":41}""", "body images_count: 40 → 41")]
    [InlineData("""{"id":1,"patient_id":"A"}""", "body images_count: 40 → absent")]
    [InlineData("""{"id":2,"patient_id":"A","images_count":40}""", "body id: 1 → 2")]
    [InlineData("""{"id":1,"images_count":40,"patient_id":"A"}""", "body order: id patient_id images_count → id images_count patient_id")]
    [InlineData("""{"id":1,"patient_id":"A","images_count":40,"password":"x"}""", "body more:  → password")]
    [InlineData("""[]""", """body: {"id":1,"patient_id":"A","images_count":40} → []""")]
    public void Every_difference_of_a_body_is_found(string now, string difference)
    {
        var found = Compare(Call(Patient), Answer(200, now));

        string.Join("; ", found).ShouldBe(difference);
    }

    [Fact]
    public void Another_status_and_another_type_are_found()
    {
        var found = Compare(Call(Patient), Answer(500, Patient, "text/html"));

        found.Select(difference => difference.ToString()).ShouldBe(["status: 200 → 500", "header Content-Type: application/json → text/html"]);
    }

    [Fact]
    public void An_origin_that_nobody_listed_is_found()
    {
        var answer = Answer(200, Patient) with { Headers = [("Content-Type", "application/json"), ("Access-Control-Allow-Origin", "*")] };

        Compare(Call(Patient), answer).Single().Aspect.ShouldBe("header Access-Control-Allow-Origin");
    }

    [Fact]
    public void A_list_may_hold_more_but_not_in_another_order()
    {
        var call = Call("""[{"id": 1}, {"id": 2}]""", "--- note: ids in order: 1 2");

        Compare(call, Answer(200, """[{"id":1},{"id":7},{"id":2}]""")).Single().ToString().ShouldBe("body count: 2 → 3");
        Compare(call, Answer(200, """[{"id":2},{"id":1}]"""))[0].ToString().ShouldBe("body order: 1 2 → 2 1");
        Compare(call, Answer(200, """[{"id":2}]"""))[0].ToString().ShouldBe("body order: 1 2 → 2");
    }

    [Fact]
    public void A_rule_explains_only_what_it_covers_and_where_it_is_met()
    {
        var exchange = new Exchange(Call(Patient), Answer(404, "{}", "application/problem+json"), TimeSpan.Zero);
        Difference[] status = [new("status", "200", "404")];

        Explain("patients_*", "status", _ => null).ShouldBe(Verdict.Better);
        Explain("studies_*", "status", _ => null).ShouldBe(Verdict.Unexplained);
        Explain("patients_*", "body*", _ => null).ShouldBe(Verdict.Unexplained);
        Explain("patients_*", "*", _ => "not so").ShouldBe(Verdict.Unexplained);
        Explain("patients_*", "*", Expect.Problem(404)).ShouldBe(Verdict.Unexplained, "{} is no problem document.");

        Verdict Explain(string cases, string aspects, Func<Exchange, string?> check) =>
            ReplayRun.Explain(exchange, status, [new Rule(Verdict.Better, cases, aspects, "bug 1", "", check)]).Single().Verdict;
    }

    [Fact]
    public void A_command_line_is_taken_apart_as_the_shell_does()
    {
        ShellWords.Split("""-s -H 'A: b c' -d '{"a": "it'"'"'s"}' ''""").ShouldBe(["-s", "-H", "A: b c", "-d", """{"a": "it's"}""", ""]);
    }

    [Theory]
    [InlineData("""{"email": "a", "password": "x"}""", """{"email": "a", "password": "x-0815-0815"}""")]
    [InlineData("""{"password": 5}""", """{"password": 5}""")]
    public void A_short_password_is_lengthened(string argument, string sent)
    {
        RecordedAccounts.Lengthen(argument).ShouldBe(sent);
    }

    private static IReadOnlyList<Difference> Compare(RecordedCall call, HttpAnswer answer) =>
        new Comparison(new RecordedIds()).Compare(call, answer);

    private static HttpAnswer Answer(int status, string body, string type = "application/json") =>
        new(status, [("Content-Type", type)], Encoding.UTF8.GetBytes(body));

    private static RecordedCall Call(string body, string note = "---")
    {
        var text = $"# patients_x\n$ curl -s -i http://127.0.0.1:18080/api/patients\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n{body}\n\n--- log\n{note}";
        using var entry = JsonDocument.Parse(
            $$"""{"name": "patients_x", "method": "GET", "path": "/api/patients", "code": 200, "length": {{body.Length}}, "sha": ""}""");
        return RecordedCall.Parse(entry.RootElement, text);
    }
}
