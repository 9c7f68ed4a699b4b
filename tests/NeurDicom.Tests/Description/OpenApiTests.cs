using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NeurDicom.Accounts;
using NeurDicom.Description;
using NeurDicom.Tests.Imaging;
using Shouldly;
using Tornado;
using Xunit;

namespace NeurDicom.Tests.Description;

public sealed partial class OpenApiTests
{
    private static readonly JsonNode Document = JsonNode.Parse(OpenApi.Document.Span)!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_route_of_the_api_is_described()
    {
        var missing =
            from rule in OpenApi.Described(Routes.All)
            from verb in OpenApi.VerbsOf(rule.Handler!)
            where OpenApi.OperationOf(rule.Handler!, verb) is null
            select $"{rule.Handler!.Name} needs [Operation(\"{verb}\", \"what it does\", …)]; see src/NeurDicom/Description";

        missing.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void What_is_described_is_what_is_served()
    {
        foreach (var rule in OpenApi.Described(Routes.All))
        {
            var item = Document["paths"]![RoutePath.Of(rule).Template].ShouldNotBeNull().AsObject();
            item.Select(member => member.Key.ToUpperInvariant()).Except(["PARAMETERS"])
                .ShouldBe(OpenApi.VerbsOf(rule.Handler!), ignoreOrder: true, rule.Matcher.Pattern);
        }

        Document["paths"]!.AsObject().Count.ShouldBe(OpenApi.Described(Routes.All).Count());
    }

    [Fact]
    public void The_document_refers_only_to_what_it_holds()
    {
        Document["openapi"]!.ToString().ShouldBe("3.1.0");
        foreach (Match reference in Reference().Matches(Document.ToJsonString()))
        {
            var place = reference.Groups[1].Value.Split('/').Aggregate((JsonNode?)Document, (node, name) => node?[name]);
            place.ShouldNotBeNull(reference.Value);
        }

        Operations().Select(operation => operation["operationId"]!.ToString()).ShouldBeUnique();
    }

    [Fact]
    public void It_says_of_each_verb_which_role_it_needs()
    {
        Document["paths"]!["/api/patients/{id}"]!["get"]!["description"]!.ToString().ShouldEndWith("Needs the role reader.");
        Document["paths"]!["/api/patients/{id}"]!["delete"]!["description"]!.ToString().ShouldEndWith("Needs the role writer.");
        Document["paths"]!["/api/users/auth"]!["post"]!["security"]!.AsArray().ShouldBeEmpty();
        foreach (var rule in OpenApi.Described(Routes.All).Where(rule => !AccessRule.For(rule.Handler!).IsOpen))
        {
            foreach (var (verb, operation) in Document["paths"]![RoutePath.Of(rule).Template]!.AsObject())
            {
                if (verb != "parameters")
                    operation!["responses"]!["401"].ShouldNotBeNull(rule.Matcher.Pattern);
            }
        }
    }

    [Theory]
    [InlineData("/api/patients", "Patient", true)]
    [InlineData("/api/patients/1", "Patient", false)]
    [InlineData("/api/studies", "Study", true)]
    [InlineData("/api/studies/1", "Study", false)]
    [InlineData("/api/series", "Series", true)]
    [InlineData("/api/series/1", "Series", false)]
    [InlineData("/api/instances", "Instance", true)]
    [InlineData("/api/instances/1", "Instance", false)]
    [InlineData("/api/series/1/instances", "Instance", true)]
    [InlineData("/api/statistics", "Statistics", false)]
    [InlineData("/api/changes", "Change", true)]
    [InlineData("/api/users", "Account", true)]
    [InlineData("/api/audit", "AuditEvent", true)]
    [InlineData("/api/users/check", "Empty", false)]
    [InlineData("/health/ready", "Health", false)]
    [InlineData("/api/nothing", "Problem", false)]
    [InlineData("/api/patients?colour=red", "Problem", false)]
    public async Task An_answer_has_the_members_of_its_schema(string path, string schema, bool isArray)
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.SignInAsync();
        var stored = await server.PostDicomAsync(new PictureFile().Pixels(new int[64]).Write());

        Check(JsonNode.Parse(await stored.Content.ReadAsStringAsync(Cancel)), Schema("StoreAnswer"), "StoreAnswer");
        using var response = await server.GetAsync(path);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel)).ShouldNotBeNull();

        foreach (var one in isArray ? answer.AsArray() : [answer.DeepClone()])
            Check(one, Schema(schema), schema);
        if (isArray)
            answer.AsArray().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Lists_take_the_parameters_that_are_described()
    {
        await using var server = await ArchiveServer.StartAsync();
        await server.SignInAsync();

        foreach (var (path, item) in Document["paths"]!.AsObject())
        {
            var described = item!["get"]?["parameters"]?.AsArray().Select(one => one!["name"]!.ToString()).ToList() ?? [];
            if (!described.Contains("limit") || path.Contains('{', StringComparison.Ordinal))
                continue;
            using var response = await server.GetAsync(path + "?colour=red");
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, path);
            var said = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["errors"]!["colour"]![0]!.ToString();
            said.TrimEnd('.').Split("there are ")[1].Split(", ").ShouldBe(described, ignoreOrder: true, path);
        }
    }

    [Fact]
    public async Task The_page_runs_no_script_but_its_own_and_lies_in_no_frame()
    {
        await using var server = await ArchiveServer.StartAsync(new Settings { RestPort = 0 });

        using var page = await server.GetAsync("/docs");
        var html = await page.Content.ReadAsStringAsync(Cancel);
        using var script = await server.GetAsync("/docs/page.js");
        using var document = await server.GetAsync("/api/openapi.json");
        using var again = await server.GetAsync("/api/openapi.json", ("If-None-Match", document.Headers.ETag!.ToString()));

        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        html.ShouldNotMatch("<script(?![^>]* src=)|<style|style=|\\son[a-z]+=");
        script.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        (await script.Content.ReadAsStringAsync(Cancel)).ShouldNotContain("innerHTML");
        document.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData(@"/api/patients", "/api/patients")]
    [InlineData(@"/api/patients/(?P<id>[0-9]+)", "/api/patients/{id}")]
    [InlineData(@"/a/(?<x>[^/)(]+)/b\.json$", "/a/{x}/b.json")]
    [InlineData(@"/a/(?P<p>[0-9A-F]{8}(?:/[0-9]+)*)", "/a/{p}")]
    [InlineData(@"/a/?", null)]
    [InlineData(@"/a/(.*)", null)]
    public void A_route_becomes_a_path_or_is_refused(string pattern, string? template)
    {
        var rule = Rule.To<LivePage>(pattern);

        if (template is null)
            Should.Throw<FormatException>(() => RoutePath.Of(rule));
        else
            RoutePath.Of(rule).Template.ShouldBe(template);
    }

    private static IEnumerable<JsonNode> Operations() =>
        from path in Document["paths"]!.AsObject()
        from member in path.Value!.AsObject()
        where member.Key != "parameters"
        select member.Value;

    private static JsonNode Schema(string name) => Document["components"]!["schemas"]![name].ShouldNotBeNull(name);

    /// <summary>As much of JSON Schema as the document uses; a member that it does not name is wrong.</summary>
    private static void Check(JsonNode? value, JsonNode schema, string place)
    {
        if (schema["$ref"] is { } reference)
        {
            Check(value, Schema(reference.ToString().Split('/')[^1]), place);
            return;
        }

        var types = schema["type"] is JsonArray several ? several.Select(one => one!.ToString()).ToList() : [schema["type"]!.ToString()];
        var type = value is null ? "null" : value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.Object => "object",
            System.Text.Json.JsonValueKind.Array => "array",
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.Number => "integer",
            _ => "boolean",
        };
        types.ShouldContain(type, $"{place}: {value?.ToJsonString()}");

        if (value is JsonArray array && schema["items"] is { } items)
        {
            foreach (var item in array)
                Check(item, items, place + "[]");
        }
        else if (value is JsonObject members && schema["properties"] is JsonObject properties)
        {
            foreach (var name in schema["required"]?.AsArray().Select(one => one!.ToString()) ?? [])
                members.ContainsKey(name).ShouldBeTrue($"{place} lacks {name}");
            foreach (var (name, member) in members)
                Check(member, properties[name].ShouldNotBeNull($"{place}.{name} is not described"), $"{place}.{name}");
        }
    }

    private sealed class LivePage : RequestHandler;

    [GeneratedRegex("\"\\$ref\":\"#/([^\"]+)\"")]
    private static partial Regex Reference();
}
