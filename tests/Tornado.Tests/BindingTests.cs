using Microsoft.Extensions.DependencyInjection;

namespace Tornado.Tests;

/// <summary>
/// What is wrong with a rule is said when the application is built, with handler, route and parameter.
/// </summary>
public sealed class BindingTests
{
    [Fact]
    public void A_parameter_without_a_group_stops_the_start()
        => Refusal<OneInt>("/x").ShouldBe(
            $"{typeof(OneInt)} cannot answer the route /x: Get asks for \"id\", and the route has no group for it.");

    [Fact]
    public void A_group_without_a_parameter_stops_the_start()
    {
        Refusal<OneInt>(@"/(?<id>\d+)/(?<other>\d+)").ShouldContain("Get has no parameter for the group \"other\"");
        Refusal<OneInt>(@"/(\d+)/(\d+)").ShouldContain("Get has no parameter for the group 2");
        Refusal<OneInt>(@"/(?<other>\d+)").ShouldContain("Get asks for \"id\"");
    }

    [Fact]
    public void A_parameter_that_nothing_converts_to_stops_the_start()
        => Refusal<Unparsable>("/(?<thing>.+)")
            .ShouldContain("\"thing\" as System.Object, which is neither text nor IParsable<T>");

    [Fact]
    public void A_keyword_argument_must_be_asked_for_and_given()
    {
        Refusal<WithInitialize>("/", new { database = "d", surplus = 1 })
            .ShouldContain("Initialize has no parameter for the keyword argument \"surplus\"");
        Refusal<WithInitialize>("/").ShouldContain("Initialize asks for \"database\"");
        Refusal<WithInitialize>("/", new { database = 1 }).ShouldContain("is no System.String");
        Refusal<Plain>("/", new { database = 1 }).ShouldContain("has no Initialize");
    }

    [Fact]
    public void A_verb_is_defined_once()
    {
        Refusal<TwoGets>("/").ShouldContain("more than one Get or GetAsync");
        Refusal<ReturnsText>("/").ShouldContain("Get returns System.String");
    }

    [Fact]
    public void A_handler_must_be_makeable()
    {
        Refusal<TwoConstructors>("/").ShouldContain("exactly one public constructor");
        Refusal<Abstract>("/").ShouldContain("abstract");
        Refusal<NeedsService>("/").ShouldContain("its constructor asks for \"events\"");
    }

    [Fact]
    public void Groups_are_all_named_or_all_unnamed()
        => Should.Throw<ArgumentException>(() => Rule.To<Plain>(@"/(?<a>\d+)/(\d+)")).Message.ShouldContain(
            "mixes named and unnamed groups");

    [Fact]
    public void A_pattern_that_is_none_fails_where_it_is_written()
        => Should.Throw<ArgumentException>(() => Rule.To<Plain>("/(unclosed"));

    [Fact]
    public void A_hidden_verb_is_the_one_of_the_derived_class()
        => Should.NotThrow(() => new Application([Rule.To<Hiding>("/")]));

    [Theory]
    [InlineData(@"/a/(\d+)", "/a/7", 7)]
    [InlineData("/a/(.*)/b", "/a/x%20y%2F%C3%A9/z/b", "x y/\u00e9/z")]
    public void A_path_is_written_backwards(string pattern, string expected, object argument)
        => new Application([Rule.To<Plain>(pattern, name: "n")]).ReverseUrl("n", argument)
            .ShouldBe(expected.Replace("%2F", "/", StringComparison.Ordinal));

    [Theory]
    [InlineData(@"/\d+")]
    [InlineData("/(a(b))")]
    [InlineData("/(?:a|b)")]
    [InlineData("/[ab]")]
    public void A_pattern_that_cannot_be_reversed_says_so(string pattern)
        => Should.Throw<InvalidOperationException>(
            () => new Application([Rule.To<Plain>(pattern, name: "n")]).ReverseUrl("n")).Message.ShouldContain(pattern);

    [Fact]
    public void Reversing_wants_the_right_name_and_count()
    {
        var application = new Application([Rule.To<Plain>("/(.*)", name: "n")]);

        Should.Throw<KeyNotFoundException>(() => application.ReverseUrl("zz")).Message.ShouldBe(
            "zz not found in named urls");
        Should.Throw<ArgumentException>(() => application.ReverseUrl("n", 1, 2));
    }

    private static string Refusal<THandler>(string pattern, object? arguments = null)
        where THandler : RequestHandler
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        return Should.Throw<RouteBindingException>(
            () => new Application([Rule.To<THandler>(pattern, arguments)], services: services)).Message;
    }

    private sealed class Plain : RequestHandler;

    private sealed class OneInt : RequestHandler
    {
        public void Get(int id) => Write($"{id}");
    }

    private sealed class Unparsable : RequestHandler
    {
        public void Get(object thing) => Write($"{thing}");
    }

    private sealed class WithInitialize : RequestHandler
    {
        public void Initialize(string database) => ArgumentNullException.ThrowIfNull(database);
    }

    private sealed class TwoGets : RequestHandler
    {
        public void Get() => Write("");

        public Task GetAsync() => Task.CompletedTask;
    }

    private sealed class ReturnsText : RequestHandler
    {
        public string Get() => "";
    }

    private sealed class TwoConstructors : RequestHandler
    {
        public TwoConstructors()
        {
        }

        public TwoConstructors(Events events) => events.Add("");
    }

    private abstract class Abstract : RequestHandler;

    private sealed class NeedsService(Events events) : RequestHandler
    {
        public void Get() => events.Add("");
    }

    private class Hidden : RequestHandler
    {
        public void Get() => Write("hidden");
    }

    private sealed class Hiding : Hidden
    {
        public new void Get() => Write("hiding");
    }
}
