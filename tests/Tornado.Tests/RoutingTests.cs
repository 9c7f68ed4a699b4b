using System.Net;

namespace Tornado.Tests;

public sealed class RoutingTests
{
    [Theory]
    [InlineData("/", "root")]
    [InlineData("/item/7", "int 7")]
    [InlineData("/item/7?x=1", "int 7")]
    [InlineData("/date/cpp/2024", "date 2024 subject cpp")]
    [InlineData("/pydate/cpp/2024", "date 2024 subject cpp")]
    [InlineData("/city/a%2Fb%20c/x", "city x subject a/b c")]
    [InlineData("/opt/", "none")]
    [InlineData("/opt/5", "5")]
    [InlineData("/guid/6f9619ff-8b86-d011-b42d-00cf4fc964ff", "6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    public async Task Groups_become_parameters(string path, string expected)
    {
        await using var server = await TestServer.StartAsync(Rules);

        (await server.GetTextAsync(path)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("/item/99999999999")]
    [InlineData("/item/7/")]
    [InlineData("/item/")]
    [InlineData("/ITEM/7")]
    [InlineData("/guid/zz")]
    [InlineData("/nothing")]
    public async Task What_does_not_match_or_convert_is_not_found(string path)
    {
        await using var server = await TestServer.StartAsync(Rules);

        using var answer = await server.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static readonly Rule[] Rules =
    [
        Rule.To<Root>("/"),
        Rule.To<Item>(@"/item/(?<id>\d+)"),
        Rule.To<Dated>(@"/date/(?<subject>.+)/(?<date>\d+)"),
        Rule.To<Dated>(@"/pydate/(?P<subject>.+)/(?P<date>\d+)"),
        Rule.To<City>("/city/(.+)/([a-z]+)"),
        Rule.To<Optional>(@"/opt/(\d+)?"),
        Rule.To<Identified>("/guid/(.*)"),
    ];

    private sealed class Root : RequestHandler
    {
        public void Get() => Write("root");
    }

    private sealed class Item : RequestHandler
    {
        public Task GetAsync(int id)
        {
            Write($"int {id}");
            return Task.CompletedTask;
        }
    }

    private sealed class Dated : RequestHandler
    {
        public void Get(string date, string subject) => Write($"date {date} subject {subject}");
    }

    private sealed class City : RequestHandler
    {
        public ValueTask GetAsync(string subject, string city, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            Write($"city {city} subject {subject}");
            return default;
        }
    }

    private sealed class Optional : RequestHandler
    {
        public void Get(int? number) => Write(number?.ToString(null, null) ?? "none");
    }

    private sealed class Identified : RequestHandler
    {
        public void Get(Guid id) => Write(id.ToString());
    }
}
