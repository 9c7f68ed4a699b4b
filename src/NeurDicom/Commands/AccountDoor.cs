using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NeurDicom.Archive;

namespace NeurDicom.Commands;

/// <summary>An account as the API shows it.</summary>
internal sealed record ListedAccount(long Id, string Email, string Name, string Surname, string Role, bool IsActive);

/// <summary>
/// How <c>neurdicom users</c> reaches the accounts: always through the REST API on the socket in the data folder.
/// Where no server runs, this process serves that socket, and nothing else, for as long as the command takes:
/// the same rules and the same audit trail.
/// </summary>
internal sealed class AccountDoor : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly WebApplication? _server;
    private readonly IDisposable[] _owned;

    private AccountDoor(HttpClient http, WebApplication? server, params IDisposable[] owned) =>
        (_http, _server, _owned) = (http, server, owned);

    /// <exception cref="DataFolderException">The folder cannot be used; the message says what to do.</exception>
    public static async Task<AccountDoor> OpenAsync(Settings settings, CancellationToken cancel)
    {
        if (DataFolder.IsOwned(settings.Data))
            return new AccountDoor(SocketClient.Create(settings.Data), null);

        var folder = DataFolder.Open(settings.Data);
        var log = new LineLog(Console.OpenStandardError(), TimeProvider.System);
        WebApplication? server = null;
        try
        {
            server = Server.Build(
                settings, folder, TimeProvider.System,
                logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(log), isLocal: true);
            await Server.StartAsync(server, cancel);
            return new AccountDoor(SocketClient.Create(settings.Data), server, folder, log);
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            folder.Dispose();
            log.Dispose();
            throw;
        }
    }

    public async Task<IReadOnlyList<ListedAccount>> ListAsync(CancellationToken cancel)
    {
        var accounts = new List<ListedAccount>();
        var next = "/api/users";
        while (next is not null)
        {
            using var response = await SendAsync(HttpMethod.Get, next, null, cancel);
            var page = await ReadAsync(response, cancel);
            accounts.AddRange(page!.AsArray().Select(account => Read(account!)));
            next = response.Headers.TryGetValues("Link", out var links) ? links.First().Split('<', '>')[1] : null;
        }

        return accounts;
    }

    /// <summary>The account of this sign-in name, or null.</summary>
    public async Task<ListedAccount?> FindAsync(string email, CancellationToken cancel) =>
        (await ListAsync(cancel)).FirstOrDefault(account => account.Email == email);

    /// <summary>Adds an account; null, or why not.</summary>
    public async Task<(HttpStatusCode Status, string? Problem)> AddAsync(JsonObject account, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/users", account, cancel);
        return (response.StatusCode, response.IsSuccessStatusCode ? null : await ReadProblemAsync(response, cancel));
    }

    /// <summary>Changes or deletes an account; null, or why not.</summary>
    /// <param name="rest">What of the account; empty for all of it.</param>
    public async Task<string?> ChangeAsync(
        HttpMethod method, ListedAccount account, string rest, JsonObject? body, CancellationToken cancel)
    {
        using var response = await SendAsync(
            method, string.Create(CultureInfo.InvariantCulture, $"/api/users/{account.Id}{rest}"), body, cancel);
        return response.IsSuccessStatusCode ? null : await ReadProblemAsync(response, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync(CancellationToken.None);
            await _server.DisposeAsync();
        }

        foreach (var each in _owned)
            each.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonObject? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await _http.SendAsync(request, cancel);
    }

    private static async Task<JsonNode?> ReadAsync(HttpResponseMessage response, CancellationToken cancel) =>
        response.IsSuccessStatusCode
            ? await response.Content.ReadFromJsonAsync<JsonNode>(cancel)
            : throw new HttpRequestException(await ReadProblemAsync(response, cancel), null, response.StatusCode);

    private static async Task<string> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonNode>(cancel);
            return problem?["detail"]?.ToString() ?? $"The server answered {(int)response.StatusCode}.";
        }
        catch (JsonException)
        {
            return $"The server answered {(int)response.StatusCode}.";
        }
    }

    private static ListedAccount Read(JsonNode account) => new(
        account["id"]!.GetValue<long>(), account["email"]!.GetValue<string>(), account["name"]!.GetValue<string>(),
        account["surname"]!.GetValue<string>(), account["role"]!.GetValue<string>(),
        account["is_active"]!.GetValue<bool>());
}
