using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NeurDicom.Accounts;
using Shouldly;
using Xunit;

namespace NeurDicom.Tests.Accounts;

/// <summary>What the tests of accounts ask the server for, each request with exactly the credentials it names.</summary>
internal static class AccountClient
{
    public const string Password = "correct horse battery";

    // A hash takes half a second; the tests need the same two again and again.
    private static readonly Lazy<string> AdminHash = new(() => PasswordHash.Create(ArchiveServer.Password));
    private static readonly Lazy<string> UserHash = new(() => PasswordHash.Create(Password));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A server that asks for sign-in, with the account <c>admin</c>.</summary>
    public static async Task<ArchiveServer> StartAsync(Settings? settings = null, string? folder = null)
    {
        var server = await ArchiveServer.StartAsync(settings ?? new Settings { RestPort = 0 }, folder);
        await server.Services.GetRequiredService<Users>().CreateAsync(
            new AccountChange("admin", "", "", Role.Admin, true, AdminHash.Value), Cancel);
        return server;
    }

    /// <summary>Makes an account with <see cref="Password"/>; gives its id.</summary>
    public static async Task<long> CreateAsync(this ArchiveServer server, string email, Role role)
    {
        var (_, account) = await server.Services.GetRequiredService<Users>().CreateAsync(
            new AccountChange(email, "Ada", "Min", role, true, UserHash.Value), Cancel);
        return account.ShouldNotBeNull().Id;
    }

    /// <summary>A Cookie header of a session that began without a password.</summary>
    public static async Task<(string, string)> SessionOfAsync(this ArchiveServer server, string email = "admin")
    {
        var account = (await server.Services.GetRequiredService<Users>().FindAsync(email, Cancel)).ShouldNotBeNull();
        var token = await server.Services.GetRequiredService<Sessions>().StartAsync(account, Cancel);
        return ("Cookie", $"{Sessions.Cookie}={token}");
    }

    public static Task<HttpResponseMessage> SignInAsync(this ArchiveServer server, object body) =>
        server.Http.PostAsJsonAsync("/api/users/auth", body, Cancel);

    /// <summary>Signs in with the password and gives the Cookie header that goes with it.</summary>
    public static async Task<(string, string)> CookieOfAsync(this ArchiveServer server, string email, string password)
    {
        using var response = await server.SignInAsync(new { email, password });
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return ("Cookie", response.SessionCookie());
    }

    public static string SessionCookie(this HttpResponseMessage response) =>
        response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    public static async Task<HttpResponseMessage> AskAsync(
        this ArchiveServer server, string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await server.Http.SendAsync(request, Cancel);
    }

    public static (string, string) BasicHeader(string name, string password) =>
        ("Authorization", ArchiveServer.Basic(name, password).ToString());

    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel)).ShouldNotBeNull();
}
