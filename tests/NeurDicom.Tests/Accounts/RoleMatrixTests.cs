using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

/// <summary>Every verb of every route, asked for by every role: what the attributes say is what is done.</summary>
public sealed class RoleMatrixTests
{
    private static readonly string[] Verbs = ["GET", "POST", "PUT", "DELETE", "PATCH"];

    // What a reader may change: their own account, sessions and tokens. Whoever adds to it has thought about that.
    private static readonly string[] OwnThings =
        ["/api/users/1", "/api/users/password", "/api/users/1/password", "/api/sessions", "/api/sessions/1", "/api/tokens", "/api/tokens/1"];

    private static readonly string[] OwnPages = ["/account"];

    private static readonly string[] Levels = ["/patients", "/studies", "/series", "/instances"];

    [Fact]
    public async Task Nobody_does_what_needs_a_higher_role()
    {
        await using var server = await AccountClient.StartAsync();
        foreach (var role in Enum.GetValues<Role>())
        {
            var name = role.ToText() + "s";
            await server.CreateAsync(name, role);
            var account = (await server.Services.GetRequiredService<Users>().FindAsync(name, TestContext.Current.CancellationToken)).ShouldNotBeNull();
            var (_, token) = (await server.Services.GetRequiredService<Tokens>().CreateAsync(
                account.Id, "x", role, null, TestContext.Current.CancellationToken)).ShouldNotBeNull();

            foreach (var (path, handler) in Routes.All.Select(rule => (RoutePaths.Of(rule), rule.Handler!)))
            {
                foreach (var verb in Verbs)
                {
                    if (AccessRule.For(handler).RequiredRole(verb) is not { } required || required <= role)
                        continue;
                    using var response = await server.AskAsync(verb, path, null, TokenTests.Bearer(token));
                    response.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{role} {verb} {path}");
                }
            }
        }
    }

    [Fact]
    public void Readers_change_nothing_but_what_is_their_own()
    {
        foreach (var (path, handler) in Routes.All.Select(rule => (RoutePaths.Of(rule), rule.Handler!)))
        {
            if (OwnThings.Contains(path) || OwnPages.Any(own => path == own || path.StartsWith(own + "/", StringComparison.Ordinal)))
                continue;
            foreach (var verb in Verbs.Where(verb => verb != "GET" && Implements(handler, verb)))
            {
                if (AccessRule.For(handler).RequiredRole(verb) is { } required)
                    (required > Role.Reader).ShouldBeTrue($"{verb} {path}");
            }
        }
    }

    [Fact]
    public void Every_route_that_shows_patients_is_audited()
    {
        foreach (var (path, handler) in Routes.All.Select(rule => (RoutePaths.Of(rule), rule.Handler!)))
        {
            if (AccessRule.For(handler).IsOpen || !Implements(handler, "GET"))
                continue;
            var isPatientData = path == "/" || Levels.Any(level => path.Contains(level, StringComparison.Ordinal)) || path == "/api/changes";
            (AuditRule.For(handler).NameOf("GET", 200, namesOne: true) is not null || !isPatientData).ShouldBeTrue(path);
        }
    }

    private static bool Implements(Type handler, string verb) =>
        handler.GetMethods().Any(method => method.DeclaringType?.Namespace?.StartsWith("NeurDicom", StringComparison.Ordinal) is true
            && (method.Name.Equals(verb, StringComparison.OrdinalIgnoreCase)
                || method.Name.Equals(verb + "Async", StringComparison.OrdinalIgnoreCase)));
}
