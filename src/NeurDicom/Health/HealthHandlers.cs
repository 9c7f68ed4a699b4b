using Microsoft.AspNetCore.Http;
using NeurDicom.Accounts;
using NeurDicom.Handlers;

namespace NeurDicom.Health;

/// <summary><c>GET /health/live</c>: the process answers; who watches over it need not restart it.</summary>
[Operation("GET", "Tells whether the process answers", Schema = "Health")]
[OpenToAll] // Load balancers and monitors have no account, and learn nothing but this.
internal sealed class LiveHandler(ApiContext context) : JsonHandler(context)
{
    public void Get() => WriteObject(static json =>
    {
        json.WriteStartObject();
        json.WriteString("status"u8, "live"u8);
        json.WriteEndObject();
    });
}

/// <summary>
/// <c>GET /health/ready</c>: whether the archive can read and store, 503 where it cannot. Admins learn why;
/// the others that it cannot.
/// </summary>
[Operation("GET", "Tells whether the archive can read and store", Detail = "503 where it cannot.", Schema = "Health")]
[OpenToAll] // As above.
internal sealed class ReadyHandler(ApiContext context, Readiness readiness) : JsonHandler(context)
{
    public async Task GetAsync()
    {
        var problems = await readiness.FindProblemsAsync().WaitAsync(Aborted);
        if (problems.Count > 0)
        {
            var detail = await IsAdminAsync()
                ? string.Join(' ', problems)
                : "The archive cannot do its work at the moment.";
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, detail)
            {
                Headers = { ["Retry-After"] = "10" },
            };
        }

        WriteObject(static json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "ready"u8);
            json.WriteEndObject();
        });
    }

    // HealthWatch says it once; monitors ask every few seconds.
    protected override void LogException(Exception exception)
    {
        if (exception is not ProblemException)
            base.LogException(exception);
    }

    private async Task<bool> IsAdminAsync()
    {
        var admission = await Context.Authentication.AuthenticateAsync(Http, Aborted);
        return admission is { IsRefused: false, Identity.Role: Role.Admin };
    }
}
